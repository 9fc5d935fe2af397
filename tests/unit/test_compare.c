/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "compare/hoblist.h"
#include "compare/lineage.h"
#include "compare/patterns.h"

static void test_patterns(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned nr; /* 0: refused */
        uint64_t first, last;
    } t[] = {
        {"0", 1, 0, 0},
        {"af", 1, 0xafafafafafafafaf, 0xafafafafafafafaf},
        {"7", 1, 0x0707070707070707, 0x0707070707070707},
        {"0x7", 1, 7, 7},
        {"0,FF", 2, 0, UINT64_MAX},
        {"0x123456789abcdef0,0X5aA5", 2, 0x123456789abcdef0, 0x5aa5},
        {"random:0,random:1", 2, 0xe220a8397b1dcdaf, 0x910a2dec89025cc1},
        {"1,2,3,4,5,6,7,8", 8, 0x0101010101010101, 0x0808080808080808},
        {"1,2,3,4,5,6,7,8,9", 0, 0, 0},
        {"", 0, 0, 0},
        {"0,", 0, 0, 0},
        {",0", 0, 0, 0},
        {"0, 1", 0, 0, 0},
        {"abc", 0, 0, 0},
        {"0x", 0, 0, 0},
        {"0x12345678123456789", 0, 0, 0},
        {"-1", 0, 0, 0},
        {"0xg", 0, 0, 0},
        {"random:", 0, 0, 0},
        {"random:x", 0, 0, 0},
        {"random:99999999999999999999", 0, 0, 0},
        {"00000000000000000000000000000000000000000000000000000000000000000000000", 0, 0, 0},
        {"0,0", 0, 0, 0},
        {"af,0xafafafafafafafaf", 0, 0, 0},
    };
    for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
        uint64_t fill[COMPARE_FILLS_MAX];
        unsigned nr;
        bool ok = patterns_parse(t[i].text, fill, &nr);
        if (ok != (t[i].nr != 0))
            fail_msg("'%s'", t[i].text);
        if (!ok)
            continue;
        assert_int_equal(nr, t[i].nr);
        assert_true(fill[0] == t[i].first && fill[nr - 1] == t[i].last);
    }
}

/* Type, length, then what is given; the end HOB last. */
static const uint8_t list[] = {1, 0, 0x10, 0, 0, 0, 0, 0, 1,    2,    3, 4, 5, 6, 7, 8, /* */
                               4, 0, 0x18, 0, 0, 0, 0, 0, 9,    9,    9, 9, 9, 9, 9, 9,
                               8, 8, 8,    8, 8, 8, 8, 8, 0xff, 0xff, 8, 0, 0, 0, 0, 0};

static void test_walk(void **state)
{
    (void)state;
    size_t cursor = 0;
    struct raw_hob h;
    assert_true(raw_hob_next(list, sizeof list, &cursor, &h));
    assert_true(h.type == 1 && h.length == 0x10 && h.offset == 0);
    assert_true(raw_hob_next(list, sizeof list, &cursor, &h));
    assert_true(h.type == 4 && h.length == 0x18 && h.offset == 0x10);
    assert_true(raw_hob_next(list, sizeof list, &cursor, &h));
    assert_true(h.type == 0xffff && h.offset == 0x28);
    assert_false(raw_hob_next(list, sizeof list, &cursor, &h));
    /* Cut anywhere it ends, in bounds. */
    for (size_t n = 0; n < sizeof list; n++)
        for (cursor = 0; raw_hob_next(list, n, &cursor, &h);)
            assert_true(h.offset + h.length <= n);
    /* A length that leads nowhere. */
    uint8_t bad[sizeof list];
    memcpy(bad, list, sizeof bad);
    bad[2] = 7;
    cursor = 0;
    assert_false(raw_hob_next(bad, sizeof bad, &cursor, &h));
}

