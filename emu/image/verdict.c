/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/verdict.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/le.h"
#include "base/span.h"
#include "image/bytes.h"
#include "image/fv.h"
#include "image/guid_names.h"
#include "image/pe.h"
#include "image/section.h"

enum {
    FILE_SEC = 0x03,
    FILE_VOLUME = 0x0b,
    TABLE_FOOTER = 0x30, /* before 4 GiB: E:OvmfPkg/ResetVector/Ia16/ResetVectorVtf0.asm */
    TABLE_ENTRY = 18,    /* a length and a GUID behind each entry's data */
    TABLE_MAX = 0x400,
    RESET_CODE = 0x1000,   /* the reset vector's code lies in the last 4 KiB */
    CLOUDHV_CODE = 0x1000, /* E:OvmfPkg/CloudHv/CloudHvX64.fdf: code right behind the ELF header */
};

/* What the open part of an image tells. */
struct signs {
    bool volumes;        /* with files */
    size_t first_volume; /* where */
    uint16_t machine;    /* of the SEC core, 0 when there is none */
    bool sec_asserts;    /* the SEC core has ASSERT texts */
    const char *packing; /* of the first packed volume, NULL when there is none */
    bool ovmf_table;     /* OvmfPkg's reset vector has its table of GUIDs before 4 GiB */
    unsigned since;      /* the release whose table has these entries */
    bool xen_vector;     /* OvmfPkg/XenResetVector */
};

static const struct guid table_footer =
    GUID(0x96b582de, 0x1fb2, 0x45f7, 0xba, 0xea, 0xa3, 0x66, 0xc5, 0x5a, 0x08, 0x2d);

/* Entries and the first stable release with them, youngest first (found with git in edk2's tags). */
static const struct {
    struct guid guid;
    unsigned since;
} table_entries[] = {
    {GUID(0xdc886566, 0x984a, 0x4798, 0xa7, 0x5e, 0x55, 0x85, 0xa7, 0xbf, 0x67, 0xcc), 202202}, /* SEV metadata */
    {GUID(0xe47a6535, 0x984a, 0x4798, 0x86, 0x5e, 0x46, 0x85, 0xa7, 0xbf, 0x8e, 0xc2), 202111}, /* TDX metadata */
};

static const struct {
    uint16_t machine;
    const char *name;
} machines[] = {{0x8664, "X64"},     {0x014c, "IA32"},    {0x01c2, "ARM"},         {0xaa64, "AARCH64"},
                {0x5032, "RISCV32"}, {0x5064, "RISCV64"}, {0x6264, "LOONGARCH64"}, {0x0ebc, "EBC"}};

const char *image_machine_name(uint16_t machine)
{
    for (size_t i = 0; i < sizeof machines / sizeof machines[0]; i++)
        if (machines[i].machine == machine)
            return machines[i].name;
    return NULL;
}

const char *image_flavour_name(enum image_flavour f)
{
    static const char *const names[] = {
        [FLAVOUR_OTHER] = "other",    [FLAVOUR_FLAT] = "flat",       [FLAVOUR_UEFI] = "uefi",
        [FLAVOUR_OVMF] = "ovmf",      [FLAVOUR_OVMFXEN] = "ovmfxen", [FLAVOUR_CLOUDHV] = "cloudhv",
        [FLAVOUR_VARS] = "ovmf-vars", [FLAVOUR_NOT_X86] = "not-x86", [FLAVOUR_SEABIOS] = "seabios",
    };
    return names[f];
}

const char *image_answer_name(enum image_answer a)
{
    static const char *const names[] = {
        [ANSWER_UNKNOWN] = "unknown", [ANSWER_YES] = "yes", [ANSWER_DOUBTFUL] = "doubtful", [ANSWER_NO] = "no"};
    return names[a];
}

bool verdict_is_seabios(const struct image *im)
{
    return bytes_contain_text(im->bytes, im->size, "SeaBIOS (version ");
}

static void read_table(const struct image *im, struct signs *s)
{
    if (im->size < TABLE_FOOTER + 2 ||
        memcmp(im->bytes + im->size - TABLE_FOOTER, table_footer.b, sizeof table_footer.b) != 0)
        return;
    const uint8_t *end = im->bytes + im->size - TABLE_FOOTER - 2; /* of the entries */
    size_t total = le16(end), left = total >= TABLE_ENTRY ? total - TABLE_ENTRY : 0;
    s->ovmf_table = true;
    s->since = 202105;
    for (size_t found = sizeof table_entries / sizeof table_entries[0];
         left >= TABLE_ENTRY && left <= TABLE_MAX && left <= (size_t)(end - im->bytes);) {
        size_t n = le16(end - TABLE_ENTRY);
        for (size_t i = 0; i < found; i++)
            if (memcmp(end - sizeof(struct guid), table_entries[i].guid.b, sizeof(struct guid)) == 0) {
                s->since = table_entries[i].since;
                found = i;
            }
        if (n < TABLE_ENTRY || n > left)
            return;
        end -= n;
        left -= n;
    }
}

