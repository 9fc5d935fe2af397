/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/span.h"
#include "machine/memory.h"

struct bed {
    struct plan plan;
    struct memory memory;
    uint64_t changed; /* gpa of the last p2m change that the mapper heard of */
    unsigned changes;
};

static void on_change(void *self, uint64_t gpa)
{
    struct bed *b = self;
    b->changed = gpa;
    b->changes++;
}

/* RAM 0-1M with four bytes at 0x3000, a hole, RAM 2M-4M. */
static void make(struct bed *b, uint64_t fill)
{
    struct diag d = {0};
    memset(b, 0, sizeof *b);
    plan_init(&b->plan, 16 * MIB);
    assert_non_null(plan_put(&b->plan, (struct span){0, MIB}, PLAN_RAM, CLASS_FREE, "RAM", NULL, 0, &d));
    assert_non_null(plan_put(&b->plan, (struct span){0x3000, 0x4000}, PLAN_RAM, CLASS_LIVE, "info", "info", 4, &d));
    assert_non_null(plan_put(&b->plan, (struct span){2 * MIB, 4 * MIB}, PLAN_RAM, CLASS_FREE, "RAM", NULL, 0, &d));
    assert_true(plan_seal(&b->plan, &d));
    assert_true(memory_init(&b->memory, &b->plan, fill, &d));
    b->memory.mapper = (struct memory_mapper){on_change, b};
}

static void drop(struct bed *b)
{
    memory_exit(&b->memory);
    plan_exit(&b->plan);
}

static void test_bytes_and_fill(void **state)
{
    (void)state;
    static const uint64_t fills[] = {0, 0xAFAFAFAFAFAFAFAFULL, 0x0123456789ABCDEFULL};
    for (size_t i = 0; i < sizeof fills / sizeof fills[0]; i++) {
        struct bed b;
        uint64_t v;
        char text[8];
        make(&b, fills[i]);
        assert_true(memory_read(&b.memory, 0x1000, &v, 8));
        assert_true(v == fills[i]);
        assert_true(memory_read(&b.memory, 4 * MIB - 8, &v, 8));
        assert_true(v == fills[i]);
        assert_true(memory_read(&b.memory, 0x3000, text, 8));
        assert_memory_equal(text, "info\0\0\0\0", 8); /* the rest of a range with bytes is zero, poison or not */
        drop(&b);
    }
}

static void test_edges(void **state)
{
    (void)state;
    struct bed b;
    uint8_t two[2] = {1, 2};
    make(&b, 0);
    assert_true(memory_write(&b.memory, MIB - 2, two, 2));
    assert_false(memory_write(&b.memory, MIB - 1, two, 2)); /* half in the hole: nothing is written */
    assert_true(memory_read(&b.memory, MIB - 1, two, 1));
    assert_int_equal(two[0], 2);
    assert_false(memory_read(&b.memory, MIB, two, 1));
    assert_false(memory_read(&b.memory, 16 * MIB - 1, two, 2));
    assert_false(memory_read(&b.memory, UINT64_MAX, two, 2));
    assert_true(memory_read(&b.memory, UINT64_MAX, two, 0));
    drop(&b);
}

static void test_pages_that_move(void **state)
{
    (void)state;
    struct bed b;
    static uint8_t page[PAGE_SIZE];
    uint8_t span[4] = {1, 2, 3, 4};
    make(&b, 0);
    memset(page, 0xEE, sizeof page);

    assert_true(memory_put_page(&b.memory, 0x5000, page, 3, "shared info"));
    assert_int_equal(b.changed, 0x5000);
    assert_string_equal(memory_override(&b.memory, 0x5FFF)->owner, "shared info");
    assert_true(memory_write(&b.memory, 0x4FFE, span, 4)); /* across the seam between two host pages */
    assert_int_equal(page[0], 3);
    assert_int_equal(page[1], 4);
    assert_int_equal(page[2], 0xEE);

    assert_true(memory_drop_page(&b.memory, 0x5000)); /* and now a hole, though the plan says RAM */
    assert_false(memory_read(&b.memory, 0x5000, span, 1));
    assert_null(memory_hva(&b.memory, 0x5000));
    assert_non_null(memory_hva(&b.memory, 0x6000));

    assert_true(memory_put_page(&b.memory, MIB, page, 3, "in a hole"));
    assert_true(memory_read(&b.memory, MIB, span, 1));
    assert_int_equal(b.changes, 3);
    assert_false(memory_put_page(&b.memory, 16 * MIB, page, 3, "beyond"));
    drop(&b);
}

static void test_table_is_bounded(void **state)
{
    (void)state;
    struct bed b;
    make(&b, 0);
    for (unsigned i = 0; i < MEMORY_MAX_OVERRIDES; i++)
        assert_true(memory_drop_page(&b.memory, i * PAGE_SIZE));
    assert_false(memory_drop_page(&b.memory, MEMORY_MAX_OVERRIDES * PAGE_SIZE));
    assert_true(memory_drop_page(&b.memory, 0)); /* the same page again takes no slot */
    drop(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes_and_fill),
        cmocka_unit_test(test_edges),
        cmocka_unit_test(test_pages_that_move),
        cmocka_unit_test(test_table_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
