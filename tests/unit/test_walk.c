/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/le.h"
#include "base/span.h"
#include "machine/walk.h"

#define PG (1ULL << 31)
#define PSE (1ULL << 4)
#define PAE (1ULL << 5)
#define LMA (1ULL << 10)

static struct plan plan;
static struct memory memory;

static int set_up(void **state)
{
    (void)state;
    struct diag d = {0};
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

static void put64(uint64_t gpa, uint64_t v)
{
    uint8_t raw[8];
    put_le64(raw, v);
    assert_true(memory_write(&memory, gpa, raw, 8));
}

static void put32(uint64_t gpa, uint32_t v)
{
    uint8_t raw[4];
    put_le32(raw, v);
    assert_true(memory_write(&memory, gpa, raw, 4));
}

static void test_paging_off(void **state)
{
    (void)state;
    struct walk w;
    struct paging p = {.cr0 = 0x11, .phys_bits = 40};
    assert_true(walk_gva(&memory, &p, 0xdeadbeef000, &w));
    assert_true(w.gpa == 0xdeadbeef000);
    assert_int_equal(w.nr, 0);
}

static void test_long_mode(void **state)
{
    (void)state;
    struct walk w;
    struct paging p = {.cr0 = PG | 1, .cr3 = 0x1018, .cr4 = PAE, .efer = LMA, .phys_bits = 40};
    put64(0x1000, 0x2003);                /* PML4[0]; CR3's low bits are flags */
    put64(0x1000 + 511 * 8, 0x2003);      /* PML4[511] */
    put64(0x2000, 0x3003);                /* PDPT[0] */
    put64(0x2008, 0x40000083);            /* PDPT[1]: 1 GiB page */
    put64(0x2010, 0);                     /* PDPT[2] */
    put64(0x2018, 0x20000003);            /* PDPT[3]: a table that is not in RAM */
    put64(0x3000, 0x4003);                /* PD[0] */
    put64(0x3008, 0x600000 | 0x83);       /* PD[1]: 2 MiB page */
    put64(0x3010, 0x83 | 1ULL << 45);     /* PD[2]: beyond the width */
    put64(0x3018, 0x700083);              /* PD[3]: a 2 MiB page that is not aligned */
    put64(0x4000, 0x8000000000123003ULL); /* PT[0], NX */
    struct {
        uint64_t gva, gpa;
        unsigned steps;
        const char *why;
    } t[] = {
        {0x0abc, 0x123abc, 4, NULL},
        {0x200000 + 0x12345, 0x600000 + 0x12345, 3, NULL},
        {0x40000000 + 0x654321, 0x40000000 + 0x654321, 2, NULL},
        {0xFFFFFF8000000abcULL, 0x123abc, 4, NULL},
        {0x1000, 0, 4, "not present"},
        {0x80000000, 0, 2, "not present"},
        {0xC0000000, 0, 2, "the table is not in RAM"},
        {0x400000, 0, 3, "address bits beyond the processor's width are set"},
        {0x600000, 0, 3, "reserved bits are set"},
        {0x800000000000ULL, 0, 0, "not a canonical address"},
        {0x8000000000ULL, 0, 1, "not present"},
    };
    for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
        bool ok = walk_gva(&memory, &p, t[i].gva, &w);
        assert_int_equal(ok, t[i].why == NULL);
        assert_int_equal(w.present, ok);
        assert_int_equal(w.nr, t[i].steps);
        if (ok)
            assert_true(w.gpa == t[i].gpa);
        else
            assert_string_equal(w.why, t[i].why);
    }
}

static void test_pae_and_legacy(void **state)
{
    (void)state;
    struct walk w;
    struct paging pae = {.cr0 = PG | 1, .cr3 = 0x5020, .cr4 = PAE, .phys_bits = 40};
    put64(0x5020 + 8, 0x6001); /* PDPTE[1] */
    put64(0x6000, 0x600083);
    assert_true(walk_gva(&memory, &pae, 0x40000123, &w));
    assert_true(w.gpa == 0x600123);
    assert_int_equal(w.nr, 2);

    struct paging legacy = {.cr0 = PG | 1, .cr3 = 0x7000, .cr4 = PSE, .phys_bits = 40};
    put32(0x7000 + 4, 0x00400083); /* 4 MiB page */
    put32(0x7000 + 8, 0x8003);
    put32(0x8000 + 4 * 3, 0x00234001);
    assert_true(walk_gva(&memory, &legacy, 0x400777, &w));
    assert_true(w.gpa == 0x400777);
    assert_true(walk_gva(&memory, &legacy, 0x803456, &w));
    assert_true(w.gpa == 0x234456);
}

static void test_copies(void **state)
{
    (void)state;
    struct paging p = {.cr0 = PG | 1, .cr3 = 0x1000, .cr4 = PAE, .efer = LMA, .phys_bits = 40};
    put64(0x1000, 0x2003);
    put64(0x2000, 0x3003);
    put64(0x3000, 0x4003);
    put64(0x4000 + 8 * 16, 0x300003); /* 10000 -> 300000 */
    put64(0x4000 + 8 * 17, 0x200003); /* 11000 -> 200000: neighbours that are not */
    put64(0x4000 + 8 * 18, 0);
    char in[6] = "abcdef";
    char out[6];
    assert_true(walk_write(&memory, &p, 0x10ffd, in, 6));
    assert_true(walk_read(&memory, &p, 0x10ffd, out, 6));
    assert_memory_equal(in, out, 6);
    assert_true(memory_read(&memory, 0x300ffd, out, 3));
    assert_memory_equal(out, "abc", 3);
    assert_true(memory_read(&memory, 0x200000, out, 3));
    assert_memory_equal(out, "def", 3);
    assert_false(walk_read(&memory, &p, 0x11ffd, out, 6));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paging_off),
        cmocka_unit_test(test_long_mode),
        cmocka_unit_test(test_pae_and_legacy),
        cmocka_unit_test(test_copies),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
