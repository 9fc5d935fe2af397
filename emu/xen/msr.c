/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The MSRs that a Xen guest has: a table. What is not in it is #GP(0), as Xen answers since 4.15
 * (X:xen/arch/x86/msr.c, hvm/hvm.c:hvm_msr_*_intercept, hvm/mtrr.c). EFER, FS, GS, STAR and the like are the engine's.
 */
#include <stdlib.h>
#include <string.h>

#include "xen/private.h"

#define INTEL 1u
#define AMD 2u
#define BOTH (INTEL | AMD)

#define MSR_TSC 0x10u
#define MSR_APIC_BASE 0x1Bu
#define MSR_FEATURE_CONTROL 0x3Au
#define FEATURE_CONTROL_VMX 4u /* VMXON outside SMX */
#define MSR_MTRR_CAP 0xFEu
#define MSR_MTRR_PHYS 0x200u
#define MTRR_VARIABLE 8u
#define MSR_MTRR_DEF_TYPE 0x2FFu
#define MSR_MTRR_FIX_LAST 0x26Fu

#define APIC_BASE_BSP 0x100u
#define APIC_BASE_ENABLE 0x800u

#define MTRR_UC 0u
#define MTRR_WC 1u
#define MTRR_WT 4u
#define MTRR_WP 5u
#define MTRR_WB 6u
#define MTRR_VALID 0x800u
#define MTRR_E 0x800u
#define MTRR_FE 0x400u
#define ALL_WB 0x0606060606060606ull
#define ALL_WC 0x0101010101010101ull

#define MSR_VALUES 64

struct msr_state {
    unsigned nr;                  /* vCPUs: all that the guest has */
    uint64_t value[][MSR_VALUES]; /* in the table's order, a range takes several */
};

typedef bool check_fn(const struct xen *x, uint32_t index, uint64_t value);

static bool mtrr_type(uint64_t t)
{
    return t == MTRR_UC || t == MTRR_WC || t == MTRR_WT || t == MTRR_WP || t == MTRR_WB;
}

static uint64_t beyond_phys(const struct xen *x)
{
    return ~((1ull << x->layout->phys_bits) - 1);
}

/* X:xen/arch/x86/hvm/mtrr.c:mtrr_var_range_msr_set; odd indices are masks. */
static bool check_variable(const struct xen *x, uint32_t index, uint64_t v)
{
    const uint64_t reserved = beyond_phys(x) | ((index & 1) != 0 ? 0x7FFu : 0xF00u);
    return mtrr_type(v & 0xFF) && (v & reserved) == 0;
}

static bool check_fixed(const struct xen *x, uint32_t index, uint64_t v)
{
    (void)x;
    (void)index;
    for (unsigned i = 0; i < 8; i++)
        if (!mtrr_type(v >> (8 * i) & 0xFF))
            return false;
    return true;
}

static bool check_def_type(const struct xen *x, uint32_t index, uint64_t v)
{
    (void)x;
    (void)index;
    return mtrr_type(v & 0xFF) && (v & ~0xCFFull) == 0;
}

/* Eight types; 7 is UC-, which the MTRRs lack (X:xen/arch/x86/hvm/hvm.c:hvm_set_guest_pat). */
static bool check_pat(const struct xen *x, uint32_t index, uint64_t v)
{
    (void)x;
    (void)index;
    for (unsigned i = 0; i < 8; i++)
        if (!mtrr_type(v >> (8 * i) & 0xFF) && (v >> (8 * i) & 0xFF) != 7)
            return false;
    return true;
}

/* The APIC stays where it is, on, and in xAPIC mode: the bed has no other. */
static bool check_apic_base(const struct xen *x, uint32_t index, uint64_t v)
{
    (void)x;
    (void)index;
    return (v & ~(uint64_t)APIC_BASE_BSP) == (LAPIC_START | APIC_BASE_ENABLE);
}

/* 48 bits, as CPUID tells. */
static bool check_address(const struct xen *x, uint32_t index, uint64_t v)
{
    (void)x;
    (void)index;
    return v >> 47 == 0 || v >> 47 == 0x1FFFF;
}

/* X:xen/arch/x86/traps.c:guest_wrmsr_xen. */
static bool check_hypercall_page(const struct xen *x, uint32_t index, uint64_t v)
{
    (void)index;
    const uint64_t gfn = v >> PAGE_SHIFT;
    if ((v & (PAGE_SIZE - 1)) != 0 || gfn >= xen_gfn_end(x))
        return false;
    return memory_hva(x->memory, v) != NULL;
}

/* X:xen/arch/x86/hvm/mtrr.c:hvm_vcpu_cacheattr_init: off, every range clear. PAT is not hvmloader's business. */
static bool is_mtrr(uint32_t index)
{
    return index == MSR_MTRR_DEF_TYPE || (index >= MSR_MTRR_PHYS && index <= MSR_MTRR_FIX_LAST);
}

