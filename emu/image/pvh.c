/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/pvh.h"

#include <elf.h>
#include <string.h>
#include <xen/elfnote.h>

#include "base/le.h"

#define PHDRS_MAX 32 /* OvmfXen has 2 */

bool elf_is(const uint8_t *p, size_t size)
{
    return size >= EI_NIDENT && memcmp(p, ELFMAG, SELFMAG) == 0;
}

static uint64_t note_padded(uint32_t n)
{
    return ((uint64_t)n + 3) & ~3ULL;
}

/* X:xen/common/libelf/libelf-dominfo.c: the entry is a number of 4 or 8 bytes. */
static bool find_entry(const uint8_t *notes, uint64_t size, uint32_t *entry)
{
    uint64_t at = 0;
    while (size - at >= sizeof(Elf32_Nhdr)) {
        const uint8_t *h = notes + at;
        uint32_t namesz = le32(h + offsetof(Elf32_Nhdr, n_namesz));
        uint32_t descsz = le32(h + offsetof(Elf32_Nhdr, n_descsz));
        uint32_t type = le32(h + offsetof(Elf32_Nhdr, n_type));
        uint64_t name = at + sizeof(Elf32_Nhdr);
        uint64_t desc = name + note_padded(namesz);
        uint64_t next = desc + note_padded(descsz);
        if (desc > size || descsz > size - desc)
            return false;
        if (type == XEN_ELFNOTE_PHYS32_ENTRY && namesz == 4 && memcmp(notes + name, "Xen", 4) == 0) {
            const uint8_t *value = notes + desc;
            if ((descsz != 4 && descsz != 8) || (descsz == 8 && le32(value + 4) != 0))
                return false;
            *entry = le32(value);
            return true;
        }
        if (next > size)
            return false;
        at = next;
    }
    return false;
}

bool pvh_parse(const uint8_t *p, size_t size, struct pvh_header *out)
{
    *out = (struct pvh_header){0};
    if (!elf_is(p, size) || size < sizeof(Elf32_Ehdr) || p[EI_CLASS] != ELFCLASS32 || p[EI_DATA] != ELFDATA2LSB ||
        le16(p + offsetof(Elf32_Ehdr, e_machine)) != EM_386 || le16(p + offsetof(Elf32_Ehdr, e_type)) != ET_EXEC)
        return false;
    uint64_t table = le32(p + offsetof(Elf32_Ehdr, e_phoff));
    uint64_t stride = le16(p + offsetof(Elf32_Ehdr, e_phentsize));
    uint64_t count = le16(p + offsetof(Elf32_Ehdr, e_phnum));
    if (stride < sizeof(Elf32_Phdr) || count > PHDRS_MAX || table + stride * count > size)
        return false;

    struct pvh_header h = {0};
    unsigned loads = 0;
    bool entry = false;
    for (uint64_t i = 0; i < count; i++) {
        const uint8_t *ph = p + table + stride * i;
        uint32_t type = le32(ph + offsetof(Elf32_Phdr, p_type));
        uint32_t offset = le32(ph + offsetof(Elf32_Phdr, p_offset));
        uint32_t filesz = le32(ph + offsetof(Elf32_Phdr, p_filesz));
        if (type == PT_LOAD) {
            if (++loads > 1 || offset != 0)
                return false;
            h.load_paddr = le32(ph + offsetof(Elf32_Phdr, p_paddr));
            h.filesz = filesz;
            h.memsz = le32(ph + offsetof(Elf32_Phdr, p_memsz));
        } else if (type == PT_NOTE && !entry) {
            if (offset > size || filesz > size - offset)
                return false;
            entry = find_entry(p + offset, filesz, &h.entry);
        }
    }
    /* X:xen/common/libelf/libelf-dominfo.c:elf_xen_addr_calc_check. */
    if (loads != 1 || !entry || h.memsz == 0 || h.filesz > h.memsz || h.memsz > UINT32_MAX - h.load_paddr ||
        h.entry < h.load_paddr || h.entry - h.load_paddr >= h.memsz)
        return false;
    h.present = true;
    *out = h;
    return true;
}
