/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "machine/control.h"

#define PG_PE 0x80000011ull
#define LME_LMA 0x500ull

static struct control_features some_features(void)
{
    const uint32_t leaf1[CPUID_REGS] = {0, 0, 1u << 17, 0x0383B37D}, leaf7[CPUID_REGS] = {0};
    const uint32_t extended[CPUID_REGS] = {0, 0, 0, 1u << 11 | 1u << 20 | 1u << 29};
    struct control_features f;
    control_features(&f, 40, leaf1, leaf7, extended);
    return f;
}

static const struct control_state in_long = {
    .cr0 = PG_PE, .cr3 = 0x1000, .cr4 = 0x620, .efer = LME_LMA, .code64 = true};
static const struct control_state in_compat = {.cr0 = PG_PE, .cr3 = 0x1000, .cr4 = 0x620, .efer = LME_LMA};
static const struct control_state in_flat = {.cr0 = 0x11};
static const struct control_state with_lme = {.cr0 = 0x11, .efer = 0x100};
static const struct control_state with_pae = {.cr0 = 0x11, .cr4 = 0x20, .efer = 0x100};
static const struct control_state with_pcid = {.cr0 = PG_PE, .cr3 = 5, .cr4 = 0x20, .efer = LME_LMA, .code64 = true};

static void test_registers(void **state)
{
    (void)state;
    const struct control_features f = some_features();
    const struct {
        const struct control_state *now;
        unsigned cr;
        uint64_t value;
        bool allowed;
    } t[] = {
        {&in_flat, 0, 0x60000011, true},   {&in_flat, 0, 0x20000011, false}, {&in_flat, 0, PG_PE, true},
        {&in_flat, 0, 0x80000010, false},  {&with_lme, 0, PG_PE, false},     {&with_pae, 0, PG_PE, true},
        {&in_long, 0, 0x11, false},        {&in_compat, 0, 0x11, true},      {&in_long, 0, PG_PE | 1ull << 32, false},
        {&in_long, 3, 0xFFFFFFF000, true}, {&in_long, 3, 1ull << 40, false}, {&in_flat, 3, 1ull << 40, true},
        {&in_long, 3, 1ull << 63, false},  {&in_long, 4, 0x660, true},       {&in_long, 4, 0x640, false},
        {&in_flat, 4, 0x640, true},        {&in_long, 4, 1 << 20, false},    {&in_long, 4, 0x20620, true},
        {&in_flat, 4, 0x20620, false},     {&with_pcid, 4, 0x20020, false},  {&in_long, 8, 15, true},
        {&in_long, 8, 16, false},          {&in_long, 2, UINT64_MAX, true},
    };
    for (size_t i = 0; i < sizeof t / sizeof t[0]; i++)
        if (control_allows(&f, t[i].now, t[i].cr, t[i].value) != t[i].allowed)
            fail_msg("row %zu: CR%u = %llx", i, t[i].cr, (unsigned long long)t[i].value);
}

static void test_msrs(void **state)
{
    (void)state;
    const struct control_features f = some_features();
    assert_true(control_allows_msr(&f, &in_long, MSR_EFER, 0xD01));
    assert_false(control_allows_msr(&f, &in_long, MSR_EFER, 0xC01)); /* LME goes */
    assert_true(control_allows_msr(&f, &in_flat, MSR_EFER, 0x100));
    assert_false(control_allows_msr(&f, &in_flat, MSR_EFER, 0x102));
    assert_false(control_allows_msr(&f, &in_flat, MSR_EFER, 0x1000)); /* no SVM */
    assert_true(control_allows_msr(&f, &in_long, 0xC0000100, 0x7FFFFFFFFFFF));
    assert_false(control_allows_msr(&f, &in_long, 0xC0000100, 0x800000000000));
    assert_true(control_allows_msr(&f, &in_long, 0xC0000082, 0xFFFF800000000000));
    assert_false(control_allows_msr(&f, &in_long, 0xC0000082, 0xFFFF7FFFFFFFFFFF));
    assert_true(control_allows_msr(&f, &in_long, 0xC0000081, 0x8000000000000000)); /* STAR holds selectors */
}

static void test_entries(void **state)
{
    (void)state;
    const struct control_features f = some_features();
    const struct control_state pae = {.cr0 = PG_PE, .cr3 = 0x1000, .cr4 = 0x20};
    uint64_t gpa = 0;
    assert_true(control_loads_entries(&pae, 3, 0x12345FE7, &gpa));
    assert_int_equal(gpa, 0x12345FE0);
    assert_true(control_loads_entries(&pae, 4, 0xA0, &gpa));
    assert_false(control_loads_entries(&pae, 4, 0x220, &gpa));
    assert_false(control_loads_entries(&in_long, 3, 0x2000, &gpa));
    assert_false(control_loads_entries(&in_flat, 3, 0x2000, &gpa));
    const uint64_t good[CONTROL_ENTRIES] = {0x2001, 0x1E6, 0x3019, 0};
    const uint64_t bad[CONTROL_ENTRIES] = {0, 0, 0x3021, 0};
    const uint64_t far[CONTROL_ENTRIES] = {1ull << 40 | 1, 0, 0, 0};
    assert_true(control_entries_good(&f, good));
    assert_false(control_entries_good(&f, bad));
    assert_false(control_entries_good(&f, far));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_registers),
        cmocka_unit_test(test_msrs),
        cmocka_unit_test(test_entries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
