/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "build_fd.h"
#include "image/pe.h"

enum {
    SIZE = 0x400,
    PE = 0x80,
    OPT = PE + 24,
    DEBUG_DIR = 0x280,
    RECORD = 0x2c0,
    DEBUG_DIR_AT = 6 * 8, /* in the table of directories */
    TE_STRIPPED = 0x1d8,  /* an odd number, so that a forgotten skew shows */
};
static const char gcc_path[] = "/build/Build/OvmfX64/DEBUG_GCC5/X64/MdeModulePkg/Core/Pei/PeiMain/DEBUG/PeiCore.dll";
static const char windows_path[] = "d:\\a\\1\\s\\Build\\X64\\Xen.v2\\DEBUG\\XenPlatformPei.pdb";

/* One debug directory entry (after one of another type) and its CodeView record. */
static void debug_data(uint8_t *p, uint32_t skew, const char *signature, uint32_t path_at, const char *path)
{
    uint8_t *e = p + DEBUG_DIR + 28;
    put_le32(p + DEBUG_DIR + 12, 4);
    put_le32(e + 12, 2);
    put_le32(e + 16, path_at + (uint32_t)strlen(path) + 1);
    put_le32(e + 20, RECORD + skew);
    put_le32(e + 24, 0);
    build_text(p + RECORD, signature);
    build_text(p + RECORD + path_at, path);
}

static void make_pe(uint8_t *p, bool plus)
{
    memset(p, 0, SIZE);
    build_text(p, "MZ");
    put_le32(p + 0x3c, PE);
    memcpy(p + PE, "PE\0", 4);
    put_le16(p + PE + 4, plus ? 0x8664 : 0x014c);
    put_le16(p + PE + 6, 1);
    uint32_t dirs = plus ? 112 : 96;
    put_le16(p + PE + 20, (uint16_t)(dirs + 16 * 8));
    put_le16(p + OPT, plus ? 0x20b : 0x10b);
    put_le32(p + OPT + 16, 0x240);
    if (plus)
        put_le64(p + OPT + 24, 0x123456000);
    else
        put_le32(p + OPT + 28, 0x456000);
    put_le32(p + OPT + 56, 0x2000);
    put_le32(p + OPT + dirs - 4, 16);
    put_le32(p + OPT + dirs + DEBUG_DIR_AT, DEBUG_DIR);
    put_le32(p + OPT + dirs + DEBUG_DIR_AT + 4, 56);
}

static void make_te(uint8_t *p)
{
    uint32_t skew = TE_STRIPPED - 40;
    memset(p, 0, SIZE);
    build_text(p, "VZ");
    put_le16(p + 2, 0x8664);
    p[4] = 2;
    put_le16(p + 6, TE_STRIPPED);
    put_le32(p + 8, 0x240 + skew);
    put_le64(p + 16, 0xfffc0000);
    put_le32(p + 32, DEBUG_DIR + skew);
    put_le32(p + 36, 56);
    put_le32(p + 40 + 8, 0x100);
    put_le32(p + 40 + 12, 0x240 + skew);
    put_le32(p + 40 + 16, 0x80);
    put_le32(p + 80 + 8, 0x10);
    put_le32(p + 80 + 12, 0x340 + skew);
    put_le32(p + 80 + 16, 0xc0);
    debug_data(p, skew, "NB10", 16, gcc_path);
}

static void pe32_plus(void **state)
{
    (void)state;
    uint8_t p[SIZE];
    struct pe_info i;
    make_pe(p, true);
    debug_data(p, 0, "NB10", 16, gcc_path);
    assert_true(pe_parse(p, SIZE, &i));
    assert_false(i.te);
    assert_int_equal(i.machine, 0x8664);
    assert_int_equal(i.size_of_image, 0x2000);
    assert_int_equal(i.entry_rva, 0x240);
    assert_int_equal(i.image_base, 0x123456000);
    assert_string_equal(i.name, "PeiCore");
}

static void pe32(void **state)
{
    (void)state;
    uint8_t p[SIZE];
    struct pe_info i;
    make_pe(p, false);
    debug_data(p, 0, "RSDS", 24, windows_path);
    assert_true(pe_parse(p, SIZE, &i));
    assert_int_equal(i.machine, 0x14c);
    assert_int_equal(i.image_base, 0x456000);
    assert_string_equal(i.name, "XenPlatformPei");
}

static void te(void **state)
{
    (void)state;
    uint8_t p[SIZE];
    struct pe_info i;
    make_te(p);
    assert_true(pe_parse(p, SIZE, &i));
    assert_true(i.te);
    assert_int_equal(i.entry_rva, 0x240);
    assert_int_equal(i.size_of_image, 0x400); /* the second section's raw size counts */
    assert_int_equal(i.image_base, 0xfffc0000);
    assert_string_equal(i.name, "PeiCore");
}

static void names(void **state)
{
    (void)state;
    static const struct {
        const char *path, *name;
    } cases[] = {
        {"PeiCore.dll", "PeiCore"},
        {"/a.b/PeiCore", "PeiCore"},
        {"/a/b.c.debug", "b.c"},
        {"/a/.dll", ".dll"},
        {"/a/", ""},
        {"", ""},
        {"/a/\033[31mX.dll", ""},
        {"/0123456789012345678901234567890123456789012345678901234567890123456789.dll",
         "012345678901234567890123456789012345678901234567890123456789012"},
    };
    uint8_t p[SIZE];
    struct pe_info i;
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        make_pe(p, true);
        debug_data(p, 0, "NB10", 16, cases[c].path);
        assert_true(pe_parse(p, SIZE, &i));
        assert_string_equal(i.name, cases[c].name);
    }
}

