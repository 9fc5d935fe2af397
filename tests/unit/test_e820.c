/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/le.h"
#include "layout/e820.h"

static char *written(const struct e820_map *m)
{
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);
    assert_non_null(f);
    e820_write(m, f);
    fclose(f);
    return text;
}

static void types(void **state)
{
    (void)state;
    assert_string_equal(e820_type_name(E820_TYPE_RAM), "RAM");
    assert_string_equal(e820_type_name(E820_TYPE_PMEM), "PMEM");
    assert_null(e820_type_name(0));
    assert_null(e820_type_name(8));
    for (uint32_t t = E820_TYPE_RAM; t <= E820_TYPE_PMEM; t++)
        assert_int_equal(e820_type_parse(e820_type_name(t)), t);
    assert_int_equal(e820_type_parse("reserved"), E820_TYPE_RESERVED);
    assert_int_equal(e820_type_parse("12"), 12);
    assert_int_equal(e820_type_parse("0xffffffff"), UINT32_MAX);
    static const char *const bad[] = {"", "RAMM", "RA", "0", "0x", "-1", " 1", "+1", "1 ", "4294967297", "1e"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(e820_type_parse(bad[i]), 0);
}

static void add(void **state)
{
    (void)state;
    struct e820_map m = {0};
    assert_false(e820_add(&m, 0x1000, 0x1000, E820_TYPE_RAM));
    assert_false(e820_add(&m, 0x1000, 0xfff, E820_TYPE_RAM));
    assert_int_equal(m.nr, 0);
    for (unsigned i = E820_MAX; i > 0; i--)
        assert_true(e820_add(&m, i * PAGE_SIZE, i * PAGE_SIZE + 1, i));
    assert_false(e820_add(&m, 0, 1, E820_TYPE_RAM));
    assert_int_equal(m.nr, E820_MAX);
    assert_int_equal(m.e[0].type, E820_MAX); /* in the order given */

    e820_sort(&m);
    for (unsigned i = 0; i < E820_MAX; i++)
        assert_int_equal(m.e[i].type, i + 1);
}

static void sort_keeps_equal_starts(void **state)
{
    (void)state;
    struct e820_map m = {0};
    e820_add(&m, 5, 6, 1);
    e820_add(&m, 2, 9, 2);
    e820_add(&m, 2, 3, 3);
    e820_add(&m, 0, 1, 4);
    e820_sort(&m);
    static const uint32_t order[] = {4, 2, 3, 1};
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(m.e[i].type, order[i]);
}

static void find(void **state)
{
    (void)state;
    struct e820_map m = {0};
    e820_add(&m, 0x1000, 0x4000, E820_TYPE_RAM);
    e820_add(&m, 0x2000, 0x3000, E820_TYPE_NVS);
    assert_null(e820_find(&m, 0xfff));
    assert_ptr_equal(e820_find(&m, 0x1000), &m.e[0]);
    assert_ptr_equal(e820_find(&m, 0x2000), &m.e[1]);
    assert_ptr_equal(e820_find(&m, 0x2fff), &m.e[1]);
    assert_ptr_equal(e820_find(&m, 0x3000), &m.e[0]);
    assert_ptr_equal(e820_find(&m, 0x3fff), &m.e[0]);
    assert_null(e820_find(&m, 0x4000));
    assert_int_equal(e820_ram_bytes(&m), 0x3000);
}

/* In order or not: the same as asking entry by entry. */
static void index_answers_as_find(void **state)
{
    (void)state;
    static const struct {
        bool apart;
        struct span at[4];
    } table[] = {
        {true, {{0x1000, 0x4000}, {0x4000, 0x5000}, {0x8000, 0x9000}, {0x9001, 0x9002}}},
        {false, {{0x1000, 0x4000}, {0x2000, 0x3000}, {0x8000, 0x9000}, {0x2800, 0x8800}}},
        {true, {{0x8000, 0x9000}, {0x1000, 0x4000}, {0x4000, 0x5000}, {0x9000, 0x9800}}},
    };
    for (size_t t = 0; t < sizeof table / sizeof table[0]; t++) {
        struct e820_map m = {0};
        for (uint32_t i = 0; i < 4; i++)
            e820_add(&m, table[t].at[i].start, table[t].at[i].end, i + 1);
        const struct e820_index x = e820_index(&m);
        assert_int_equal(x.apart, table[t].apart);
        for (uint64_t gpa = 0; gpa < 0xA000; gpa++) {
            uint64_t until = 0x9800, edge = 0x9800;
            for (unsigned i = 0; i < m.nr; i++) {
                edge = m.e[i].at.start > gpa && m.e[i].at.start < edge ? m.e[i].at.start : edge;
                edge = m.e[i].at.end > gpa && m.e[i].at.end < edge ? m.e[i].at.end : edge;
            }
            assert_ptr_equal(e820_look(&x, gpa, &until), e820_find(&m, gpa));
            assert_int_equal(until, edge);
        }
    }
    struct e820_map m = {.nr = 1, .e = {{.at = {0x1000, 0x1000}, .type = 1}}};
    assert_false(e820_index(&m).apart);
}

static uint32_t next_random(uint32_t *s)
{
    *s = *s * 1664525 + 1013904223;
    return *s >> 8;
}

#define PLACES 512u

/* Entries that lie apart, if not in order; some tables with one more, which overlaps, or with one that is empty. */
static struct e820_map random_table(uint32_t *seed, bool *apart)
{
    struct e820_map m = {0};
    for (uint32_t at = 0; m.nr < E820_MAX - 2 && at < PLACES;) {
        const uint32_t start = at + next_random(seed) % 3 * (next_random(seed) % 4);
        at = start + 1 + next_random(seed) % 8;
        (void)e820_add(&m, start, at, next_random(seed));
    }
    for (unsigned n = next_random(seed) % 3 * m.nr / 2; n-- > 0;) {
        struct e820_entry *a = &m.e[next_random(seed) % m.nr], *b = &m.e[next_random(seed) % m.nr], e = *a;
        *a = *b;
        *b = e;
    }
    *apart = next_random(seed) % 3 != 0;
    if (!*apart) {
        const struct span at = m.e[next_random(seed) % m.nr].at;
        const bool empty = next_random(seed) % 2 != 0;
        m.e[m.nr] = m.e[0];
        m.e[0].at = (struct span){at.start, empty ? at.start : at.end + next_random(seed) % 20};
        m.nr++;
    }
    return m;
}

static void index_of_random_tables(void **state)
{
    (void)state;
    uint32_t seed = 1;
    for (unsigned round = 0; round < 600; round++) {
        bool apart;
        const struct e820_map m = random_table(&seed, &apart);
        const struct e820_index x = e820_index(&m);
        assert_int_equal(x.apart, apart);
        for (uint64_t gpa = 0; gpa < PLACES + 16; gpa++) {
            uint64_t until = gpa + 1 + next_random(&seed) % 32, edge = until;
            for (unsigned i = 0; i < m.nr; i++) {
                edge = m.e[i].at.start > gpa && m.e[i].at.start < edge ? m.e[i].at.start : edge;
                edge = m.e[i].at.end > gpa && m.e[i].at.end < edge ? m.e[i].at.end : edge;
            }
            assert_ptr_equal(e820_look(&x, gpa, &until), e820_find(&m, gpa));
            assert_int_equal(until, edge);
        }
    }
    const struct e820_map none = {0};
    const struct e820_index x = e820_index(&none);
    uint64_t until = 5;
    assert_null(e820_look(&x, 0, &until));
    assert_int_equal(until, 5);
}

static void encode(void **state)
{
    (void)state;
    struct e820_map m = {0};
    uint8_t out[2 * E820_WIRE_SIZE + 1];
    memset(out, 0xAA, sizeof out);
    e820_add(&m, 0x100000, 0x123456789000, E820_TYPE_RAM);
    e820_add(&m, 0xFFFFFFFFFFFFF000, UINT64_MAX, 0xCAFEF00D);
    e820_encode(&m, out);
    assert_int_equal(le64(out), 0x100000);
    assert_int_equal(le64(out + 8), 0x123456789000 - 0x100000);
    assert_int_equal(le32(out + 16), 1);
    assert_int_equal(le64(out + 20), 0xFFFFFFFFFFFFF000);
    assert_int_equal(le64(out + 28), 0xFFF);
    assert_int_equal(le32(out + 36), 0xCAFEF00D);
    assert_int_equal(out[40], 0xAA);
}

/* What hvmloader 4.17 prints for such a map. */
static void write_like_hvmloader(void **state)
{
    (void)state;
    struct e820_map m = {0};
    e820_add(&m, 0, 0xa0000, E820_TYPE_RAM);
    e820_add(&m, 0xf0000, 0x100000, E820_TYPE_RESERVED);
    e820_add(&m, 0x100000, 0xf0000000, E820_TYPE_RAM);
    e820_add(&m, 0xeff00000, 0xfc00b000, E820_TYPE_NVS);
    e820_add(&m, 0xfc00b000, 0x100000000, 12);
    e820_add(&m, 0x100000000, 0x20eeb4000, E820_TYPE_ACPI);
    char *text = written(&m);
    assert_string_equal(text, "E820 table:\n"
                              " [00]: 00000000:00000000 - 00000000:000a0000: RAM\n"
                              " HOLE: 00000000:000a0000 - 00000000:000f0000\n"
                              " [01]: 00000000:000f0000 - 00000000:00100000: RESERVED\n"
                              " [02]: 00000000:00100000 - 00000000:f0000000: RAM\n"
                              " OVERLAP!!\n"
                              " [03]: 00000000:eff00000 - 00000000:fc00b000: NVS\n"
                              " [04]: 00000000:fc00b000 - 00000001:00000000: UNKNOWN (0000000c)\n"
                              " [05]: 00000001:00000000 - 00000002:0eeb4000: ACPI\n");
    free(text);
}

static void write_unsorted(void **state)
{
    (void)state;
    struct e820_map m = {0};
    e820_add(&m, 0, 0x40000000, E820_TYPE_RAM);
    e820_add(&m, 0xfeff8000, 0xff000000, E820_TYPE_RESERVED);
    e820_add(&m, 0xfc000000, 0xfc001000, E820_TYPE_UNUSABLE);
    char *text = written(&m);
    assert_string_equal(text, "E820 table:\n"
                              " [00]: 00000000:00000000 - 00000000:40000000: RAM\n"
                              " [01]: 00000000:feff8000 - 00000000:ff000000: RESERVED\n"
                              " UNSORTED\n"
                              " [02]: 00000000:fc000000 - 00000000:fc001000: UNUSABLE\n");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types),
        cmocka_unit_test(add),
        cmocka_unit_test(sort_keeps_equal_starts),
        cmocka_unit_test(find),
        cmocka_unit_test(index_answers_as_find),
        cmocka_unit_test(index_of_random_tables),
        cmocka_unit_test(encode),
        cmocka_unit_test(write_like_hvmloader),
        cmocka_unit_test(write_unsorted),
    };
    return cmocka_run_group_tests_name("e820", tests, NULL, NULL);
}
