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
    struct span changed; /* the last p2m change that the mapper heard of */
    unsigned changes;
};

static void on_change(void *self, struct span at)
{
    struct bed *b = self;
    b->changed = at;
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

    assert_true(memory_put_page(&b.memory, 0x5123, page, 3, "shared info"));
    assert_int_equal(b.changes, 0);
    memory_apply(&b.memory);
    assert_int_equal(b.changed.start, 0x5000);
    assert_int_equal(b.changed.end, 0x6000);
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
    assert_true(memory_put_page(&b.memory, 16 * MIB, page, 3, "beyond the plan"));
    assert_true(memory_read(&b.memory, 16 * MIB + 0xFFC, span, 4));
    assert_false(memory_read(&b.memory, 16 * MIB + 0xFFD, span, 4));
    assert_false(memory_read(&b.memory, UINT64_MAX - 1, span, 4));
    memory_apply(&b.memory);
    assert_int_equal(b.changes, 2); /* new pages can wait */
    memory_apply_all(&b.memory);
    assert_int_equal(b.changes, 4);
    memory_apply_all(&b.memory); /* told once */
    assert_int_equal(b.changes, 4);
    drop(&b);
}

/* The table against one entry a page, whatever order pages come and go in. */
static void test_any_order(void **state)
{
    (void)state;
    enum { PAGES = 64, STEPS = 4000 };
    static uint8_t pages[PAGES][PAGE_SIZE];
    static const char *const owner[] = {"a", "b"};
    struct {
        bool set, there;
        const char *owner;
        uint8_t *page;
    } model[PAGES] = {{0}};
    struct bed b;
    make(&b, 0);
    uint32_t seed = 1;
    for (unsigned step = 0; step < STEPS; step++) {
        seed = seed * 1664525u + 1013904223u;
        const unsigned first = seed >> 8 & 63, n = 1 + (seed >> 16 & 7), end = first + n > PAGES ? PAGES : first + n;
        const bool there = (seed >> 24 & 1) != 0;
        const char *const who = owner[seed >> 25 & 1];
        const unsigned from = seed >> 26 & 1 ? first : (first + 5) % (PAGES - 8); /* in place, or elsewhere */
        const struct span at = {first * PAGE_SIZE, end * PAGE_SIZE};
        assert_true(there ? memory_put(&b.memory, at, pages[from], 7, who) : memory_drop(&b.memory, at, who));
        for (unsigned i = first; i < end; i++) {
            model[i].set = true;
            model[i].there = there;
            model[i].owner = who;
            model[i].page = there ? pages[from + i - first] : NULL;
        }
        for (unsigned i = 0; i < PAGES; i++) {
            const struct page_override *o = memory_override(&b.memory, i * PAGE_SIZE + 9);
            assert_int_equal(o != NULL, model[i].set);
            if (o == NULL)
                continue;
            assert_string_equal(o->owner, model[i].owner);
            assert_ptr_equal(memory_hva(&b.memory, i * PAGE_SIZE), model[i].page);
        }
        for (size_t i = 0; i + 1 < b.memory.nr_over; i++)
            assert_true(b.memory.over[i].at.end <= b.memory.over[i + 1].at.start);
    }
    memory_apply(&b.memory);
    assert_true(memory_drop(&b.memory, (struct span){0, PAGES * PAGE_SIZE}, "all"));
    assert_int_equal(b.memory.nr_over, 1);
    drop(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes_and_fill),
        cmocka_unit_test(test_edges),
        cmocka_unit_test(test_pages_that_move),
        cmocka_unit_test(test_any_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