static void test_hobs(void **state)
{
    (void)state;
    struct hob_difference room[2];
    uint8_t other[sizeof list];
    memcpy(other, list, sizeof other);
    struct hob_differences d = {.d = room, .max = 2};
    hob_compare(list, sizeof list, other, sizeof other, &d);
    assert_true(d.nr == 0 && d.bytes == 0 && !d.shape);
    /* Two stretches in one HOB, one in the end HOB: there is room for two. */
    other[0x18] = other[0x19] = 0xaf;
    other[0x1b] = 0xaf;
    other[0x2f] = 0xaf;
    hob_compare(list, sizeof list, other, sizeof other, &d);
    assert_true(d.nr == 2 && d.dropped == 1 && d.bytes == 4 && !d.shape);
    assert_true(room[0].index == 1 && room[0].offset == 8 && room[0].size == 2 && room[0].hob.offset == 0x10);
    assert_true(room[1].index == 1 && room[1].offset == 11 && room[1].size == 1);
    /* Another type, a list that ends early: compared up to there. */
    d = (struct hob_differences){.d = room, .max = 2};
    other[0x10] = 5;
    hob_compare(list, sizeof list, other, sizeof other, &d);
    assert_true(d.nr == 0 && d.shape);
    d = (struct hob_differences){.d = room, .max = 2};
    hob_compare(list, sizeof list, list, 0x10, &d);
    assert_true(d.nr == 0 && d.shape);
}

static void add(struct lineage *l, bool store, uint64_t gpa, uint8_t size, uint64_t a, uint64_t b)
{
    const struct difference d = {
        .pc = 0x1000 + l->nr, .gpa = {gpa, gpa}, .value = {a, b}, .size = size, .store = store};
    assert_true(lineage_add(l, &d));
}

static void test_lineage(void **state)
{
    (void)state;
    struct lineage l = {0};
    assert_int_equal(lineage_load(&l, 0), LINEAGE_NONE);
    add(&l, false, 0x100, 8, 0, 0xaf);              /* 0: unwritten memory */
    add(&l, false, 0x108, 8, 0, 0xbb);              /* 1: and more of it */
    add(&l, true, 0x200, 8, 0, 0xaf);               /* 2: the first is stored, not the one read last */
    add(&l, true, 0x300, 4, 0x11, 0x22);            /* 3 */
    add(&l, false, 0x200, 8, 0, 0xaf);              /* 4 */
    add(&l, true, 0x400, 8, 0x123, 0x456);          /* 5: computed: no load has these values */
    add(&l, false, 0x400, 8, 0x1000123, 0x1000456); /* 6 */
    assert_int_equal(lineage_store(&l, l.nr, 0x207), 2);
    assert_int_equal(lineage_store(&l, l.nr, 0x208), LINEAGE_NONE);
    assert_int_equal(lineage_store(&l, 2, 0x200), LINEAGE_NONE);
    assert_int_equal(lineage_load(&l, 2), 0);
    assert_int_equal(lineage_load(&l, 5), 4);
    assert_int_equal(lineage_load(&l, l.nr), 6);
    assert_int_equal(lineage_origin(&l, 6), 0);
    assert_int_equal(lineage_origin(&l, 1), 1);
    /* The byte that differs decides which store is meant. */
    add(&l, true, 0x500, 4, 1, 2);                        /* 7: from 6 */
    add(&l, false, 0x500, 8, 0xaa00000001, 0xbb00000001); /* 8: byte 4 differs: not by that store */
    assert_int_equal(lineage_byte(&l.d[8]), 4);
    assert_int_equal(lineage_origin(&l, 8), 8);
    /* Read at different places: what matters is where the address came from. */
    const struct difference far = {.gpa = {0x600, 0x700}, .value = {1, 1}, .size = 4};
    assert_true(lineage_add(&l, &far));
    assert_int_equal(lineage_byte(&far), 0);
    assert_int_equal(lineage_origin(&l, 9), 8);
    lineage_free(&l);
    assert_int_equal(l.nr, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_patterns),
        cmocka_unit_test(test_walk),
        cmocka_unit_test(test_hobs),
        cmocka_unit_test(test_lineage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
