/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPUID as the guest sees it: Xen's leaves (X:xen/arch/x86/cpuid.c:cpuid_hypervisor_leaves) and those of a fixed
 * processor as Xen's default policy shows it (X:tools/libs/guest/xg_cpuid_x86.c). Nothing comes from the host.
 * Not offered, because the engine has no such thing or because runs would differ: RDRAND, RDSEED, XSAVE, AVX,
 * MONITOR, RDTSCP, TSC deadline, machine check. VMX and SVM are shown with nestedhvm=1, and do not work.
 */
#include <string.h>

#include "xen/private.h"

#define INTEL 1u
#define AMD 2u
#define BOTH (INTEL | AMD)

/* Leaf 1. */
#define ECX_SSE3 (1u << 0)
#define ECX_SSSE3 (1u << 9)
#define ECX_CX16 (1u << 13)
#define ECX_SSE41 (1u << 19)
#define ECX_SSE42 (1u << 20)
#define ECX_X2APIC (1u << 21) /* Xen offers it by default; the bed's LAPIC has xAPIC mode alone */
#define ECX_POPCNT (1u << 23)
#define ECX_HYPERVISOR (1u << 31)
#define ECX_1 (ECX_SSE3 | ECX_SSSE3 | ECX_CX16 | ECX_SSE41 | ECX_SSE42 | ECX_X2APIC | ECX_POPCNT | ECX_HYPERVISOR)

/* FPU DE PSE TSC MSR PAE CX8 APIC, MTRR PGE CMOV PAT PSE36, MMX: the ones that AMD repeats in 80000001. */
#define EDX_COMMON 0x0083B37Du
#define EDX_SEP (1u << 11)
#define EDX_CLFLUSH (1u << 19)
#define EDX_FXSR (1u << 24)
#define EDX_SSE (1u << 25)
#define EDX_SSE2 (1u << 26)
#define EDX_HTT (1u << 28) /* always set: APIC ids are twice the vCPU number */
#define EDX_1 (EDX_COMMON | EDX_SEP | EDX_CLFLUSH | EDX_FXSR | EDX_SSE | EDX_SSE2 | EDX_HTT)

#define ECX_VMX (1u << 5)
#define EDX_APIC (1u << 9)

/* Leaf 80000001. */
#define EDX_SYSCALL (1u << 11)
#define EDX_NX (1u << 20)
#define EDX_PAGE1GB (1u << 26)
#define EDX_LM (1u << 29)
#define EDX_EXT (EDX_SYSCALL | EDX_NX | EDX_LM)
#define ECX_LAHF 1u
#define ECX_SVM (1u << 2)
#define EDX_ITSC (1u << 8) /* of leaf 80000007 */

#define TSC_ALWAYS_EMULATE 1u /* X:asm/time.h:TSC_MODE_ALWAYS_EMULATE */

#define MAX_BASIC 0x0000000Bu
#define MAX_EXTENDED 0x80000008u

#define SIGNATURE_HASWELL 0x000306C3u
#define SIGNATURE_ZEN 0x00800F12u

struct asked {
    const struct layout *l;
    unsigned vcpu;
    uint32_t subleaf;
};

struct row {
    uint32_t leaf, subleaf;
    uint32_t vendor;
    uint32_t reg[4];                                      /* eax, ebx, ecx, edx */
    void (*fill)(const struct asked *q, uint32_t out[4]); /* what depends on the layout, or NULL */
};

/* vCPU numbers of a package as APIC ids count them: a power of two, twice the vCPUs. */
static uint32_t logical_per_package(const struct layout *l)
{
    uint32_t n = 1;
    while (n < l->vcpus && n < 64)
        n *= 2;
    return 2 * n;
}

static void fill_1(const struct asked *q, uint32_t out[4])
{
    out[1] = vcpu_apic_id(q->vcpu) << 24 | logical_per_package(q->l) << 16 | 8u << 8; /* CLFLUSH: 8 quadwords */
    if (q->l->nested && q->l->vendor == VENDOR_INTEL)
        out[2] |= ECX_VMX;
}

static void fill_4(const struct asked *q, uint32_t out[4])
{
    if (out[0] != 0)
        out[0] |= (logical_per_package(q->l) - 1) << 26;
}

/* Not a real topology: Xen shows the q->subleaf and the APIC id (X:cpuid.c:guest_cpuid, case 0xb). */
static void fill_b(const struct asked *q, uint32_t out[4])
{
    out[2] = q->subleaf & 0xFF;
    out[3] = vcpu_apic_id(q->vcpu);
}

