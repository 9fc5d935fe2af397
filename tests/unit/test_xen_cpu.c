/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CPUID leaves and MSRs (xen-facts C.1 to C.3). */
#include "xen_kit.h"

static void check_leaf(struct domain *m, uint32_t leaf, uint32_t sub, uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
    uint32_t r[4];
    xen_cpuid(&m->x, leaf, sub, r);
    assert_int_equal(r[0], a);
    assert_int_equal(r[1], b);
    assert_int_equal(r[2], c);
    assert_int_equal(r[3], d);
}

static void xen_leaves(void **state)
{
    (void)state;
    struct domain m;
    domain_init(&m, GUEST_HVM, 256);
    check_leaf(&m, 0x40000000, 0, 0x40000005, 0x566E6558, 0x65584D4D, 0x4D4D566E);
    check_leaf(&m, 0x40000001, 0, 0x00040011, 0, 0, 0);
    check_leaf(&m, 0x40000002, 0, 1, 0x40000000, 0, 0);
    check_leaf(&m, 0x40000003, 0, 2, 0, 2000000, 0);
    check_leaf(&m, 0x40000003, 1, 0, 0, 0x80000000, 0);
    check_leaf(&m, 0x40000003, 2, 2000000, 0, 0, 0);
    check_leaf(&m, 0x40000003, 3, 0, 0, 0, 0);
    check_leaf(&m, 0x40000004, 0, 0x5C, 0, 1, 0);
    check_leaf(&m, 0x40000004, 1, 0, 0, 0, 0);
    check_leaf(&m, 0x40000005, 0, 0, 0, 0, 0);
    check_leaf(&m, 0x40000006, 0, 0, 0, 0, 0);
    check_leaf(&m, 0x40000100, 0, 0, 0, 0, 0); /* no Viridian: nothing at the second base */
    m.t.l.xen_minor = 22;
    check_leaf(&m, 0x40000001, 0, 0x00040016, 0, 0, 0);
    domain_exit(&m);
}

static void processor_leaves(void **state)
{
    (void)state;
    struct domain m;
    uint32_t r[4];
    domain_init(&m, GUEST_HVM, 256);
    check_leaf(&m, 0, 0, 0xB, 0x756E6547, 0x6C65746E, 0x49656E69);
    xen_cpuid(&m.x, 1, 0, r);
    assert_int_equal(r[1] >> 24, 0);
    for (unsigned i = 0; i < 4; i++) /* hypervisor, x2APIC, and what may not be there */
        assert_int_equal(r[2] >> ((const uint8_t[]){31, 21, 30, 26})[i] & 1, i < 2);
    assert_int_equal(r[2] & (1u << 27 | 1u << 28 | 1u << 5 | 1u << 3 | 1u << 24 | 1u << 6), 0);
    static const uint8_t must[] = {0, 3, 4, 5, 6, 8, 9, 12, 13, 15, 16, 24, 25, 26};
    for (size_t i = 0; i < sizeof must; i++)
        assert_int_equal(r[3] >> must[i] & 1, 1);
    check_leaf(&m, 7, 0, 0, 0, 0, 0);
    check_leaf(&m, 0xB, 1, 0, 0, 1, 0);
    check_leaf(&m, 0xD, 0, 0, 0, 0, 0);
    check_leaf(&m, 0x80000000, 0, 0x80000008, 0, 0, 0);
    check_leaf(&m, 0x8000001F, 0, 0, 0, 0, 0);
    xen_cpuid(&m.x, 0x80000001, 0, r);
    assert_int_equal(r[3], 1u << 11 | 1u << 20 | 1u << 26 | 1u << 29);
    m.t.l.page_1g = false;
    m.t.l.phys_bits = 46;
    xen_cpuid(&m.x, 0x80000001, 0, r);
    assert_int_equal(r[3], 1u << 11 | 1u << 20 | 1u << 29);
    xen_cpuid(&m.x, 0x80000008, 0, r);
    assert_int_equal(r[0], 46 | 48 << 8);
    xen_cpuid(&m.x, 0x80000002, 0, r);
    assert_memory_equal(r, "hvmbed virtual p", 16);

    m.t.l.vendor = VENDOR_AMD;
    check_leaf(&m, 0, 0, 0xB, 0x68747541, 0x444D4163, 0x69746E65);
    check_leaf(&m, 4, 0, 0, 0, 0, 0);
    assert_true(xen_flavour_ok(&m.x, HYPERCALL_VMMCALL));
    assert_false(xen_flavour_ok(&m.x, HYPERCALL_VMCALL));
    m.t.l.vendor = VENDOR_INTEL;
    assert_false(xen_flavour_ok(&m.x, HYPERCALL_VMMCALL));
    m.t.l.vcpus = 6;
    xen_cpuid(&m.x, 1, 0, r);
    assert_int_equal(r[1] >> 16 & 0xFF, 16);
    domain_exit(&m);
}

static uint64_t rd(struct domain *m, uint32_t index)
{
    uint64_t v = 0xDEAD;
    if (!xen_rdmsr(&m->x, index, &v))
        fail_msg("MSR 0x%x is #GP", index);
    return v;
}

