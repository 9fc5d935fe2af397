/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a guest's file changes in CPUID, MSRs, HVM parameters, xenstore and the tables. */
#include "xen_kit.h"

#include "xen/builder.h"
#include "xen/xenstore.h"

static void start(struct domain *m, enum guest_type type, void (*change)(struct layout *l))
{
    struct diag d = {0};
    memset(m, 0, sizeof *m);
    guest_init(&m->t, type, 256, 0, AMPLE, 2);
    change(&m->t.l);
    if (!layout_resolve(&m->t.l, 2 * MIB, &m->t.g, &d))
        fail_msg("%s", d.message);
    domain_start(m);
}

static uint32_t leaf(struct domain *m, uint32_t n, enum cpuid_reg reg)
{
    uint32_t r[4];
    xen_cpuid(&m->x, n, 0, r);
    return r[reg];
}

static bool reads(struct domain *m, uint32_t index, uint64_t want)
{
    uint64_t v;
    return xen_rdmsr(&m->x, index, &v) && v == want;
}

/* --- Viridian (xen-facts C.1, C.2) */

static void with_viridian(struct layout *l)
{
    l->viridian = 0x1865; /* base, freq, time_ref_count, apic_assist, crash_ctl, no_vp_limit, cpu_hotplug */
}

static void viridian_leaves(void **state)
{
    (void)state;
    struct domain m;
    start(&m, GUEST_HVM, with_viridian);
    assert_int_equal(leaf(&m, 0x40000000, CPUID_EAX), 0x40000006);
    assert_int_equal(leaf(&m, 0x40000000, CPUID_EBX), 0x7263694D);
    assert_int_equal(leaf(&m, 0x40000001, CPUID_EAX), 0x31237648);
    assert_int_equal(leaf(&m, 0x40000002, CPUID_EAX), 0); /* until the guest has said who it is */
    assert_int_equal(leaf(&m, 0x40000003, CPUID_EAX), 0x872);
    assert_int_equal(leaf(&m, 0x40000003, CPUID_EDX), 0x408);
    assert_int_equal(leaf(&m, 0x40000005, CPUID_EAX), UINT32_MAX);
    assert_int_equal(leaf(&m, 0x40000007, CPUID_EAX), 0);
    assert_int_equal(leaf(&m, 0x40000100, CPUID_EAX), 0x40000105);
    assert_int_equal(leaf(&m, 0x40000100, CPUID_EBX), 0x566E6558);
    assert_int_equal(leaf(&m, 0x40000101, CPUID_EAX), 0x00040011);
    assert_int_equal(leaf(&m, 0x40000102, CPUID_EBX), 0x40000200);
    assert_int_equal(leaf(&m, 0x40000106, CPUID_EAX), 0);
    assert_int_equal(leaf(&m, 0x40000200, CPUID_EAX), 0);
    assert_int_equal(m.x.param[HVM_PARAM_VIRIDIAN], 0x1865);
    domain_exit(&m);
}

static void viridian_msrs(void **state)
{
    (void)state;
    struct domain m;
    uint64_t v;
    start(&m, GUEST_HVM, with_viridian);
    assert_true(xen_wrmsr(&m.x, 0x40000200, 0x200000)); /* Xen's page */
    assert_int_equal(memory_hva(&m.memory, 0x200000)[0], 0xB8);
    assert_int_equal(m.x.msr_hypercall_page, 0x200000);
    assert_true(xen_wrmsr(&m.x, 0x40000000, 0x0001040600000000)); /* Windows Vista, say */
    assert_true(reads(&m, 0x40000000, 0x0001040600000000));
    assert_int_equal(leaf(&m, 0x40000002, CPUID_EAX), 0x1772);
    assert_int_equal(leaf(&m, 0x40000004, CPUID_EAX), 0x28);
    assert_true(xen_wrmsr(&m.x, 0x40000001, 0x300001)); /* Hyper-V's page */
    assert_int_equal(le32(memory_hva(&m.memory, 0x300001)), 0x80000000);
    assert_int_equal(memory_hva(&m.memory, 0x300FFF)[0], 0xCC);
    assert_true(reads(&m, 0x40000022, 2000000000));
    assert_true(reads(&m, 0x40000023, 100000000));
    assert_false(xen_rdmsr(&m.x, 0x40000021, &v)); /* no reference_tsc */
    assert_false(xen_wrmsr(&m.x, 0x40000080, 0));
    assert_false(xen_rdmsr(&m.x, 0x40000201, &v));
    domain_exit(&m);
}

/* --- cpuid= */

static void hide(struct layout *l, uint32_t n, enum cpuid_reg reg, uint32_t set, uint32_t clear)
{
    l->cpuid[l->nr_cpuid++] = (struct cpuid_rule){n, ANY_SUBLEAF, reg, set, clear};
}

static void old_processor(struct layout *l)
{
    hide(l, 1, CPUID_EAX, 0x000206C2, 0x0FFFFFFF & ~0x000206C2u);
    hide(l, 1, CPUID_EDX, 1u << 21, 1u << 9); /* no DS is to be had; the APIC goes, and with it x2APIC */
    hide(l, 1, CPUID_EBX, 0xFF000000, 0);     /* Xen's own */
}