static void fill_80000001(const struct asked *q, uint32_t out[4])
{
    if (q->l->page_1g)
        out[3] |= EDX_PAGE1GB;
    if (q->l->nested && q->l->vendor == VENDOR_AMD)
        out[2] |= ECX_SVM;
}

static void fill_80000007(const struct asked *q, uint32_t out[4])
{
    out[3] = q->l->itsc ? EDX_ITSC : 0;
}

static void fill_80000008(const struct asked *q, uint32_t out[4])
{
    out[0] = q->l->phys_bits | 48u << 8; /* linear bits */
    if (q->l->vendor == VENDOR_AMD)
        out[2] = logical_per_package(q->l) - 1; /* NC */
}

static void fill_xen_4(const struct asked *q, uint32_t out[4])
{
    out[1] = q->vcpu;
}

static void fill_xen_1(const struct asked *q, uint32_t out[4])
{
    out[0] = q->l->xen_major << 16 | q->l->xen_minor;
}

static void fill_xen_3(const struct asked *q, uint32_t out[4])
{
    if (q->subleaf == 0) {
        out[0] |= q->l->tsc_mode == TSC_ALWAYS_EMULATE ? 1 : 0;
        out[1] = q->l->tsc_mode;
    }
}

static const struct row table[] = {
    {0x00000000, ANY_SUBLEAF, INTEL, {MAX_BASIC, 0x756E6547, 0x6C65746E, 0x49656E69}, NULL}, /* GenuineIntel */
    {0x00000000, ANY_SUBLEAF, AMD, {MAX_BASIC, 0x68747541, 0x444D4163, 0x69746E65}, NULL},   /* AuthenticAMD */
    {0x00000001, ANY_SUBLEAF, INTEL, {SIGNATURE_HASWELL, 0, ECX_1, EDX_1}, fill_1},
    {0x00000001, ANY_SUBLEAF, AMD, {SIGNATURE_ZEN, 0, ECX_1, EDX_1}, fill_1},
    {0x00000002, ANY_SUBLEAF, INTEL, {0x76036301, 0x00F0B5FF, 0, 0x00C10000}, NULL},
    {0x00000004, 0, INTEL, {0x00000121, 0x01C0003F, 0x0000003F, 0}, fill_4}, /* L1D 32 KiB, 8 ways */
    {0x00000004, 1, INTEL, {0x00000122, 0x01C0003F, 0x0000003F, 0}, fill_4}, /* L1I 32 KiB, 8 ways */
    {0x00000004, 2, INTEL, {0x00000143, 0x01C0003F, 0x000001FF, 0}, fill_4}, /* L2 256 KiB, 8 ways */
    {0x00000004, 3, INTEL, {0x00000163, 0x03C0003F, 0x00001FFF, 6}, fill_4}, /* L3 8 MiB, 16 ways */
    {0x0000000B, ANY_SUBLEAF, BOTH, {0, 0, 0, 0}, fill_b},

    {0x40000000,
     ANY_SUBLEAF,
     BOTH,
     {0x40000005, XEN_CPUID_SIGNATURE_EBX, XEN_CPUID_SIGNATURE_ECX, XEN_CPUID_SIGNATURE_EDX},
     NULL},
    {0x40000001, ANY_SUBLEAF, BOTH, {0, 0, 0, 0}, fill_xen_1},
    {0x40000002, ANY_SUBLEAF, BOTH, {1, MSR_XEN_HYPERCALL_PAGE, 0, 0}, NULL},
    {0x40000003, 0, BOTH, {1u << 1, 0, CLOCK_TSC_KHZ, 0}, fill_xen_3}, /* the host's TSC is safe to use */
    {0x40000003, 1, BOTH, {0, 0, 0x80000000, 0}, NULL},                /* no offset; scale of 2 GHz */
    {0x40000003, 2, BOTH, {CLOCK_TSC_KHZ, 0, 0, 0}, NULL},
    {0x40000004,
     0,
     BOTH,
     {XEN_HVM_CPUID_IOMMU_MAPPINGS | XEN_HVM_CPUID_VCPU_ID_PRESENT | XEN_HVM_CPUID_DOMID_PRESENT |
          XEN_HVM_CPUID_UPCALL_VECTOR,
      0, BED_DOMID, 0},
     fill_xen_4},

    {0x80000000, ANY_SUBLEAF, INTEL, {MAX_EXTENDED, 0, 0, 0}, NULL},
    {0x80000000, ANY_SUBLEAF, AMD, {MAX_EXTENDED, 0x68747541, 0x444D4163, 0x69746E65}, NULL},
    {0x80000001, ANY_SUBLEAF, INTEL, {0, 0, ECX_LAHF, EDX_EXT}, fill_80000001},
    {0x80000001, ANY_SUBLEAF, AMD, {SIGNATURE_ZEN, 0, ECX_LAHF, EDX_EXT | EDX_COMMON | EDX_FXSR}, fill_80000001},
    /* "hvmbed virtual processor" */
    {0x80000002, ANY_SUBLEAF, BOTH, {0x626D7668, 0x76206465, 0x75747269, 0x70206C61}, NULL},
    {0x80000003, ANY_SUBLEAF, BOTH, {0x65636F72, 0x726F7373, 0, 0}, NULL},
    {0x80000005, ANY_SUBLEAF, AMD, {0, 0, 0x20080140, 0x20080140}, NULL}, /* L1 32 KiB, 8 ways */
    {0x80000006, ANY_SUBLEAF, BOTH, {0, 0, 0x01006040, 0}, NULL},         /* L2 256 KiB, 8 ways */
    {0x80000007, ANY_SUBLEAF, BOTH, {0, 0, 0, 0}, fill_80000007},
    {0x80000008, ANY_SUBLEAF, BOTH, {0, 0, 0, 0}, fill_80000008},
};

