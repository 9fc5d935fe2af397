/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory that serves one plan after the other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/span.h"
#include "machine/memory.h"
#include "machine/pages.h"

#define FILL 0xAFAFAFAFAFAFAFAFULL
#define RESERVE (8 * GIB)
#define FAR (3072 * GIB)
#define FAR_END (FAR + 16 * GIB)

struct bed {
    struct plan plan;
    struct memory memory;
};

/* RAM 0-1M with four bytes at 0x3000, and far beyond what is reserved. */
static void make(struct bed *b)
{
    struct diag d = {0};
    memset(b, 0, sizeof *b);
    plan_init(&b->plan, FAR_END);
    assert_non_null(plan_put(&b->plan, (struct span){0, MIB}, PLAN_RAM, CLASS_FREE, "RAM", NULL, 0, &d));
    assert_non_null(plan_put(&b->plan, (struct span){0x3000, 0x4000}, PLAN_RAM, CLASS_LIVE, "info", "info", 4, &d));
    assert_non_null(plan_put(&b->plan, (struct span){FAR, FAR_END}, PLAN_RAM, CLASS_FREE, "RAM", NULL, 0, &d));
    assert_true(plan_seal(&b->plan, &d));
    assert_true(pages_init(&b->memory, &b->plan, FILL, RESERVE, &d));
    assert_true(b->memory.size == RESERVE);
}

static void drop(struct bed *b)
{
    memory_exit(&b->memory);
    plan_exit(&b->plan);
}

static uint64_t word(const struct bed *b, uint64_t gpa)
{
    uint64_t v = 0;
    assert_true(memory_read(&b->memory, gpa, &v, sizeof v));
    return v;
}

static void write_word(struct bed *b, uint64_t gpa, uint64_t v)
{
    assert_true(memory_write(&b->memory, gpa, &v, sizeof v));
}

static void test_each_boot_finds_what_the_plan_says(void **state)
{
    (void)state;
    struct bed b;
    make(&b);
    for (unsigned boot = 0; boot < 3; boot++) {
        assert_true(word(&b, 0x1000) == FILL);
        assert_memory_equal(memory_hva(&b.memory, 0x3000), "info\0\0\0\0", 8);
        write_word(&b, 0x1000, boot);
        write_word(&b, 0x3000, boot);
        pages_restart(&b.memory, &b.plan, FILL);
    }
    drop(&b);
}

static void test_what_is_kept_comes_back(void **state)
{
    (void)state;
    struct bed b;
    make(&b);
    write_word(&b, 0x1000, 1);
    pages_keep(&b.memory, (struct span){0x1000, 0x2000});
    assert_true(pages_kept(&b.memory, 0x1000) && !pages_kept(&b.memory, 0x2000));
    assert_false(pages_written_since(&b.memory, 0x1000));
    write_word(&b, 0x1000, 2);
    assert_true(pages_written_since(&b.memory, 0x1000));
    pages_restart(&b.memory, &b.plan, FILL);
    assert_true(word(&b, 0x1000) == 1);
    drop(&b);
}

/* Xen scrubs a page that it gives, and the guest writes there, without a word to anybody. */
static void test_a_page_that_xen_puts_there(void **state)
{
    (void)state;
    struct bed b;
    make(&b);
    write_word(&b, 0x1000, 1);
    pages_keep(&b.memory, (struct span){0x1000, 0x2000});
    static const uint64_t where[] = {0x1000, 0x8000, FAR + 0x5000, MIB + 0x1000};
    for (size_t i = 0; i < sizeof where / sizeof where[0]; i++) {
        uint8_t *page = memory_own(&b.memory, where[i]);
        memset(page, 0x55, PAGE_SIZE);
        assert_true(memory_put_page(&b.memory, where[i], page, 7, "RAM that Xen put there"));
        assert_int_equal(word(&b, where[i]), 0x5555555555555555ULL);
    }
    pages_restart(&b.memory, &b.plan, FILL);
    assert_true(word(&b, 0x1000) == 1);
    assert_true(word(&b, 0x8000) == FILL);
    assert_true(word(&b, FAR + 0x5000) == FILL);
    assert_false(memory_has(&b.memory, MIB + 0x1000));
    drop(&b);
}