static void without_a_name(void **state)
{
    (void)state;
    uint8_t p[SIZE];
    struct pe_info i;
    /* A record elsewhere than its RVA, as in a file that nobody has loaded. */
    make_pe(p, true);
    debug_data(p, 0, "NB10", 16, gcc_path);
    put_le32(p + DEBUG_DIR + 28 + 20, 0x1f00);
    put_le32(p + DEBUG_DIR + 28 + 24, RECORD);
    assert_true(pe_parse(p, SIZE, &i));
    assert_string_equal(i.name, "PeiCore");
    put_le32(p + DEBUG_DIR + 28 + 24, UINT32_MAX);
    assert_true(pe_parse(p, SIZE, &i));
    assert_string_equal(i.name, "");
    /* Not terminated. */
    make_pe(p, true);
    debug_data(p, 0, "NB10", 16, gcc_path);
    put_le32(p + DEBUG_DIR + 28 + 16, 20);
    assert_true(pe_parse(p, SIZE, &i));
    assert_string_equal(i.name, "");
    /* Directories that are not there. */
    make_pe(p, true);
    debug_data(p, 0, "NB10", 16, gcc_path);
    put_le32(p + OPT + 112 + DEBUG_DIR_AT, UINT32_MAX - 4);
    put_le32(p + OPT + 112 + DEBUG_DIR_AT + 4, UINT32_MAX);
    assert_true(pe_parse(p, SIZE, &i));
    put_le32(p + OPT + 108, 6);
    assert_true(pe_parse(p, SIZE, &i));
    assert_string_equal(i.name, "");
}

static void refused(void **state)
{
    (void)state;
    static const struct {
        uint32_t at, value;
    } bad[] = {
        {0, 0}, /* no MZ */
        {0x3c, 0x3c},
        {0x3c, SIZE},
        {0x3c, UINT32_MAX},
        {0x3c, 0x2000},       /* the header's place */
        {PE, 0x4550 + 1},     /* no PE */
        {PE + 4, 0x00011234}, /* a machine that nobody knows */
        {PE + 4, 0x8664},     /* no sections */
        {PE + 20, 16},
        {PE + 20, 0xffff},  /* the optional header's size */
        {OPT, 0x107},       /* a ROM image */
        {OPT + 16, 0x2000}, /* the entry outside */
        {OPT + 56, 0},
        {OPT + 56, UINT32_MAX},
    };
    uint8_t p[SIZE];
    struct pe_info i;
    for (size_t c = 0; c < sizeof bad / sizeof bad[0]; c++) {
        make_pe(p, true);
        put_le32(p + bad[c].at, bad[c].value);
        if (pe_parse(p, SIZE, &i))
            fail_msg("case %zu was accepted", c);
    }
    static const struct {
        uint32_t at, value;
    } bad_te[] = {{2, 0x1234}, {4, 0}, {4, 0x01d80061}, {4, 0x00270002}, {8, 0x100}, {8, 0x10000}, {52, UINT32_MAX}};
    for (size_t c = 0; c < sizeof bad_te / sizeof bad_te[0]; c++) {
        make_te(p);
        put_le32(p + bad_te[c].at, bad_te[c].value);
        if (pe_parse(p, SIZE, &i))
            fail_msg("TE case %zu was accepted", c);
    }
}

static void sane(const uint8_t *p, size_t n)
{
    struct pe_info i;
    if (!pe_parse(p, n, &i))
        return;
    assert_true(i.size_of_image > 0 && i.entry_rva < i.size_of_image);
    assert_non_null(memchr(i.name, '\0', sizeof i.name));
    for (const char *c = i.name; *c != '\0'; c++)
        assert_true(*c >= 0x20 && *c <= 0x7e);
}

static void damaged(void **state)
{
    (void)state;
    for (int kind = 0; kind < 3; kind++) {
        uint8_t p[SIZE];
        if (kind < 2)
            make_pe(p, kind == 1);
        else
            make_te(p);
        if (kind < 2)
            debug_data(p, 0, "NB10", 16, gcc_path);
        for (size_t n = 0; n < SIZE; n++) {
            uint8_t *cut = build_exact(p, n);
            struct pe_info i;
            bool ok = pe_parse(cut, n, &i);
            assert_true(!ok || n >= 120); /* less has no headers */
            assert_true(!ok || i.name[0] == '\0' || n >= RECORD + sizeof gcc_path);
            free(cut);
        }
        uint8_t *copy = build_exact(p, SIZE);
        for (size_t bit = 0; bit < (size_t)SIZE * 8; bit++) {
            copy[bit / 8] = (uint8_t)(copy[bit / 8] ^ 1u << bit % 8);
            sane(copy, SIZE);
            copy[bit / 8] = p[bit / 8];
        }
        free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pe32_plus),      cmocka_unit_test(pe32),    cmocka_unit_test(te),      cmocka_unit_test(names),
        cmocka_unit_test(without_a_name), cmocka_unit_test(refused), cmocka_unit_test(damaged),
    };
    return cmocka_run_group_tests_name("pe", tests, NULL, NULL);
}
