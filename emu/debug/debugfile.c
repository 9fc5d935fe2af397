/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "debug/debugfile.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "debug/internal.h"
#include "image/agree.h"

/* The largest that edk2 makes has some ten MiB. */
#define DEBUG_FILE_MAX (256 << 20)
#define SECTIONS_MAX 4096u

static bool usable(const struct debug_file *f, const char **why)
{
    const GElf_Ehdr *h = &f->header;
    if (h->e_machine != EM_X86_64 && h->e_machine != EM_386)
        *why = "not for x86";
    else if (h->e_ident[EI_DATA] != ELFDATA2LSB || (h->e_type != ET_EXEC && h->e_type != ET_DYN))
        *why = "not a linked ELF file";
    else
        return true;
    return false;
}

struct debug_file *debug_file_open(const char *path, const char **why)
{
    struct stat st;
    (void)elf_version(EV_CURRENT);
    struct debug_file *f = calloc(1, sizeof *f);
    *why = "out of memory";
    if (f == NULL)
        return NULL;
    f->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    *why = "cannot be read";
    if (f->fd >= 0 && fstat(f->fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= DEBUG_FILE_MAX) {
        *why = "not an ELF file";
        f->elf = elf_begin(f->fd, ELF_C_READ, NULL);
        if (f->elf != NULL && elf_kind(f->elf) == ELF_K_ELF && gelf_getehdr(f->elf, &f->header) != NULL &&
            usable(f, why))
            return f;
    }
    debug_file_close(f);
    return NULL;
}

struct debug_file *debug_file_of(void *bytes, size_t size, const char **why)
{
    (void)elf_version(EV_CURRENT);
    struct debug_file *f = calloc(1, sizeof *f);
    *why = "out of memory";
    if (f == NULL)
        return NULL;
    f->fd = -1;
    *why = "cannot be read";
    if (bytes != NULL) {
        *why = "not an ELF file";
        f->elf = elf_memory(bytes, size);
        if (f->elf != NULL && elf_kind(f->elf) == ELF_K_ELF && gelf_getehdr(f->elf, &f->header) != NULL &&
            usable(f, why))
            return f;
    }
    debug_file_close(f);
    return NULL;
}

void *debug_file_map(const char *path, size_t *size)
{
    struct stat st;
    void *bytes = MAP_FAILED;
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    *size = 0;
    if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 && st.st_size <= DEBUG_FILE_MAX) {
        *size = (size_t)st.st_size;
        bytes = mmap(NULL, *size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0); /* libelf may swap bytes in place */
    }
    if (fd >= 0)
        (void)close(fd);
    return bytes != MAP_FAILED ? bytes : NULL;
}

void debug_file_close(struct debug_file *f)
{
    if (f == NULL)
        return;
    if (f->eh_frame != NULL)
        (void)dwarf_cfi_end(f->eh_frame);
    if (f->dwarf != NULL)
        (void)dwarf_end(f->dwarf);
    if (f->elf != NULL)
        (void)elf_end(f->elf);
    if (f->fd >= 0)
        (void)close(f->fd);
    free(f);
}

/* libdw (0.188) reads strings of these up to their NUL, wherever that is: the last one must have it. */
static bool strings_end(Elf *elf)
{
    size_t names;
    unsigned nr = 0;
    if (elf_getshdrstrndx(elf, &names) != 0)
        return false;
    for (Elf_Scn *s = NULL; (s = elf_nextscn(elf, s)) != NULL && nr < SECTIONS_MAX; nr++) {
        GElf_Shdr h;
        const char *const name = gelf_getshdr(s, &h) != NULL ? elf_strptr(elf, names, h.sh_name) : NULL;
        if (name == NULL || strstr(name, "debug_") == NULL || strstr(name, "_str") == NULL)
            continue;
        const Elf_Data *data = elf_getdata(s, NULL);
        if (data != NULL && data->d_buf != NULL && data->d_size != 0 &&
            ((const char *)data->d_buf)[data->d_size - 1] != '\0' && strstr(name, "_offsets") == NULL)
            return false;
    }
    return true;
}

Dwarf *debug_file_dwarf(struct debug_file *f)
{
    if (!f->dwarf_tried) {
        f->dwarf_tried = true;
        f->dwarf = dwarf_begin_elf(f->elf, DWARF_C_READ, NULL);
        if (f->dwarf != NULL && !strings_end(f->elf)) {
            (void)dwarf_end(f->dwarf);
            f->dwarf = NULL;
        }
        f->frame = f->dwarf != NULL ? dwarf_getcfi(f->dwarf) : NULL;
        f->eh_frame = dwarf_getcfi_elf(f->elf);
    }
    return f->dwarf;
}

/* A section's code against the module's bytes. GenFw keeps the distances between sections of code. */
static bool section_agrees(Elf_Scn *section, const GElf_Shdr *h, const struct debug_module *m, uint64_t bias)
{
    uint64_t at = h->sh_addr + bias - m->base;
    if (at > m->size || h->sh_size > m->size - at)
        return false;
    const Elf_Data *data = elf_rawdata(section, NULL);
    return data != NULL && data->d_buf != NULL && data->d_size == h->sh_size &&
           code_agrees(data->d_buf, m->bytes + at, data->d_size, bias, (struct span){m->base, m->base + m->size});
}

bool debug_file_matches(struct debug_file *f, const struct debug_module *m, uint64_t *bias)
{
    bool entry_seen = false;
    unsigned nr = 0;
    /* The entry point is the one address that both tell. */
    *bias = m->base + m->entry - f->header.e_entry;
    for (Elf_Scn *s = NULL; (s = elf_nextscn(f->elf, s)) != NULL && nr < SECTIONS_MAX; nr++) {
        GElf_Shdr h;
        if (gelf_getshdr(s, &h) == NULL)
            return false;
        if (h.sh_type != SHT_PROGBITS || (h.sh_flags & SHF_EXECINSTR) == 0 || h.sh_size == 0)
            continue;
        if (!section_agrees(s, &h, m, *bias))
            return false;
        entry_seen = entry_seen || f->header.e_entry - h.sh_addr < h.sh_size;
    }
    return entry_seen;
}

uint64_t debug_file_segment(const struct debug_file *f)
{
    size_t nr = 0;
    GElf_Phdr h;
    (void)elf_getphdrnum(f->elf, &nr);
    for (size_t i = 0; i < nr && i < SECTIONS_MAX; i++)
        if (gelf_getphdr(f->elf, (int)i, &h) != NULL && h.p_type == PT_LOAD)
            return h.p_vaddr;
    return 0;
}