static void features(void **state)
{
    (void)state;
    struct domain m;
    domain_init(&m, GUEST_HVM, 256);
    const uint32_t ecx = leaf(&m, 1, CPUID_ECX), edx = leaf(&m, 1, CPUID_EDX), ebx = leaf(&m, 1, CPUID_EBX);
    assert_int_equal(ecx >> 5 & 1, 0);
    domain_exit(&m);
    start(&m, GUEST_HVM, old_processor);
    assert_int_equal(leaf(&m, 1, CPUID_EAX), 0x000206C2);
    assert_int_equal(leaf(&m, 1, CPUID_EDX), edx & ~(1u << 9));
    assert_int_equal(leaf(&m, 1, CPUID_ECX), ecx & ~(1u << 21));
    assert_int_equal(leaf(&m, 1, CPUID_EBX), ebx);
    domain_exit(&m);
}

static void without_mtrrs(struct layout *l)
{
    hide(l, 1, CPUID_EDX, 0, 1u << 12);
}

static void mtrrs(void **state)
{
    (void)state;
    struct domain m;
    uint64_t v;
    domain_init(&m, GUEST_HVM, 256);
    assert_true(reads(&m, 0x2FF, 0xC06));
    assert_true(reads(&m, 0x200, 0xF0000000));
    domain_exit(&m);
    start(&m, GUEST_HVM, without_mtrrs);
    assert_false(xen_rdmsr(&m.x, 0x2FF, &v));
    assert_false(xen_rdmsr(&m.x, 0xFE, &v));
    assert_false(xen_wrmsr(&m.x, 0x2FF, 0));
    assert_true(xen_rdmsr(&m.x, 0x277, &v)); /* PAT is none */
    domain_exit(&m);
}

static void nesting(struct layout *l)
{
    l->nested = true;
    l->itsc = true;
    l->tsc_mode = 1;
}

static void others(void **state)
{
    (void)state;
    struct domain m;
    start(&m, GUEST_HVM, nesting);
    assert_int_equal(leaf(&m, 1, CPUID_ECX) >> 5 & 1, 1);
    assert_true(reads(&m, 0x3A, 5));
    assert_int_equal(leaf(&m, 0x80000007, CPUID_EDX), 0x100);
    assert_int_equal(leaf(&m, 0x40000003, CPUID_EAX), 3);
    assert_int_equal(leaf(&m, 0x40000003, CPUID_EBX), 1);
    domain_exit(&m);
}

/* --- where pages and tables are */

static void passed_through(struct layout *l)
{
    l->dev.igd = true;
    l->tpm_version = 2;
    l->xen_minor = 20;
    l->genid = true;
    l->nr_rdms = 1;
    l->rdm[0] = (struct rdm){{0xF8000000, 0xF8001000}, true};
}

static void pages(void **state)
{
    (void)state;
    struct domain m;
    char value[XENSTORE_VALUE_MAX];
    start(&m, GUEST_HVM, passed_through);
    assert_memory_equal(memory_hva(&m.memory, IGD_OPREGION_START), "IntelGraphicsMem", 16);
    assert_string_equal(plan_find(&m.plan, 0xFED50000)->owner, "TPM 2.0 log area");
    assert_string_equal(plan_find(&m.plan, 0xF8000000)->owner, "E820 RESERVED");
    assert_int_equal(m.t.g.stolen_pages, 0);
    assert_true(reads(&m, 0x200, 0x10000000)); /* from the end of RAM on: an RMRR is in the usual window */
    assert_true(xenstore_value(&m.t.l, "platform/tpm_version", value));
    assert_string_equal(value, "2");
    assert_true(xenstore_value(&m.t.l, "platform/generation-id", value));
    const uint64_t id = m.x.param[HVM_PARAM_VM_GENERATION_ID_ADDR];
    assert_int_equal(id, 0xFC00AFF0);
    assert_int_equal(le64(memory_hva(&m.memory, id)), BED_GENERATION_ID_LOW);
    assert_int_equal(le32(memory_hva(&m.memory, ACPI_INFO_PAGE + 20)), id);
    struct e820_map map;
    builder_map(&m.t.g, &map);
    assert_int_equal(map.nr, 2);
    assert_int_equal(map.e[1].at.start, 0xF8000000);
    assert_int_equal(map.e[1].type, E820_TYPE_RESERVED);
    domain_exit(&m);
}

static void tables_gone(struct layout *l)
{
    l->dev = (struct guest_devices){0};
}

/* Signatures of the XSDT's entries. */
static void tables(struct domain *m, char *out)
{
    const uint8_t *rsdp = memory_hva(&m->memory, HVMLOADER_RSDP);
    const uint8_t *xsdt = memory_hva(&m->memory, le64(rsdp + 24));
    *out = '\0';
    for (uint32_t at = 36; at < le32(xsdt + 4); at += 8)
        (void)strncat(out, (const char *)memory_hva(&m->memory, le64(xsdt + at)), 4);
}

static void acpi(void **state)
{
    (void)state;
    struct domain m;
    char names[64], value[XENSTORE_VALUE_MAX];
    domain_init(&m, GUEST_HVM, 256);
    tables(&m, names);
    assert_string_equal(names, "FACPAPICHPETWAETSSDTSSDT");
    domain_exit(&m);
    start(&m, GUEST_HVM, tables_gone);
    tables(&m, names);
    assert_string_equal(names, "FACPWAET");
    assert_true(xenstore_value(&m.t.l, "platform/acpi_s3", value));
    assert_string_equal(value, "0");
    assert_false(xenstore_value(&m.t.l, "platform/tpm_version", value));
    assert_false(xenstore_value(&m.t.l, "platform/generation-id", value));
    domain_exit(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(viridian_leaves),
        cmocka_unit_test(viridian_msrs),
        cmocka_unit_test(features),
        cmocka_unit_test(mtrrs),
        cmocka_unit_test(others),
        cmocka_unit_test(pages),
        cmocka_unit_test(acpi),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