static void test_beyond_what_is_reserved(void **state)
{
    (void)state;
    struct bed b;
    make(&b);
    const uint64_t seam = FAR + PAGES_FOLD;
    assert_false(pages_here(&b.memory, FAR) || pages_written(&b.memory, FAR) || pages_kept(&b.memory, FAR));
    for (unsigned boot = 0; boot < 2; boot++) {
        assert_true(word(&b, FAR_END - 8) == FILL);
        write_word(&b, FAR_END - 8, 3);
        write_word(&b, seam - 4, 0x1111111122222222); /* half of it in each of two pieces */
        assert_true(word(&b, seam - 8) == (0x2222222200000000 | (FILL & UINT32_MAX)));
        assert_true(word(&b, seam) == ((FILL & ~(uint64_t)UINT32_MAX) | 0x11111111));
        assert_true(word(&b, FAR) == FILL && word(&b, FAR_END - 8) == 3);
        assert_true(pages_written(&b.memory, seam) && pages_here(&b.memory, seam));
        assert_true(memory_at(&b.memory, seam - PAGE_SIZE) == memory_at(&b.memory, FAR) + PAGES_FOLD - PAGE_SIZE);
        assert_true(memory_run(&b.memory, seam - PAGE_SIZE) == PAGE_SIZE && memory_run(&b.memory, seam) == PAGES_FOLD);
        pages_restart(&b.memory, &b.plan, FILL);
    }
    assert_true(memory_run(&b.memory, MIB) == RESERVE - MIB);
    drop(&b);
}

/* Where no place is left the boot is not to be believed; the next one is. */
static void test_too_much_beyond_it(void **state)
{
    (void)state;
    struct bed b;
    make(&b);
    for (uint64_t gpa = FAR; gpa < FAR + 8 * GIB; gpa += PAGES_FOLD)
        write_word(&b, gpa, gpa);
    for (uint64_t gpa = FAR; gpa < FAR + 8 * GIB; gpa += PAGES_FOLD)
        assert_true(word(&b, gpa) == gpa);
    assert_false(pages_failed(&b.memory));
    write_word(&b, FAR + 8 * GIB, 1);
    assert_true(pages_failed(&b.memory));
    pages_restart(&b.memory, &b.plan, FILL);
    assert_false(pages_failed(&b.memory));
    for (uint64_t gpa = FAR; gpa < FAR + 8 * GIB; gpa += PAGES_FOLD)
        assert_true(word(&b, gpa) == FILL);
    drop(&b);
}

/* Ranges that begin and end in the middle of pages, with fewer bytes than they are long; top is in the middle of one. */
static void odd_plan(struct plan *p, const char *early)
{
    static const struct {
        struct span at;
        enum plan_kind kind;
        enum plan_class cls;
        const char *bytes;
    } r[] = {
        {{0, 0x6000}, PLAN_RAM, CLASS_FREE, NULL},
        {{0x1803, 0x1C05}, PLAN_RAM, CLASS_LIVE, "live"},
        {{0x2000, 0x3000}, PLAN_RAM, CLASS_RESERVED, NULL},
        {{0x2FF8, 0x3000}, PLAN_RAM, CLASS_PRESERVED, "preserve"},
        {{0x3000, 0x3007}, PLAN_RAM, CLASS_LIVE, "abc"},
        {{0x3007, 0x3010}, PLAN_HOLE, CLASS_HOLE, NULL},
        {{0x3FF0, 0x4020}, PLAN_RAM, CLASS_LIVE, "over the end of a page"},
        {{0x5000, 0x6000}, PLAN_RAM, CLASS_RESERVED, NULL},
        {{0x6000, 0x6008}, PLAN_RAM, CLASS_PRESERVED, "the last"},
    };
    struct diag d = {0};
    plan_init(p, 0x6800);
    for (size_t i = 0; i < sizeof r / sizeof r[0]; i++) {
        const char *const bytes = i == 1 ? early : r[i].bytes;
        assert_non_null(plan_put(p, r[i].at, r[i].kind, r[i].cls, "odd", bytes, bytes != NULL ? strlen(bytes) : 0, &d));
    }
    assert_true(plan_seal(p, &d));
}

