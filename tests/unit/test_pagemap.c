/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/le.h"
#include "machine/pagemap.h"

#define NX (1ULL << 63)

static struct plan plan;
static struct memory memory;
static struct {
    struct pagemap_run run[64];
    struct pagemap_fault fault[64];
    size_t runs, faults, tables;
} seen;
static const struct paging paging = {.cr0 = 1u << 31, .cr3 = 0x1000, .cr4 = 0x20, .efer = 0xD00, .phys_bits = 40};

static void on_run(void *self, const struct pagemap_run *r)
{
    (void)self;
    if (seen.runs < 64)
        seen.run[seen.runs] = *r;
    seen.runs++;
}
static void on_fault(void *self, const struct pagemap_fault *f)
{
    (void)self;
    if (seen.faults < 64)
        seen.fault[seen.faults] = *f;
    seen.faults++;
}
static void on_table(void *self, uint64_t gpa)
{
    (void)self;
    (void)gpa;
    seen.tables++;
}
static const struct pagemap_visitor visitor = {on_run, on_fault, on_table, NULL, LIMIT_TABLES_DEFAULT};

static int set_up(void **state)
{
    (void)state;
    struct diag d = {0};
    memset(&seen, 0, sizeof seen);
    plan_init(&plan, 16 * MIB);
    return plan_put(&plan, (struct span){0, 8 * MIB}, PLAN_RAM, CLASS_FREE, "RAM", NULL, 0, &d) != NULL &&
                   plan_seal(&plan, &d) && memory_init(&memory, &plan, 0, &d)
               ? 0
               : -1;
}
static int tear_down(void **state)
{
    (void)state;
    memory_exit(&memory);
    plan_exit(&plan);
    return 0;
}

static void put(uint64_t gpa, uint64_t v)
{
    uint8_t raw[8];
    put_le64(raw, v);
    assert_true(memory_write(&memory, gpa, raw, 8));
}

static void test_runs(void **state)
{
    (void)state;
    put(0x1000, 0x2003);
    put(0x1000 + 8 * 511, 0x2001); /* the same again, at the top and read-only */
    put(0x2000, 0x3003);
    put(0x2008, 0x40000083); /* 1 GiB, 1:1 */
    put(0x3000, 0x4003);
    put(0x3008, 0x200083);
    put(0x3000 + 8 * 511, 0x3fe00083); /* touches the large page: one run */
    put(0x4000, 0x0003);
    put(0x4008, 0x1003);
    put(0x4010, NX | 0x2003);
    assert_true(pagemap_visit(&memory, &paging, &visitor));
    assert_int_equal(seen.faults, 0);
    assert_int_equal(seen.tables, 7);
    assert_true(pagemap_visit(&memory, &paging, &(struct pagemap_visitor){.most = 7}));
    assert_false(pagemap_visit(&memory, &paging, &(struct pagemap_visitor){.most = 6}));
    assert_int_equal(seen.runs, 8);
    assert_int_equal(seen.run[0].size, 0x2000);
    assert_true(seen.run[0].writable && seen.run[0].executable && !seen.run[0].user);
    assert_int_equal(seen.run[1].gva, 0x2000);
    assert_false(seen.run[1].executable);
    assert_int_equal(seen.run[2].gva, 0x200000);
    assert_int_equal(seen.run[3].gva, 0x3fe00000);
    assert_int_equal(seen.run[3].size, 0x40200000);
    assert_true(seen.run[4].gva == 0xffffff8000000000);
    assert_false(seen.run[4].writable);
}

static void test_faults(void **state)
{
    (void)state;
    put(0x1000, 0x2003);
    put(0x1008, 0x2083);        /* page size in a PML4E */
    put(0x1010, 0xA000003);     /* a table where no RAM is */
    put(0x2000, 0x10000000083); /* beyond 40 bits */
    put(0x2008, 0x40200083);    /* not aligned */
    put(0x2010, 0x80001083);    /* that is the PAT bit: fine */
    assert_true(pagemap_visit(&memory, &paging, &visitor));
    assert_int_equal(seen.faults, 4);
    assert_int_equal(seen.fault[0].level, 3);
    assert_int_equal(seen.fault[0].entry_gpa, 0x2000);
    assert_int_equal(seen.fault[1].gva, 0x40000000);
    assert_int_equal(seen.fault[2].level, 4);
    assert_int_equal(seen.runs, 1);
    assert_int_equal(seen.run[0].gpa, 0x80000000);
    struct paging no_nx = paging;
    no_nx.efer = 0x500;
    put(0x2010, NX | 0x80000083);
    assert_true(pagemap_visit(&memory, &no_nx, &visitor));
    assert_int_equal(seen.faults, 4 + 5);
}

static void test_five_levels(void **state)
{
    (void)state;
    struct paging p = paging;
    p.cr4 |= 1u << 12;
    put(0x1000, 0x2003);
    put(0x1000 + 8 * 256, 0x2003); /* the upper half begins */
    put(0x2000, 0x3003);
    put(0x3000, 0x83);
    assert_true(pagemap_visit(&memory, &p, &visitor));
    assert_int_equal(seen.runs, 2);
    assert_int_equal(seen.run[0].size, 0x40000000);
    assert_true(seen.run[1].gva == 0xff00000000000000);
}

/* A table that leads to itself everywhere: bounded. */
static void test_cycle(void **state)
{
    (void)state;
    const struct pagemap_visitor quiet = {NULL, NULL, NULL, NULL, LIMIT_TABLES_DEFAULT};
    for (unsigned i = 0; i < 512; i++)
        put(0x1000 + 8 * i, 0x1003);
    assert_false(pagemap_visit(&memory, &paging, &quiet));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_runs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_faults, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_five_levels, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_cycle, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