static void msr_values(void **state)
{
    (void)state;
    struct domain m;
    uint64_t v;
    domain_init(&m, GUEST_HVM, 256);
    m.clock.cycles = 12345;
    assert_int_equal(rd(&m, 0x10), 12345);
    assert_int_equal(rd(&m, 0x1B), 0xFEE00900);
    assert_int_equal(rd(&m, 0xFE), 0x508);
    assert_int_equal(rd(&m, 0x2FF), 0xC06);
    assert_int_equal(rd(&m, 0x250), 0x0606060606060606);
    assert_int_equal(rd(&m, 0x259), 0x0101010101010101);
    assert_int_equal(rd(&m, 0x26F), 0x0606060606060606);
    assert_int_equal(rd(&m, 0x277), 0x0007040600070406);
    assert_int_equal(rd(&m, 0x200), 0xF0000000); /* UC F0000000-FC000000 in two ranges */
    assert_int_equal(rd(&m, 0x201), 0xFFF8000800);
    assert_int_equal(rd(&m, 0x202), 0xF8000000);
    assert_int_equal(rd(&m, 0x203), 0xFFFC000800);
    assert_int_equal(rd(&m, 0x205), 0);
    static const uint32_t unknown[] = {0x11,       0x48,       0x179,      0x210,      0x251,
                                       0x267,      0x270,      0x6E0,      0x802,      0x40000001,
                                       0x40000200, 0xC0000103, 0xC0010131, 0xC0010015, 0xFFFFFFFF};
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        assert_false(xen_rdmsr(&m.x, unknown[i], &v));
        assert_false(xen_wrmsr(&m.x, unknown[i], 0));
    }
    domain_exit(&m);

    domain_init(&m, GUEST_PVH, 256);
    assert_int_equal(rd(&m, 0x2FF), 0x806);
    assert_int_equal(rd(&m, 0x250), 0);
    assert_int_equal(rd(&m, 0x201), 0);
    domain_exit(&m);
}

static void msr_writes(void **state)
{
    (void)state;
    static const struct {
        uint64_t value;
        uint32_t index;
        bool ok;
    } row[] = {
        {0x806, 0x2FF, true},
        {0xC00, 0x2FF, true},
        {0x802, 0x2FF, false},
        {0x1006, 0x2FF, false},
        {0x107, 0x2FF, false},
        {0x80000000, 0x200, true},
        {0x80000106, 0x200, false},
        {0x80000002, 0x200, false},
        {1ull << 40, 0x200, false},
        {0xFF80000800, 0x201, true},
        {0x80000001, 0x201, false},
        {0xFF80000400, 0x201, false},
        {0, 0x20F, true},
        {0x0606060606060606, 0x250, true},
        {0x0706060606060606, 0x250, false},
        {0, 0x26F, true},
        {0x0007040600070406, 0x277, true},
        {2, 0x277, false},
        {1ull << 59, 0x277, false},
        {0xFEE00900, 0x1B, true},
        {0xFEE00800, 0x1B, true},
        {0xFEE00D00, 0x1B, false},
        {0xFEE00100, 0x1B, false},
        {0xFED00900, 0x1B, false},
        {0x508, 0xFE, false},
        {0, 0x17, false},
        {1, 0x3A, false},
        {0, 0x1A0, true},
        {0, 0x10, true},
    };
    struct domain m;
    domain_init(&m, GUEST_HVM, 256);
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        uint64_t before = rd(&m, row[i].index);
        if (xen_wrmsr(&m.x, row[i].index, row[i].value) != row[i].ok)
            fail_msg("MSR 0x%x = 0x%llx", row[i].index, (unsigned long long)row[i].value);
        if (!row[i].ok)
            assert_int_equal(rd(&m, row[i].index), before);
    }
    assert_int_equal(rd(&m, 0x1A0), 0x1801); /* accepted, without effect */
    assert_int_equal(rd(&m, 0x201), 0xFF80000800);
    domain_exit(&m);
}

static void hypercall_page(void **state)
{
    (void)state;
    for (int amd = 0; amd < 2; amd++) {
        struct domain m;
        uint8_t page[4096];
        memset(&m, 0, sizeof m);
        guest_init(&m.t, GUEST_HVM, 256, 0, AMPLE, 2);
        m.t.l.vendor = amd ? VENDOR_AMD : VENDOR_INTEL;
        domain_start(&m);
        memset(page, 0xEE, sizeof page);
        poke(&m, 0x817000, page, sizeof page);
        assert_true(xen_wrmsr(&m.x, 0x40000000, 0x817000));
        assert_int_equal(m.x.msr_hypercall_page, 0x817000);
        assert_int_equal(rd(&m, 0x40000000), 0);
        peek(&m, 0x817000, page, sizeof page);
        for (size_t i = 0; i < 128; i++) {
            const uint8_t *s = page + 32 * i;
            if (i == 23) {
                assert_memory_equal(s, "\x0F\x0B\xEE", 3);
                continue;
            }
            assert_int_equal(s[0], 0xB8);
            assert_int_equal(le32(s + 1), i);
            assert_memory_equal(s + 5, amd ? "\x0F\x01\xD9\xC3\xEE" : "\x0F\x01\xC1\xC3\xEE", 5);
            assert_int_equal(s[31], 0xEE); /* what is between the stubs stays */
        }
        assert_false(xen_wrmsr(&m.x, 0x40000000, 0x817001));   /* page index 1 */
        assert_false(xen_wrmsr(&m.x, 0x40000000, 0xF8000000)); /* no RAM */
        assert_false(xen_wrmsr(&m.x, 0x40000000, UINT64_MAX & ~0xFFFull));
        domain_exit(&m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(xen_leaves), cmocka_unit_test(processor_leaves), cmocka_unit_test(msr_values),
        cmocka_unit_test(msr_writes), cmocka_unit_test(hypercall_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
