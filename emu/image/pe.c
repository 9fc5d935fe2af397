/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PE/COFF specification; TE: PI 1.7 volume 3, section 3.2.6 (EFI_TE_IMAGE_HEADER). */
#include "image/pe.h"

#include <string.h>

#include "base/le.h"

enum {
    DOS_LFANEW = 0x3c,
    DOS_SIZE = 0x40,
    LFANEW_MAX = 0x1000, /* real headers follow within a page; keeps a stray 'MZ' from being believed */

    PE_COFF = 4, /* after "PE\0\0" */
    COFF_SECTIONS = 2,
    COFF_OPTIONAL_SIZE = 16,
    COFF_SIZE = 20,

    OPT_MAGIC_PE32 = 0x10b,
    OPT_MAGIC_PE32P = 0x20b,
    OPT_ENTRY = 16,
    OPT_IMAGE_BASE32 = 28,
    OPT_IMAGE_BASE64 = 24,
    OPT_SIZE_OF_IMAGE = 56,
    OPT_DIRS32 = 96, /* the count of directories lies 4 bytes before */
    OPT_DIRS64 = 112,

    TE_SIZE = 40,
    TE_MACHINE = 2,
    TE_SECTIONS = 4,
    TE_STRIPPED = 6,
    TE_ENTRY = 8,
    TE_IMAGE_BASE = 16,
    TE_DIR_DEBUG = 32, /* the second of two directories */

    SECTION_SIZE = 40,
    SECTION_VSIZE = 8,
    SECTION_RVA = 12,
    SECTION_RAW_SIZE = 16,
    SECTION_RAW_AT = 20,

    DIR_DEBUG = 6,
    DIR_SIZE = 8,
    DEBUG_ENTRY_SIZE = 28,
    DEBUG_TYPE = 12,
    DEBUG_DATA_SIZE = 16,
    DEBUG_RVA = 20,
    DEBUG_FILE_OFFSET = 24,
    DEBUG_TYPE_CODEVIEW = 2,
    DEBUG_ENTRIES_MAX = 16,

    PATH_MAX_BYTES = 1024, /* longer paths are cut; only the end counts, and a name from a cut path would be wrong */
    SECTIONS_MAX = 96,     /* the Windows loader's limit */
    IMAGE_SIZE_MAX = 256 << 20,
};

/* Machines that UEFI knows (UEFI 2.10, section 2.1.1); a header that names none of them is no header. */
static const uint16_t machines[] = {0x014c, 0x8664, 0x01c2, 0xaa64, 0x0200, 0x0ebc, 0x5032, 0x5064, 0x5128};

/* The file's bytes as they lie in memory. RVA 0 is @skew bytes before the header's first byte (TE only). */
struct view {
    const uint8_t *p;
    size_t avail;
    uint32_t skew;
};

static bool known_machine(uint16_t machine)
{
    for (size_t i = 0; i < sizeof machines / sizeof machines[0]; i++)
        if (machines[i] == machine)
            return true;
    return false;
}

/* @n bytes at @rva, or NULL. */
static const uint8_t *at_rva(const struct view *v, uint32_t rva, size_t n)
{
    if (rva < v->skew)
        return NULL;
    size_t at = rva - v->skew;
    return at <= v->avail && n <= v->avail - at ? v->p + at : NULL;
}

/* The module's name from a path of a .dll, .debug or .pdb: the last component without its extension. */
static void name_from_path(const uint8_t *path, size_t n, struct pe_info *out)
{
    const size_t room = sizeof out->name;
    const uint8_t *nul = memchr(path, '\0', n);
    if (nul == NULL)
        return;
    const uint8_t *first = path, *dot = NULL;
    for (const uint8_t *p = path; p < nul; p++) {
        if (*p == '/' || *p == '\\') {
            first = p + 1;
            dot = NULL;
        } else if (*p == '.') {
            dot = p;
        } else if (*p < 0x20 || *p > 0x7e) {
            return;
        }
    }
    size_t length = (size_t)((dot != NULL && dot > first ? dot : nul) - first);
    if (length >= room)
        length = room - 1;
    memcpy(out->name, first, length);
    out->name[length] = '\0';
    out->path = (const char *)path;
}

