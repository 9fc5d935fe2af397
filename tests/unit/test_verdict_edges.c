/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an image is said to be (image/verdict.c), at its edges: volumes, tables and reset vectors that are just right, or just
 * not, in buffers that no image_from_bytes() would let pass. Most were found by tests/mutation.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "build_fd.h"
#include "image/image.h"
#include "image/section.h"
#include "image/verdict.h"

enum {
    SIZE = 0x20000,
    X64 = 0x8664,
    IA32 = 0x014c,
    ARM = 0x01c2,
    TE_BODY = 200,
    FILE_SEC = 3,
    FILE_DRIVER = 7,
    FILE_VOLUME = 11
};

static uint8_t buffer[0x1000 + SIZE];
static uint8_t *const bytes = buffer + 0x1000;
static uint8_t *at; /* where the next file goes */
static struct image im;

/* Nothing but zeroes, all of which is the image. */
static void blank(void)
{
    memset(buffer, 0, sizeof buffer);
    im = (struct image){.bytes = bytes, .size = SIZE, .kind = IMAGE_OVMF};
}

static void volume(size_t offset, size_t size)
{
    build_fv(bytes + offset, (uint32_t)size, build_ffs2);
    at = bytes + offset + BUILD_FV_HEADER;
}

/* A file with one section. */
static void file(uint8_t type, uint8_t section, const void *body, uint32_t n)
{
    uint8_t *end = build_section(at + 24, section, body, n);
    (void)build_ffs(at, (uint32_t)(end - at), type, 0x77);
    at += ((size_t)(end - at) + 7) & ~(size_t)7;
}

static void code(uint8_t type, uint16_t machine, const char *text)
{
    uint8_t te[TE_BODY] = {'V', 'Z'};
    put_le16(te + 2, machine);
    te[4] = 1;
    put_le16(te + 6, 40);
    put_le32(te + 8, 90);
    put_le32(te + 40 + 8, TE_BODY - 80);
    put_le32(te + 40 + 12, 80);
    put_le32(te + 40 + 16, TE_BODY - 80);
    build_text(te + 100, text);
    file(type, SECTION_TE, te, sizeof te);
}

/* One volume with a SEC core, up to the end. */
static void firmware(uint16_t machine)
{
    blank();
    volume(0, SIZE);
    code(FILE_SEC, machine, "");
}

static const struct image_verdict *ask(void)
{
    verdict_make(&im, NULL);
    return &im.verdict;
}

#define LABEL(text) assert_string_equal(ask()->label, text)
#define SAYS(why, text) assert_non_null(strstr(why, text))

/* --- the reset vector's table of GUIDs, from its end backwards */

static const uint8_t footer[16] = {0xde, 0x82, 0xb5, 0x96, 0xb2, 0x1f, 0xf7, 0x45,
                                   0xba, 0xea, 0xa3, 0x66, 0xc5, 0x5a, 0x08, 0x2d};
static const uint8_t tdx[16] = {0x35, 0x65, 0x7a, 0xe4, 0x4a, 0x98, 0x98, 0x47,
                                0x86, 0x5e, 0x46, 0x85, 0xa7, 0xbf, 0x8e, 0xc2};
static const uint8_t sev[16] = {0x66, 0x65, 0x88, 0xdc, 0x4a, 0x98, 0x98, 0x47,
                                0xa7, 0x5e, 0x55, 0x85, 0xa7, 0xbf, 0x67, 0xcc};
static const uint8_t other[16] = {1, 2, 3};

struct entry {
    const uint8_t *guid;
    uint16_t n;
};

/* The last entry first. @total: of the whole table, or 0 for what it is. */
static unsigned since(const struct entry *e, unsigned nr, uint16_t total)
{
    uint8_t *end = bytes + im.size - 0x30, *p = end - 2;
    uint16_t sum = 18;
    memcpy(end, footer, sizeof footer);
    for (unsigned i = 0; i < nr; i++) {
        memcpy(p - 16, e[i].guid, 16);
        put_le16(p - 18, e[i].n);
        p -= e[i].n;
        sum = (uint16_t)(sum + e[i].n);
    }
    put_le16(end - 2, total != 0 ? total : sum);
    return ask()->since;
}
#define SINCE(total, ...)                                                                                          \
    since((const struct entry[]){__VA_ARGS__}, sizeof((const struct entry[]){__VA_ARGS__}) / sizeof(struct entry), \
          total)