static void look_up(const struct asked *q, uint32_t leaf, uint32_t out[4])
{
    const uint32_t vendor = q->l->vendor == VENDOR_AMD ? AMD : INTEL;
    memset(out, 0, 4 * sizeof out[0]);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const struct row *r = &table[i];
        if (r->leaf != leaf || (r->subleaf != ANY_SUBLEAF && r->subleaf != q->subleaf) || (r->vendor & vendor) == 0)
            continue;
        memcpy(out, r->reg, sizeof r->reg);
        if (r->fill != NULL)
            r->fill(q, out);
        return;
    }
}

/* Leaves where only what is there can be taken away; in the others cpuid= sets numbers. */
static bool is_feature(uint32_t leaf, uint32_t reg)
{
    return (leaf == 1 || leaf == 0x80000001) && (reg == CPUID_ECX || reg == CPUID_EDX);
}

/* cpuid=: Xen keeps what depends on the vCPU, in EBX of leaf 1 (X:xen/arch/x86/cpuid.c:recalculate_cpuid_policy). */
static void apply_rules(const struct layout *l, uint32_t leaf, uint32_t subleaf, uint32_t out[4])
{
    for (unsigned i = 0; i < l->nr_cpuid; i++) {
        const struct cpuid_rule *r = &l->cpuid[i];
        if (r->leaf != leaf || (r->subleaf != ANY_SUBLEAF && r->subleaf != subleaf) ||
            (leaf == 1 && r->reg == CPUID_EBX) || (leaf == 0x80000008 && r->reg == CPUID_EAX))
            continue;
        out[r->reg] &= ~r->clear;
        out[r->reg] |= is_feature(leaf, r->reg) ? 0 : r->set;
    }
    /* X:xen/tools/gen-cpuid.py: what depends on what. */
    if (leaf == 1 && (out[3] & EDX_APIC) == 0)
        out[2] &= ~ECX_X2APIC;
}

#define XEN_LEAVES 0x40000000u
#define HYPERVISOR_LEAVES 0x100u /* of one interface */
#define XEN_LEAVES_BEHIND_VIRIDIAN (XEN_LEAVES + HYPERVISOR_LEAVES)

void xen_cpuid_of(const struct layout *l, unsigned vcpu, uint32_t leaf, uint32_t subleaf, uint32_t out[4])
{
    look_up(&(struct asked){l, vcpu, subleaf}, leaf, out);
    if (leaf - XEN_LEAVES >= HYPERVISOR_LEAVES)
        apply_rules(l, leaf, subleaf, out);
}

void xen_cpuid(const struct xen *x, uint32_t leaf, uint32_t subleaf, uint32_t out[4])
{
    const struct layout *l = x->layout;
    if (l->viridian != 0 && leaf - XEN_LEAVES < HYPERVISOR_LEAVES) {
        viridian_cpuid(x, leaf, out);
        return;
    }
    if (l->viridian == 0 || leaf - XEN_LEAVES_BEHIND_VIRIDIAN >= HYPERVISOR_LEAVES) {
        xen_cpuid_of(l, x->vcpus->current, leaf, subleaf, out);
        return;
    }
    xen_cpuid_of(l, x->vcpus->current, leaf - HYPERVISOR_LEAVES, subleaf, out);
    if (leaf == XEN_LEAVES_BEHIND_VIRIDIAN)
        out[0] += HYPERVISOR_LEAVES;
    if (leaf == XEN_LEAVES_BEHIND_VIRIDIAN + 2)
        out[1] += MSR_XEN_BEHIND_VIRIDIAN - MSR_XEN_HYPERCALL_PAGE;
}