/* Where the path starts in a CodeView record. MTOC is what GenFw writes for Mach-O (E:BaseTools/Source/C/GenFw). */
static const struct {
    char signature[5];
    uint8_t path;
} codeviews[] = {{"NB10", 16}, {"RSDS", 24}, {"MTOC", 20}};

static bool name_from_codeview(const uint8_t *p, size_t n, struct pe_info *out)
{
    for (size_t i = 0; i < sizeof codeviews / sizeof codeviews[0]; i++)
        if (n > codeviews[i].path && memcmp(p, codeviews[i].signature, 4) == 0) {
            name_from_path(p + codeviews[i].path, n - codeviews[i].path, out);
            return true;
        }
    return false;
}

/* One entry of the debug directory. An image that nobody has loaded yet may keep the record elsewhere than its RVA. */
static void read_debug_entry(const struct view *v, const uint8_t *entry, struct pe_info *out)
{
    if (le32(entry + DEBUG_TYPE) != DEBUG_TYPE_CODEVIEW)
        return;
    uint32_t n = le32(entry + DEBUG_DATA_SIZE);
    if (n > PATH_MAX_BYTES)
        n = PATH_MAX_BYTES;
    const uint32_t places[] = {le32(entry + DEBUG_RVA), le32(entry + DEBUG_FILE_OFFSET)};
    for (size_t i = 0; i < 2; i++) {
        const uint8_t *record = places[i] != 0 ? at_rva(v, places[i], n) : NULL;
        if (record != NULL && name_from_codeview(record, n, out))
            return;
    }
}

static void read_debug(const struct view *v, uint32_t rva, uint32_t size, struct pe_info *out)
{
    for (uint32_t i = 0; i < DEBUG_ENTRIES_MAX && (i + 1) * DEBUG_ENTRY_SIZE <= size && out->name[0] == '\0'; i++) {
        if (rva == 0 || rva > UINT32_MAX - i * DEBUG_ENTRY_SIZE)
            return;
        const uint8_t *entry = at_rva(v, rva + i * DEBUG_ENTRY_SIZE, DEBUG_ENTRY_SIZE);
        if (entry == NULL)
            return;
        read_debug_entry(v, entry, out);
    }
}

/* The section around the entry point, in a table whose bytes are there. @rva0: what a TE image was stripped of. */
static void find_code(const uint8_t *table, uint32_t sections, uint32_t rva0, struct pe_info *out)
{
    for (uint32_t i = 0; i < sections; i++) {
        const uint8_t *s = table + (size_t)i * SECTION_SIZE;
        uint32_t rva = le32(s + SECTION_RVA), raw = le32(s + SECTION_RAW_AT), size = le32(s + SECTION_RAW_SIZE);
        if (rva < rva0 || raw < rva0 || out->entry_rva + rva0 - rva >= size)
            continue;
        out->code_at = rva - rva0;
        out->code_raw = raw - rva0;
        /* The rest is padding, and need not be in memory. */
        uint32_t vsize = le32(s + SECTION_VSIZE);
        out->code_size = vsize != 0 && vsize < size ? vsize : size;
        return;
    }
}