#define READ 1u
#define WRITE 2u
#define IGNORE 4u /* writes are accepted and have no effect */
#define RW (READ | WRITE)

static const struct row {
    uint32_t first, count;
    uint32_t vendor, flags;
    uint64_t hvm, pvh; /* when the firmware starts: after hvmloader, and as Xen sets it for PVH */
    check_fn *check;   /* of a write, or NULL */
} table[] = {
    {MSR_TSC, 1, BOTH, READ | IGNORE, 0, 0, NULL},
    {0x17, 1, INTEL, READ, 0, 0, NULL}, /* PLATFORM_ID */
    {MSR_APIC_BASE, 1, BOTH, RW, LAPIC_START | APIC_BASE_ENABLE | APIC_BASE_BSP,
     LAPIC_START | APIC_BASE_ENABLE | APIC_BASE_BSP, check_apic_base},
    {MSR_FEATURE_CONTROL, 1, INTEL, READ, 1, 1, NULL},                 /* locked */
    {0x8B, 1, INTEL, READ | IGNORE, 0x2800000000, 0x2800000000, NULL}, /* microcode revision */
    {0x8B, 1, AMD, READ | IGNORE, 0x08001250, 0x08001250, NULL},
    {0xCE, 1, BOTH, READ, 0, 0, NULL},                                  /* PLATFORM_INFO */
    {0xFE, 1, BOTH, READ, 0x508, 0x508, NULL},                          /* MTRRcap: 8 variable, fixed, WC */
    {0x140, 1, BOTH, READ, 0, 0, NULL},                                 /* MISC_FEATURES_ENABLES */
    {0x174, 1, BOTH, RW, 0, 0, NULL},                                   /* SYSENTER_CS */
    {0x175, 2, BOTH, RW, 0, 0, check_address},                          /* SYSENTER_ESP, EIP */
    {0x198, 2, INTEL, READ | IGNORE, 0, 0, NULL},                       /* PERF_STATUS, PERF_CTL: read as zero */
    {0x19C, 1, INTEL, READ, 0, 0, NULL},                                /* THERM_STATUS */
    {0x1A0, 1, INTEL, READ | IGNORE, 0x1801, 0x1801, NULL},             /* MISC_ENABLE: fast strings, no BTS, no PEBS */
    {0x1D9, 1, BOTH, RW, 0, 0, NULL},                                   /* DEBUGCTL */
    {MSR_MTRR_PHYS, 2 * MTRR_VARIABLE, BOTH, RW, 0, 0, check_variable}, /* HVM: see variable_mtrrs */
    {0x250, 1, BOTH, RW, ALL_WB, 0, check_fixed},                       /* 00000–7FFFF */
    {0x258, 1, BOTH, RW, ALL_WB, 0, check_fixed},                       /* 80000–9FFFF */
    {0x259, 1, BOTH, RW, ALL_WC, 0, check_fixed},                       /* A0000–BFFFF */
    {0x268, 8, BOTH, RW, ALL_WB, 0, check_fixed},                       /* C0000–FFFFF */
    {0x277, 1, BOTH, RW, 0x0007040600070406, 0x0007040600070406, check_pat},
    {MSR_MTRR_DEF_TYPE, 1, BOTH, RW, MTRR_E | MTRR_FE | MTRR_WB, MTRR_E | MTRR_WB, check_def_type},
    {MSR_XEN_HYPERCALL_PAGE, 1, BOTH, READ | IGNORE, 0, 0, check_hypercall_page},
    {0xC0010015, 1, AMD, READ | IGNORE, 0, 0, NULL}, /* HWCR */
    {0xC0011029, 1, AMD, READ | IGNORE, 2, 2, NULL}, /* DE_CFG: LFENCE serialises */
};

#define ROWS (sizeof table / sizeof table[0])

/* The current vCPU's. */
static uint64_t *values(struct xen *x)
{
    return x->msr->value[x->vcpus->current];
}

/* The row of @index for this vendor and, in @at, where its value is kept. */
static const struct row *find(const struct xen *x, uint32_t index, size_t *at)
{
    const uint32_t vendor = x->layout->vendor == VENDOR_AMD ? AMD : INTEL;
    size_t slot = 0;
    for (size_t i = 0; i < ROWS; i++) {
        const struct row *r = &table[i];
        if (index >= r->first && index - r->first < r->count && (r->vendor & vendor) != 0) {
            *at = slot + (index - r->first);
            return r;
        }
        slot += r->count;
    }
    return NULL;
}

