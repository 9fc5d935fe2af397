/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Hyper-V interface of a guest with viridian=: leaves and MSRs as far as something before an operating system may
 * look at them (X:xen/arch/x86/hvm/viridian/{viridian,time}.c). Synthetic timers, interrupts and crash MSRs are #GP.
 */
#include <string.h>

#include "base/le.h"
#include "xen/private.h"

#define HV_GUEST_OS_ID 0x40000000u
#define HV_HYPERCALL 0x40000001u
#define HV_VP_INDEX 0x40000002u
#define HV_TIME_REF_COUNT 0x40000020u
#define HV_TSC_FREQUENCY 0x40000022u
#define HV_APIC_FREQUENCY 0x40000023u

#define LAPIC_HZ 100000000u
#define WINDOWS_2008 6u /* viridian_major, viridian_build */
#define WINDOWS_2008_BUILD 0x1772u
#define SPINLOCK_RETRIES 2047u

/* Privileges of leaf 3 that follow from a group. */
static const struct {
    uint32_t group, eax, edx;
} privileges[] = {
    {HVMPV_time_ref_count, 1u << 1, 0}, {HVMPV_synic, 1u << 2, 1u << 17}, {HVMPV_stimer, 1u << 3, 0},
    {HVMPV_reference_tsc, 1u << 9, 0},  {HVMPV_crash_ctl, 0, 1u << 10},   {HVMPV_cpu_hotplug, 0, 1u << 3},
};
#define PRIVILEGES_ALWAYS (1u << 4 | 1u << 5 | 1u << 6) /* interrupt control, hypercall and VP index MSRs */
#define PRIVILEGE_FREQUENCIES (1u << 11)

static void features(const struct xen *x, uint32_t out[4])
{
    out[0] = PRIVILEGES_ALWAYS | ((x->layout->viridian & HVMPV_no_freq) != 0 ? 0 : PRIVILEGE_FREQUENCIES);
    for (size_t i = 0; i < sizeof privileges / sizeof privileges[0]; i++)
        if ((x->layout->viridian & privileges[i].group) != 0) {
            out[0] |= privileges[i].eax;
            out[3] |= privileges[i].edx;
        }
}

/* Zero until the guest says that it is a Windows of at least NT. */
static void recommendations(const struct xen *x, uint32_t out[4])
{
    const uint32_t mask = x->layout->viridian;
    if (x->viridian_os == 0 || (x->viridian_os >> 40 & 0xFF) < 4)
        return;
    out[0] = 1u << 3 | 1u << 5; /* MSR based APIC, relaxed timers */
    out[0] |= (mask & HVMPV_hcall_remote_tlb_flush) != 0 ? 1u << 2 : 0;
    out[0] |= (mask & HVMPV_hcall_ipi) != 0 ? 1u << 10 : 0;
    out[0] |= (mask & HVMPV_ex_processor_masks) != 0 ? 1u << 11 : 0;
    out[1] = SPINLOCK_RETRIES;
}

void viridian_cpuid(const struct xen *x, uint32_t leaf, uint32_t out[4])
{
    memset(out, 0, 4 * sizeof out[0]);
    switch (leaf & 0xFF) {
    case 0:
        out[0] = 0x40000006;
        out[1] = 0x7263694D; /* "Microsoft Hv" */
        out[2] = 0x666F736F;
        out[3] = 0x76482074;
        break;
    case 1:
        out[0] = 0x31237648; /* "Hv#1" */
        break;
    case 2:
        if (x->viridian_os != 0) {
            out[0] = WINDOWS_2008_BUILD;
            out[1] = WINDOWS_2008 << 16;
        }
        break;
    case 3:
        features(x, out);
        break;
    case 4:
        recommendations(x, out);
        break;
    case 5:
        out[0] = (x->layout->viridian & HVMPV_no_vp_limit) != 0 ? UINT32_MAX : 0;
        break;
    case 6:
        out[0] = 1u << 1 | (x->layout->hap ? 1u << 3 : 0); /* MSR bitmaps, nested paging */
        break;
    default:
        break;
    }
}

bool viridian_rdmsr(const struct xen *x, uint32_t index, uint64_t *value)
{
    const uint32_t mask = x->layout->viridian;
    const struct {
        uint32_t index;
        bool there;
        uint64_t value;
    } msrs[] = {
        {HV_GUEST_OS_ID, true, x->viridian_os},
        {HV_HYPERCALL, true, x->viridian_hypercall},
        {HV_VP_INDEX, true, x->vcpus->current},
        {HV_TIME_REF_COUNT, (mask & HVMPV_time_ref_count) != 0, clock_ns(x->clock) / 100},
        {HV_TSC_FREQUENCY, (mask & HVMPV_no_freq) == 0, CLOCK_TSC_KHZ * 1000ull},
        {HV_APIC_FREQUENCY, (mask & HVMPV_no_freq) == 0, LAPIC_HZ},
    };
    for (size_t i = 0; i < sizeof msrs / sizeof msrs[0]; i++)
        if (msrs[i].index == index && msrs[i].there) {
            *value = msrs[i].value;
            return true;
        }
    return false;
}

/* Bit 31 of EAX tells Hyper-V's hypercalls from Xen's (X:viridian.c:enable_hypercall_page). */
static void enable_hypercall_page(struct xen *x)
{
    const uint64_t gpa = page_down(x->viridian_hypercall);
    uint8_t *const page = gpa >> PAGE_SHIFT < xen_gfn_end(x) ? memory_hva(x->memory, gpa) : NULL;
    if (page == NULL)
        return;
    const uint8_t code[] = {0x0D, 0, 0, 0, 0x80, 0x0F, 0x01, x->layout->vendor == VENDOR_AMD ? 0xD9 : 0xC1, 0xC3};
    memset(page, 0xCC, PAGE_SIZE);
    memcpy(page, code, sizeof code);
}

bool viridian_wrmsr(struct xen *x, uint32_t index, uint64_t value)
{
    switch (index) {
    case HV_GUEST_OS_ID:
        x->viridian_os = value;
        return true;
    case HV_HYPERCALL:
        x->viridian_hypercall = value;
        if ((value & 1) != 0)
            enable_hypercall_page(x);
        return true;
    case HV_VP_INDEX:
        return true;
    default:
        return false;
    }
}