static bool te_parse(const uint8_t *p, size_t avail, struct pe_info *out)
{
    if (avail < TE_SIZE)
        return false;
    uint16_t stripped = le16(p + TE_STRIPPED);
    uint8_t sections = p[TE_SECTIONS];
    if (!known_machine(le16(p + TE_MACHINE)) || stripped < TE_SIZE || sections == 0 || sections > SECTIONS_MAX)
        return false;
    struct view v = {p, avail, (uint32_t)stripped - TE_SIZE};
    uint32_t entry = le32(p + TE_ENTRY);
    out->te = true;
    out->machine = le16(p + TE_MACHINE);
    out->image_base = le64(p + TE_IMAGE_BASE);

    /* TE keeps no SizeOfImage: it ends where its last section does. */
    uint64_t end = 0;
    for (uint32_t i = 0; i < sections; i++) {
        size_t at = TE_SIZE + (size_t)i * SECTION_SIZE;
        if (avail - TE_SIZE < ((size_t)i + 1) * SECTION_SIZE)
            return false;
        uint32_t vsize = le32(p + at + SECTION_VSIZE), raw = le32(p + at + SECTION_RAW_SIZE);
        uint64_t section_end = (uint64_t)le32(p + at + SECTION_RVA) + (vsize > raw ? vsize : raw);
        if (section_end > end)
            end = section_end;
    }
    if (end <= stripped || end > IMAGE_SIZE_MAX || entry < stripped || entry >= end)
        return false;
    out->size_of_image = (uint32_t)end - v.skew;
    out->entry_rva = entry - v.skew;
    find_code(p + TE_SIZE, sections, v.skew, out);
    read_debug(&v, le32(p + TE_DIR_DEBUG), le32(p + TE_DIR_DEBUG + 4), out);
    return true;
}

static bool mz_parse(const uint8_t *p, size_t avail, struct pe_info *out)
{
    if (avail < DOS_SIZE)
        return false;
    uint32_t pe = le32(p + DOS_LFANEW);
    if (pe < DOS_SIZE || pe > LFANEW_MAX || avail - DOS_SIZE < pe - DOS_SIZE || avail - pe < PE_COFF + COFF_SIZE ||
        memcmp(p + pe, "PE\0", 4) != 0)
        return false;
    const uint8_t *coff = p + pe + PE_COFF;
    const uint8_t *opt = coff + COFF_SIZE;
    size_t left = avail - pe - PE_COFF - COFF_SIZE;
    size_t opt_size = le16(coff + COFF_OPTIONAL_SIZE);
    uint16_t sections = le16(coff + COFF_SECTIONS);
    if (!known_machine(le16(coff)) || sections == 0 || sections > SECTIONS_MAX || opt_size > left ||
        opt_size < OPT_DIRS32)
        return false;
    uint16_t magic = le16(opt);
    size_t dirs = magic == OPT_MAGIC_PE32P ? OPT_DIRS64 : OPT_DIRS32;
    if ((magic != OPT_MAGIC_PE32 && magic != OPT_MAGIC_PE32P) || opt_size < dirs)
        return false;
    out->machine = le16(coff);
    out->entry_rva = le32(opt + OPT_ENTRY);
    out->size_of_image = le32(opt + OPT_SIZE_OF_IMAGE);
    out->image_base = magic == OPT_MAGIC_PE32P ? le64(opt + OPT_IMAGE_BASE64) : le32(opt + OPT_IMAGE_BASE32);
    if (out->size_of_image == 0 || out->size_of_image > IMAGE_SIZE_MAX || out->entry_rva >= out->size_of_image)
        return false;

    if (left - opt_size >= (size_t)sections * SECTION_SIZE)
        find_code(opt + opt_size, sections, 0, out);
    uint32_t nr_dirs = le32(opt + dirs - 4);
    if (nr_dirs > DIR_DEBUG && opt_size >= dirs + (size_t)(DIR_DEBUG + 1) * DIR_SIZE) {
        const uint8_t *dir = opt + dirs + (size_t)DIR_DEBUG * DIR_SIZE;
        read_debug(&(struct view){p, avail, 0}, le32(dir), le32(dir + 4), out);
    }
    return true;
}

bool pe_parse(const uint8_t *p, size_t avail, struct pe_info *out)
{
    struct pe_info info = {0};
    if (avail < 2)
        return false;
    bool ok = p[0] == 'M' && p[1] == 'Z'   ? mz_parse(p, avail, &info)
              : p[0] == 'V' && p[1] == 'Z' ? te_parse(p, avail, &info)
                                           : false;
    if (ok)
        *out = info;
    return ok;
}