static void table(void **state)
{
    (void)state;
    firmware(X64);
    assert_int_equal(ask()->since, 0);
    assert_int_equal(ask()->flavour, FLAVOUR_UEFI);
    assert_int_equal(SINCE(0, {other, 22}), 202105);
    assert_int_equal(im.verdict.flavour, FLAVOUR_OVMF);
    assert_int_equal(SINCE(0, {tdx, 22}), 202111);
    assert_int_equal(SINCE(0, {sev, 22}), 202202);
    assert_int_equal(SINCE(0, {other, 22}, {tdx, 22}), 202111);
    assert_int_equal(SINCE(0, {other, 18}, {tdx, 22}), 202111);
    assert_int_equal(SINCE(0, {other, 22}, {other, 40}, {sev, 30}), 202202);
    assert_int_equal(SINCE(0, {sev, 22}, {tdx, 22}), 202202); /* the youngest, wherever */
    assert_int_equal(SINCE(0, {tdx, 22}, {sev, 22}), 202202);
    assert_int_equal(SINCE(18 + 22, {tdx, 17}), 202111);              /* it is there, whatever its length */
    assert_int_equal(SINCE(18 + 40, {other, 17}, {tdx, 22}), 202105); /* which leads nowhere */
    assert_int_equal(SINCE(18 + 22, {other, 22}, {tdx, 22}), 202105); /* behind the table's end */
    assert_int_equal(SINCE(18 + 40, {other, 22}, {tdx, 22}), 202111); /* the rest is long enough for it */
    assert_int_equal(SINCE(18 + 39, {other, 22}, {tdx, 22}), 202105);
    assert_int_equal(SINCE(18, {tdx, 22}), 202105);
    assert_int_equal(SINCE(17, {tdx, 22}), 202105);
    assert_int_equal(SINCE(35, {tdx, 22}), 202105);
    assert_int_equal(SINCE(36, {tdx, 18}), 202111);
    assert_int_equal(SINCE(0x400 + 18, {tdx, 22}), 202111);
    assert_int_equal(SINCE(0x400 + 19, {tdx, 22}), 202105);
    /* No longer than the image. */
    blank();
    im.size = 0x200;
    volume(0, 0x200);
    assert_int_equal(SINCE(18 + 0x1CE, {tdx, 22}), 202111);
    assert_int_equal(SINCE(18 + 0x1CF, {tdx, 22}), 202105);
    /* Only of what is firmware for x86. */
    firmware(ARM);
    assert_int_equal(SINCE(0, {tdx, 22}), 0);
    blank();
    assert_int_equal(SINCE(0, {tdx, 22}), 0);
    assert_int_equal(im.verdict.flavour, FLAVOUR_FLAT);
    firmware(X64);
    (void)SINCE(0, {tdx, 22});
    bytes[SIZE - 0x30]++;
    assert_int_equal(ask()->since, 0);
}

/* --- Xen's reset vector */

static void vector_at(size_t offset, const char *raw)
{
    firmware(X64);
    memset(bytes + SIZE - 0x2000, 0, 0x2000); /* the volume's end */
    memcpy(bytes + offset, raw, 10);
}