/* `mov dword [address], 'XPVH'`, which only E:OvmfPkg/XenResetVector/Ia32/XenPVHMain.asm does. */
static bool has_xen_vector(const struct image *im)
{
    size_t n = im->size < RESET_CODE ? im->size : RESET_CODE;
    const uint8_t *p = im->bytes + im->size - n;
    for (size_t i = 0; i + 10 <= n; i++)
        if (p[i] == 0xc7 && p[i + 1] == 0x05 && memcmp(p + i + 6, "XPVH", 4) == 0)
            return true;
    return false;
}

static void read_sec(const uint8_t *p, size_t size, struct signs *s)
{
    struct pe_info pe = {0};
    if (s->machine == 0 && pe_parse(p, size, &pe)) {
        s->machine = pe.machine;
        s->sec_asserts = bytes_have_asserts(p, size);
    }
}

static const char *packing_of(const uint8_t *body, size_t size)
{
    static const struct {
        const char *guid_name, *packing;
    } tools[] = {{"gLzmaCustomDecompressGuid", "LZMA"},
                 {"gLzmaF86CustomDecompressGuid", "LZMA-F86"},
                 {"gBrotliCustomDecompressGuid", "Brotli"},
                 {"gTianoCustomDecompressGuid", "Tiano"}};
    struct section section;
    size_t cursor = 0;
    bool damaged;
    if (!section_next(body, size, &cursor, &section, &damaged))
        return NULL;
    if (section.type == SECTION_COMPRESSION)
        return section.compression != 0 ? "EFI or Tiano compression" : NULL;
    const char *name = section.type == SECTION_GUID_DEFINED ? guid_name(&section.guid) : NULL;
    for (size_t i = 0; name != NULL && i < sizeof tools / sizeof tools[0]; i++)
        if (strcmp(name, tools[i].guid_name) == 0)
            return tools[i].packing;
    return NULL;
}

static void read_volumes(const struct image *im, struct signs *s)
{
    struct fv fv;
    for (size_t at = 0; fv_next(im->bytes, im->size, at, &fv); at = fv.offset + (size_t)fv.length) {
        if (!fv.checksum_ok || !fv_has_files(&fv))
            continue;
        s->first_volume = s->volumes ? s->first_volume : fv.offset;
        s->volumes = true;
        struct ffs_file f;
        for (size_t cursor = 0; ffs_next(im->bytes, im->size, &fv, &cursor, &f);) {
            if (f.type == FILE_SEC && f.pe_offset != 0)
                read_sec(im->bytes + f.pe_offset, f.pe_size, s);
            else if (f.type == FILE_VOLUME && s->packing == NULL)
                s->packing = packing_of(im->bytes + f.offset + f.header_size, f.size - f.header_size);
        }
    }
}

static bool is_x86(uint16_t machine)
{
    return machine == 0 || machine == 0x8664 || machine == 0x014c;
}

static enum image_flavour flavour_of(const struct image *im, const struct signs *s)
{
    if (im->kind == IMAGE_OVMF_VARS)
        return FLAVOUR_VARS;
    if (!s->volumes)
        return verdict_is_seabios(im) ? FLAVOUR_SEABIOS : FLAVOUR_OTHER;
    if (!is_x86(s->machine))
        return FLAVOUR_NOT_X86;
    if (s->xen_vector)
        return im->pvh.present && s->first_volume == CLOUDHV_CODE ? FLAVOUR_CLOUDHV : FLAVOUR_OVMFXEN;
    return s->ovmf_table ? FLAVOUR_OVMF : FLAVOUR_UEFI;
}

/* Flavours in words, and what told them. */
static const struct {
    const char *name, *told_by;
} words[] = {
    [FLAVOUR_OTHER] = {"not a firmware image", "no firmware volume"},
    [FLAVOUR_FLAT] = {"a flat image", "a reset vector and no firmware volume"},
    [FLAVOUR_UEFI] = {"UEFI firmware", "firmware volumes; the reset vector tells no platform"},
    [FLAVOUR_OVMF] = {"OVMF for QEMU (OvmfPkgX64 or a sister)",
                      "OvmfPkg's reset vector: the table of GUIDs that ends 0x20 bytes before its end"},
    [FLAVOUR_OVMFXEN] = {"OvmfXen", "OvmfPkg's Xen reset vector: it stores 'XPVH'"},
    [FLAVOUR_CLOUDHV] = {"OVMF for Cloud Hypervisor (CloudHvX64)",
                         "OvmfPkg's Xen reset vector, and code at 0x1000, right behind the ELF header"},
    [FLAVOUR_VARS] = {"OVMF's variable store alone", "a volume of variables and none with files"},
    [FLAVOUR_NOT_X86] = {"UEFI firmware for another machine", "the SEC core's header"},
    [FLAVOUR_SEABIOS] = {"SeaBIOS", "its version text"},
};

