/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/le.h"
#include "image/loader.h"

#define SIZE 0x200u
#define PHDRS 0x34u

/* An ELF32 executable with two segments: 0x100000, 0x100 bytes of a file's 0x180; and 0x200000, only zeroes. */
static uint8_t *sample(void)
{
    uint8_t *p = calloc(1, SIZE);
    assert_non_null(p);
    memcpy(p, "\177ELF\1\1\1", 7);
    put_le16(p + 16, 2); /* ET_EXEC */
    put_le16(p + 18, 3); /* EM_386 */
    put_le32(p + 24, 0x100010);
    put_le32(p + 28, PHDRS);
    put_le16(p + 42, 32);
    put_le16(p + 44, 3);
    static const uint32_t phdr[3][8] = {
        {1, 0x100, 0x100000, 0x100000, 0x100, 0x180, 7, 4096},
        {4, 0, 0, 0, 0, 0, 0, 0}, /* PT_NOTE: not loaded */
        {1, 0x200, 0x200000, 0x200000, 0, 0x40, 6, 4096},
    };
    for (unsigned i = 0; i < 24; i++)
        put_le32(p + PHDRS + 4 * i, phdr[i / 8][i % 8]);
    return p;
}

static void test_good(void **state)
{
    (void)state;
    struct loader l;
    struct diag d = {0};
    assert_true(loader_from_bytes("x", sample(), SIZE, &l, &d));
    assert_int_equal(l.entry, 0x100010);
    assert_int_equal(l.nr_segments, 2);
    assert_true(l.at.start == 0x100000 && l.at.end == 0x200040);
    assert_true(l.segment[0].filesz == 0x100 && l.segment[0].memsz == 0x180 && l.segment[0].offset == 0x100);
    assert_true(l.segment[1].filesz == 0 && l.segment[1].memsz == 0x40);
    loader_free(&l);
}

static void test_bad(void **state)
{
    (void)state;
    static const struct {
        unsigned at;
        uint32_t value;
        const char *says;
    } t[] = {
        {0, 0, "not a 32-bit x86 ELF"},
        {4, 0x00010102, "not a 32-bit x86 ELF"},  /* 64-bit */
        {16, 0x00030003, "not a 32-bit x86 ELF"}, /* a shared object */
        {24, 0x300000, "entry is not in what it loads"},
        {24, 0x180000, "entry is not in what it loads"}, /* between two segments */
        {24, 0x100180, "entry is not in what it loads"}, /* right behind one */
        {44, 0xffff, "program headers reach beyond"},
        {PHDRS + 4, 0xffffffff, "reaches beyond the file"},
        {PHDRS + 16, 0xffffffff, "reaches beyond the file"},
        {28, 0x1f0, "program headers reach beyond"},
        {28, 0xfffffff0, "program headers reach beyond"},
        {40, 0x00280034, "program headers have 40 bytes"},
        {PHDRS + 4, 0x180, "reaches beyond the file"},
        {PHDRS + 12, 0xffffff80, "reaches beyond the file"}, /* wraps */
        {PHDRS + 20, 0x80, "reaches beyond the file"},       /* less memory than file */
        {PHDRS + 20, 0x7fffffff, "reaches beyond the file"},
    };
    for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
        struct loader l;
        struct diag d = {0};
        uint8_t *p = sample();
        put_le32(p + t[i].at, t[i].value);
        assert_false(loader_from_bytes("x", p, SIZE, &l, &d));
        if (strstr(d.message, t[i].says) == NULL)
            fail_msg("case %zu says: %s", i, d.message);
    }
}

static void test_every_prefix_and_bit(void **state)
{
    (void)state;
    for (size_t n = 0; n < SIZE; n++) {
        uint8_t *whole = sample();
        uint8_t *p = malloc(n != 0 ? n : 1);
        assert_non_null(p);
        memcpy(p, whole, n);
        free(whole);
        struct loader l;
        struct diag d;
        if (loader_from_bytes("x", p, n, &l, &d))
            fail_msg("a prefix of %zu bytes was taken", n);
    }
    for (size_t bit = 0; bit < (PHDRS + 96) * 8; bit++) {
        uint8_t *p = sample();
        p[bit / 8] = (uint8_t)(p[bit / 8] ^ 1u << bit % 8);
        struct loader l;
        struct diag d;
        if (!loader_from_bytes("x", p, SIZE, &l, &d))
            continue;
        for (size_t i = 0; i < l.nr_segments; i++)
            assert_true(l.segment[i].offset + l.segment[i].filesz <= SIZE);
        loader_free(&l);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_bad),
        cmocka_unit_test(test_every_prefix_and_bit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