static void xen_vector(void **state)
{
    (void)state;
    static const char good[] = "\xc7\x05\x04\x80\x80\x00XPVH";
    static const struct {
        size_t offset;
        const char *raw;
        bool is;
    } cases[] = {
        {SIZE - 0x95, good, true},
        {SIZE - 0x1000, good, true},
        {SIZE - 0x1001, good, false},
        {SIZE - 10, good, true},
        {SIZE - 0x95, "\xc6\x05\x04\x80\x80\x00XPVH", false},
        {SIZE - 0x95, "\xc7\x04\x04\x80\x80\x00XPVH", false},
        {SIZE - 0x95, "\xc7\x05\x04\x80\x80\x00XPVI", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        vector_at(cases[i].offset, cases[i].raw);
        if ((ask()->flavour == FLAVOUR_OVMFXEN) != cases[i].is)
            fail_msg("case %zu: %s", i, im.verdict.label);
    }
    blank();
    im.size = 0x200;
    volume(0, 0x200);
    memcpy(bytes - 0x100, good, 10); /* before the image */
    assert_int_equal(ask()->flavour, FLAVOUR_UEFI);
    memcpy(bytes + 0x1F0, good, 10);
    assert_int_equal(ask()->flavour, FLAVOUR_OVMFXEN);
    blank();
    memcpy(bytes + SIZE - 0x95, good, 10); /* without a volume */
    assert_int_equal(ask()->flavour, FLAVOUR_FLAT);
}

/* Cloud Hypervisor's has its code at 0x1000, behind the ELF header. */
static void cloudhv(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        blank();
        volume(i == 1 ? 0x2000 : 0x1000, 0x8000);
        code(FILE_SEC, X64, "");
        if (i == 2)
            volume(0x10000, 0x8000); /* the first counts */
        memcpy(bytes + SIZE - 0x95, "\xc7\x05\x04\x80\x80\x00XPVH", 10);
        im.pvh = (struct pvh_header){.present = i != 3, .filesz = SIZE};
        const struct image_verdict *v = ask();
        const bool is = i == 0 || i == 2;
        assert_int_equal(v->flavour, is ? FLAVOUR_CLOUDHV : FLAVOUR_OVMFXEN);
        assert_int_equal(v->hvm.answer, is ? ANSWER_DOUBTFUL : ANSWER_YES);
        assert_int_equal(v->pvh.answer, i == 3 ? ANSWER_NO : is ? ANSWER_DOUBTFUL : ANSWER_YES);
        if (is)
            SAYS(v->label, "OVMF for Cloud Hypervisor");
        if (is)
            SAYS(v->pvh.why, "CloudHvX64 has no Xen code");
        if (is)
            SAYS(v->hvm.why, "CloudHvX64 has no Xen code");
    }
}