__attribute__((format(printf, 3, 4))) static void append(char *text, size_t room, const char *fmt, ...)
{
    size_t used = strlen(text);
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text + used, room - used, fmt, args);
    va_end(args);
}

static void make_label(const struct image *im, const struct signs *s, struct image_verdict *v)
{
    char *label = v->label;
    const size_t room = sizeof v->label;
    (void)snprintf(label, room, "%s", words[v->flavour].name);
    (void)snprintf(v->told_by, sizeof v->told_by, "%s", words[v->flavour].told_by);
    if (im->kind == IMAGE_OVMF_CODE && v->flavour != FLAVOUR_NOT_X86)
        append(label, room, ", code without a variable store");
    if (image_machine_name(s->machine) != NULL)
        append(label, room, s->machine == 0x014c ? ", SEC for %s" : ", %s", image_machine_name(s->machine));
    if (s->machine != 0)
        append(label, room, ", %s", s->sec_asserts ? "DEBUG" : "RELEASE");
    if (s->packing != NULL)
        append(label, room, ", %s", s->packing);
    if (s->since != 0)
        append(label, room, ", edk2-stable%u or later", s->since);
}

static void answer(struct image_boot *b, enum image_answer a, const char *why)
{
    b->answer = a;
    (void)snprintf(b->why, sizeof b->why, "%s", why);
}

static void answer_hvm(const struct signs *s, struct image_verdict *v)
{
    /* The first release without Xen code, and the first table entry that no release with it has. */
    bool surely_without = s->since >= 202111;
    if (v->flavour == FLAVOUR_OVMFXEN)
        answer(&v->hvm, ANSWER_YES, "");
    else if (v->flavour == FLAVOUR_FLAT)
        answer(&v->hvm, ANSWER_UNKNOWN, "it has a reset vector; nothing tells what it does");
    else if (v->flavour == FLAVOUR_NOT_X86)
        answer(&v->hvm, ANSWER_NO, "its code is not for x86; give an image for X64");
    else if (v->flavour == FLAVOUR_CLOUDHV)
        answer(&v->hvm, ANSWER_DOUBTFUL, "CloudHvX64 has no Xen code; use OvmfXen");
    else if (v->flavour == FLAVOUR_OVMF && surely_without)
        answer(
            &v->hvm, ANSWER_DOUBTFUL,
            s->sec_asserts
                ? "no Xen code since edk2-stable202108: this DEBUG build stops in an ASSERT in PEI, as hvmloader has "
                  "the MTRRs enabled already; use OvmfXen"
                : "no Xen code since edk2-stable202108: it may start, but knows neither Xen's E820 nor its devices "
                  "(a DEBUG build stops in an ASSERT); use OvmfXen");
    else
        answer(&v->hvm, ANSWER_UNKNOWN, "whether it has Xen code lies in its packed part");
}

static void answer_pvh(const struct image *im, struct image_verdict *v)
{
    const struct pvh_header *h = &im->pvh;
    if (!h->present) {
        answer(&v->pvh, ANSWER_NO, "no ELF header with a PVH entry; OvmfXen's OVMF.fd has one");
    } else if (h->filesz < im->size) {
        v->pvh.answer = ANSWER_NO;
        (void)snprintf(v->pvh.why, sizeof v->pvh.why,
                       "its ELF header covers %u KiB of %zu KiB, so Xen would load only that part and enter it at the "
                       "wrong place (an OvmfXen built with FD_SIZE_4MB keeps the header of 2 MiB): build it with "
                       "FD_SIZE_2MB",
                       h->filesz / 1024u, im->size / 1024u);
    } else if (h->filesz > im->size) {
        answer(&v->pvh, ANSWER_NO, "its ELF header promises more bytes than there are");
    } else if (v->flavour == FLAVOUR_CLOUDHV) {
        answer(&v->pvh, ANSWER_DOUBTFUL, "CloudHvX64 has no Xen code; use OvmfXen");
    } else {
        answer(&v->pvh, ANSWER_YES, "");
    }
}

void verdict_make(struct image *im, const char *refusal)
{
    struct image_verdict *v = &im->verdict;
    struct signs s = {0};
    *v = (struct image_verdict){0};
    read_volumes(im, &s);
    if (s.volumes && is_x86(s.machine)) {
        read_table(im, &s);
        s.xen_vector = has_xen_vector(im);
    }
    v->flavour = flavour_of(im, &s);
    if (v->flavour == FLAVOUR_OTHER && refusal == NULL)
        v->flavour = FLAVOUR_FLAT;
    v->since = s.since;
    make_label(im, &s, v);
    answer_hvm(&s, v);
    answer_pvh(im, v);
    if (refusal == NULL || v->flavour == FLAVOUR_NOT_X86)
        return;
    answer(&v->hvm, ANSWER_NO, refusal);
    answer(&v->pvh, ANSWER_NO, refusal);
}