/* hvmloader covers both PCI windows with naturally aligned UC ranges (cacheattr.c:cacheattr_init). */
static void variable_mtrrs(const struct xen *x, uint64_t values_of[MSR_VALUES])
{
    const struct span window[] = {{x->guest->pci_start, XEN_AREA_START}, x->guest->pci_high};
    size_t at, i = 0;
    if (find(x, MSR_MTRR_PHYS, &at) == NULL)
        return;
    uint64_t *v = values_of + at;
    for (size_t w = 0; w < 2; w++) {
        for (uint64_t base = window[w].start; i < MTRR_VARIABLE && base != 0 && base < window[w].end; i++) {
            uint64_t size = base & (0 - base);
            while (base + size > window[w].end)
                size >>= 1;
            v[2 * i] = base | MTRR_UC;
            v[2 * i + 1] = (~(size - 1) & ~beyond_phys(x)) | MTRR_VALID;
            base += size;
        }
    }
}

/* Hidden by cpuid=, they are #GP, and hvmloader leaves them alone. */
static bool has_mtrrs(const struct xen *x)
{
    uint32_t leaf1[4];
    xen_cpuid(x, 1, 0, leaf1);
    return (leaf1[3] >> 12 & 1) != 0;
}

/* hvmloader sets up every processor alike (smp.c), and so does Xen for PVH. */
static void start_values(const struct xen *x, unsigned vcpu)
{
    uint64_t *v = x->msr->value[vcpu];
    size_t slot = 0, at;
    for (size_t i = 0; i < ROWS; i++)
        for (uint32_t n = 0; n < table[i].count && slot < MSR_VALUES; n++)
            v[slot++] = x->layout->type == GUEST_PVH ? table[i].pvh : table[i].hvm;
    if (x->layout->type == GUEST_HVM)
        variable_mtrrs(x, v);
    if (x->layout->nested && find(x, MSR_FEATURE_CONTROL, &at) != NULL)
        v[at] |= FEATURE_CONTROL_VMX;
    if (vcpu != 0 && find(x, MSR_APIC_BASE, &at) != NULL)
        v[at] &= ~(uint64_t)APIC_BASE_BSP;
}

bool msr_init(struct xen *x)
{
    x->msr = calloc(1, sizeof *x->msr + x->vcpus->nr * sizeof x->msr->value[0]);
    if (x->msr == NULL)
        return false;
    x->msr->nr = x->vcpus->nr;
    for (unsigned vcpu = 0; vcpu < x->msr->nr; vcpu++)
        start_values(x, vcpu);
    if (x->layout->type == GUEST_HVM && !has_mtrrs(x))
        msr_reset_state(x);
    return true;
}

void msr_reset_state(struct xen *x)
{
    size_t slot = 0;
    for (size_t i = 0; i < ROWS; i++)
        for (uint32_t n = 0; n < table[i].count && slot < MSR_VALUES; n++, slot++)
            for (unsigned vcpu = 0; vcpu < x->msr->nr && is_mtrr(table[i].first + n); vcpu++)
                x->msr->value[vcpu][slot] = 0;
}

void msr_exit(struct xen *x)
{
    free(x->msr);
    x->msr = NULL;
}

/* The MSR that the table calls @index; Xen's own lie behind Hyper-V's when the guest has those. */
static bool locate(const struct xen *x, uint32_t *index)
{
    if (x->layout->viridian != 0 && *index - MSR_XEN_BEHIND_VIRIDIAN < MSR_XEN_COUNT)
        *index -= MSR_XEN_BEHIND_VIRIDIAN - MSR_XEN_HYPERCALL_PAGE;
    return (!is_mtrr(*index) && *index != MSR_MTRR_CAP) || has_mtrrs(x);
}

static bool is_viridian(const struct xen *x, uint32_t index)
{
    return x->layout->viridian != 0 &&
           index - MSR_XEN_HYPERCALL_PAGE < MSR_XEN_BEHIND_VIRIDIAN - MSR_XEN_HYPERCALL_PAGE;
}

bool xen_rdmsr(struct xen *x, uint32_t index, uint64_t *value)
{
    size_t at;
    if (is_viridian(x, index))
        return viridian_rdmsr(x, index, value);
    if (!locate(x, &index))
        return false;
    const struct row *r = find(x, index, &at);
    if (r == NULL || (r->flags & READ) == 0 || at >= MSR_VALUES)
        return false;
    *value = index == MSR_TSC ? clock_tsc(x->clock) : values(x)[at];
    return true;
}

bool xen_wrmsr(struct xen *x, uint32_t index, uint64_t value)
{
    size_t at;
    if (is_viridian(x, index))
        return viridian_wrmsr(x, index, value);
    if (!locate(x, &index))
        return false;
    const struct row *r = find(x, index, &at);
    if (r == NULL || (r->flags & (WRITE | IGNORE)) == 0 || at >= MSR_VALUES)
        return false;
    if (r->check != NULL && !r->check(x, index, value))
        return false;
    if ((r->flags & WRITE) != 0)
        values(x)[at] = value;
    if (index == MSR_XEN_HYPERCALL_PAGE) {
        hypercall_page_fill(memory_hva(x->memory, value), x->layout->vendor);
        x->msr_hypercall_page = value;
    }
    return true;
}