/* What its ELF header has Xen load. */
static void elf_header(void **state)
{
    (void)state;
    static const struct {
        uint32_t filesz;
        enum image_answer answer;
        const char *why;
    } cases[] = {{SIZE - 1, ANSWER_NO, "127 KiB of 128"},
                 {SIZE, ANSWER_YES, ""},
                 {SIZE + 1, ANSWER_NO, "more bytes than there are"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        vector_at(SIZE - 0x95, "\xc7\x05\x04\x80\x80\x00XPVH");
        im.pvh = (struct pvh_header){.present = true, .filesz = cases[i].filesz};
        assert_int_equal(ask()->pvh.answer, cases[i].answer);
        SAYS(im.verdict.pvh.why, cases[i].why);
        im.pvh.present = false;
        assert_int_equal(ask()->pvh.answer, ANSWER_NO);
        SAYS(im.verdict.pvh.why, "no ELF header");
    }
}

/* --- volumes */

static void volumes(void **state)
{
    (void)state;
    firmware(X64);
    LABEL("UEFI firmware, X64, RELEASE");
    firmware(IA32);
    LABEL("UEFI firmware, SEC for IA32, RELEASE");
    blank();
    volume(0, SIZE);
    LABEL("UEFI firmware");
    code(FILE_DRIVER, ARM, "ASSERT [%a]"); /* no SEC core */
    LABEL("UEFI firmware");
    code(FILE_SEC, X64, "");
    code(FILE_SEC, IA32, ""); /* the first counts */
    LABEL("UEFI firmware, X64, RELEASE");
    blank();
    volume(0, SIZE);
    code(FILE_SEC, X64, "ASSERT [%a] %a(%d): %a\n");
    LABEL("UEFI firmware, X64, DEBUG");
    blank();
    volume(0, SIZE);
    file(FILE_SEC, SECTION_RAW, "none", 4);
    LABEL("UEFI firmware");
    firmware(X64);
    bytes[50]++; /* its checksum */
    LABEL("a flat image");
    assert_int_equal(im.verdict.hvm.answer, ANSWER_UNKNOWN);
    SAYS(im.verdict.hvm.why, "it has a reset vector");
    SAYS(im.verdict.told_by, "no firmware volume");
    firmware(X64);
    memcpy(bytes + 16, build_nv, 16);
    build_fv_sum(bytes);
    LABEL("a flat image");
    im.kind = IMAGE_OVMF_VARS;
    LABEL("OVMF's variable store alone");
    assert_int_equal(im.verdict.flavour, FLAVOUR_VARS);
    /* Whatever its end looks like. */
    firmware(X64);
    im.kind = IMAGE_OVMF_VARS;
    assert_int_equal(SINCE(0, {tdx, 22}), 202111);
    assert_int_equal(im.verdict.flavour, FLAVOUR_VARS);
    assert_int_equal(im.verdict.hvm.answer, ANSWER_UNKNOWN);
    SAYS(im.verdict.hvm.why, "whether it has Xen code lies in its packed part");
    firmware(X64);
    im.kind = IMAGE_OVMF_CODE;
    LABEL("UEFI firmware, code without a variable store, X64, RELEASE");
    firmware(ARM);
    im.kind = IMAGE_OVMF_CODE;
    LABEL("UEFI firmware for another machine, ARM, RELEASE");
    assert_int_equal(im.verdict.flavour, FLAVOUR_NOT_X86);
    assert_int_equal(im.verdict.hvm.answer, ANSWER_NO);
    SAYS(im.verdict.hvm.why, "not for x86");
}

/* Releases without Xen code. */
static void without_xen(void **state)
{
    (void)state;
    firmware(X64);
    (void)SINCE(0, {tdx, 22});
    assert_int_equal(im.verdict.hvm.answer, ANSWER_DOUBTFUL);
    SAYS(im.verdict.hvm.why, "it may start");
    blank();
    volume(0, SIZE);
    code(FILE_SEC, X64, "ASSERT [%a] %a(%d): %a\n");
    (void)SINCE(0, {tdx, 22});
    SAYS(im.verdict.hvm.why, "this DEBUG build stops");
}

/* What cannot be booted at all. */
static void refused(void **state)
{
    (void)state;
    firmware(X64);
    verdict_make(&im, "no good");
    assert_int_equal(im.verdict.flavour, FLAVOUR_UEFI);
    assert_int_equal(im.verdict.hvm.answer, ANSWER_NO);
    assert_int_equal(im.verdict.pvh.answer, ANSWER_NO);
    assert_string_equal(im.verdict.hvm.why, "no good");
    assert_string_equal(im.verdict.pvh.why, "no good");
    firmware(ARM);
    verdict_make(&im, "no good"); /* that it is for another machine says more */
    SAYS(im.verdict.hvm.why, "not for x86");
    SAYS(im.verdict.pvh.why, "no ELF header");
    blank();
    verdict_make(&im, "no good");
    assert_int_equal(im.verdict.flavour, FLAVOUR_OTHER);
    assert_string_equal(im.verdict.label, "not a firmware image");
    build_text(bytes + 0x100, "SeaBIOS (version ");
    assert_true(verdict_is_seabios(&im));
    verdict_make(&im, "no good");
    assert_int_equal(im.verdict.flavour, FLAVOUR_SEABIOS);
    firmware(X64);
    build_text(bytes + 0x10000, "SeaBIOS (version ");
    assert_int_equal(ask()->flavour, FLAVOUR_UEFI);
}

/* --- how the packed part is packed */

static void packed(uint8_t type, const char *guid)
{
    uint8_t body[40] = {0};
    memcpy(body, guid, 16);
    put_le16(body + 16, 24);
    put_le16(body + 18, 1);
    file(type, SECTION_GUID_DEFINED, body, sizeof body);
}

static void packing(void **state)
{
    (void)state;
    static const char lzma[] = "\x98\x58\x4e\xee\x14\x39\x59\x42\x9d\x6e\xdc\x7b\xd7\x94\x03\xcf",
                      f86[] = "\xbd\xe6\x2a\xd4\x52\x13\xfb\x4b\x90\x9a\xca\x72\xa6\xea\xe8\x89",
                      brotli[] = "\x50\x20\x53\x3d\xda\x5c\xd0\x4f\x87\x9e\x0f\x7f\x63\x0d\x5a\xfb",
                      tiano[] = "\xad\x80\x12\xa3\x1e\x48\xb6\x41\x95\xe8\x12\x7f\x4c\x98\x47\x79";
    static const struct {
        const char *guid, *name;
    } tools[] = {
        {lzma, "LZMA"},
        {f86, "LZMA-F86"},
        {brotli, "Brotli"},
        {tiano, "Tiano"},
        {"\x8c\x29\x2c\x3d\xcd\xb9\x4a\x40\x8c\xd7\x9c\xdf\xa6\x5d\xf7\xdf", NULL},
        {"\x78\xe5\x8c\x8c\x3d\x8a\x1c\x4f\x99\x35\x89\x61\x85\xc3\x2d\xd3", NULL}, /* a name, and no tool's */
    };
    char label[80];
    for (size_t i = 0; i < sizeof tools / sizeof tools[0]; i++) {
        firmware(X64);
        packed(FILE_VOLUME, tools[i].guid);
        (void)snprintf(label, sizeof label, "UEFI firmware, X64, RELEASE%s%s", tools[i].name != NULL ? ", " : "",
                       tools[i].name != NULL ? tools[i].name : "");
        LABEL(label);
    }
    for (uint8_t compression = 0; compression < 2; compression++) {
        const uint8_t body[] = {4, 0, 0, 0, compression, 0, 0, 0, 0};
        firmware(X64);
        file(FILE_VOLUME, SECTION_COMPRESSION, body, sizeof body);
        LABEL(compression != 0 ? "UEFI firmware, X64, RELEASE, EFI or Tiano compression"
                               : "UEFI firmware, X64, RELEASE");
    }
    firmware(X64);
    file(FILE_VOLUME, SECTION_RAW, lzma, 16);
    LABEL("UEFI firmware, X64, RELEASE");
    file(FILE_VOLUME, SECTION_FREEFORM, lzma, 16);
    LABEL("UEFI firmware, X64, RELEASE");
    packed(FILE_DRIVER, lzma);
    LABEL("UEFI firmware, X64, RELEASE");
    packed(FILE_VOLUME, lzma);
    packed(FILE_VOLUME, f86);
    LABEL("UEFI firmware, X64, RELEASE, LZMA");
    firmware(X64);
    (void)build_ffs(at, 24, FILE_VOLUME, 0x55); /* nothing in it */
    LABEL("UEFI firmware, X64, RELEASE");
}

static void machine_names(void **state)
{
    (void)state;
    static const struct {
        uint16_t machine;
        const char *name;
    } names[] = {{0x8664, "X64"},     {0x014c, "IA32"},    {0x01c2, "ARM"},         {0xaa64, "AARCH64"},
                 {0x5032, "RISCV32"}, {0x5064, "RISCV64"}, {0x6264, "LOONGARCH64"}, {0x0ebc, "EBC"}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_string_equal(image_machine_name(names[i].machine), names[i].name);
    assert_null(image_machine_name(0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table),      cmocka_unit_test(xen_vector), cmocka_unit_test(cloudhv),
        cmocka_unit_test(elf_header), cmocka_unit_test(volumes),    cmocka_unit_test(without_xen),
        cmocka_unit_test(refused),    cmocka_unit_test(packing),    cmocka_unit_test(machine_names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