/* A look at some bytes finds what is there when the whole page is made, and that is what a machine starts with. */
static void test_looks_find_what_pages_start_with(void **state)
{
    (void)state;
    static const uint64_t fills[] = {0, FILL, 0x0123456789ABCDEFULL};
    for (size_t i = 0; i < sizeof fills / sizeof fills[0]; i++) {
        struct diag d = {0};
        struct plan plan;
        struct memory fresh, m;
        odd_plan(&plan, "live");
        assert_true(memory_init(&fresh, &plan, fills[i], &d));
        assert_true(pages_init(&m, &plan, fills[i], RESERVE, &d));
        for (uint64_t gpa = 0; gpa < plan.top; gpa++) {
            uint8_t page[PAGE_SIZE], some[MEMORY_PEEK_MAX];
            if (gpa % PAGE_SIZE == 0) {
                pages_initial(&m, gpa, page);
                for (size_t k = 0; k < PAGE_SIZE && gpa + k < plan.top; k++) {
                    const struct plan_range *r = plan_find(&plan, gpa + k);
                    assert_true(r->kind != PLAN_RAM || page[k] == memory_at(&fresh, gpa)[k]);
                }
            }
            const size_t left = PAGE_SIZE - gpa % PAGE_SIZE, n = 1 + gpa * 7 % MEMORY_PEEK_MAX;
            pages_peek(&m, gpa, some, n < left ? n : left);
            assert_memory_equal(some, page + gpa % PAGE_SIZE, n < left ? n : left);
            assert_false(pages_here(&m, gpa));
            assert_false(n <= left && pages_lack(&m, gpa, some, n));
        }
        memory_exit(&fresh);
        memory_exit(&m);
        plan_exit(&plan);
    }
}

/* What is looked at until something is kept must be found again in the next plan, but for what is kept itself. */
static void test_looks_hold(void **state)
{
    (void)state;
    struct diag d = {0};
    struct plan plan, other;
    struct memory m;
    uint8_t some[4];
    odd_plan(&plan, "live");
    odd_plan(&other, "dead");
    assert_true(pages_init(&m, &plan, 0, RESERVE, &d));
    for (uint64_t gpa = 0x5000; gpa >= 0x1000; gpa -= 0x1000) { /* downwards, and again */
        pages_peek(&m, gpa, some, sizeof some);
        assert_true(pages_lack(&m, gpa, "_FVH", 4));
        assert_true(pages_lack(&m, gpa, "_FVH", 4));
    }
    assert_false(pages_lack(&m, 0x3001, "bc", 2));
    assert_true(pages_peeks_hold(&m, &plan) && pages_peeks_hold(&m, &other));
    assert_true(pages_lack(&m, 0x1803, "LIVE", 4)); /* not in the other either */
    assert_true(pages_peeks_hold(&m, &other));
    assert_true(pages_lack(&m, 0x1803, "dead", 4));
    assert_true(pages_peeks_hold(&m, &plan));
    assert_false(pages_peeks_hold(&m, &other));
    pages_keep(&m, (struct span){0x1000, 0x2000});
    pages_no_more_peeks(&m);
    assert_true(pages_peeks_hold(&m, &other));
    pages_restart(&m, &other, 0);
    assert_true(pages_lack(&m, 0x4000, "else", 4)); /* no more */
    assert_true(pages_peeks_hold(&m, &plan));
    for (size_t i = 0; i < other.nr; i++)
        if (other.r[i].at.start == 0x5000)
            other.r[i].kind = PLAN_HOLE;
    assert_false(pages_peeks_hold(&m, &other));
    memory_exit(&m);
    plan_exit(&plan);
    plan_exit(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_boot_finds_what_the_plan_says),
        cmocka_unit_test(test_what_is_kept_comes_back),
        cmocka_unit_test(test_a_page_that_xen_puts_there),
        cmocka_unit_test(test_beyond_what_is_reserved),
        cmocka_unit_test(test_too_much_beyond_it),
        cmocka_unit_test(test_looks_find_what_pages_start_with),
        cmocka_unit_test(test_looks_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
