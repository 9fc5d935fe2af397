/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The shared info page: the vCPUs' clocks and the wall clock. One page, mapped at one gfn at most. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/le.h"
#include "xen/private.h"

#define TIME_AT(vcpu) \
    (offsetof(struct shared_info, vcpu_info) + (vcpu) * sizeof(struct vcpu_info) + offsetof(struct vcpu_info, time))

/* 2 GHz needs no rounding: 1 ns is two cycles (X:xen/arch/x86/time.c:set_time_scale). */
#define TSC_MUL 0x80000000u
#define TSC_SHIFT 0
_Static_assert(CLOCK_TSC_KHZ == 2000000u, "TSC_MUL and TSC_SHIFT belong to 2 GHz");

/* Wall clock at boot: 2026-01-01 00:00:00 UTC, the same instant that the RTC shows. */
#define BOOT_SECONDS 1767225600u

void shared_info_wall_clock(uint8_t page[4096])
{
    put_le32(page + offsetof(struct shared_info, wc_version), 2);
    put_le32(page + offsetof(struct shared_info, wc_sec), BOOT_SECONDS);
    put_le32(page + offsetof(struct shared_info, wc_nsec), 0);
}

bool shared_info_init(struct xen *x)
{
    x->shared_info = calloc(1, PAGE_SIZE);
    if (x->shared_info == NULL)
        return false;
    /*
     * hvmloader leaves it mapped and has cleared the vCPU's part; the plan has a reserved page of RAM there that stands
     * for it.
     */
    if (x->layout->type == GUEST_HVM) {
        x->shared_info_gpa = HVMLOADER_SHARED_INFO;
        shared_info_wall_clock(x->shared_info);
    } else {
        shared_info_update(x);
    }
    return true;
}

void shared_info_exit(struct xen *x)
{
    free(x->shared_info);
    x->shared_info = NULL;
}

static void update_time(struct xen *x, unsigned vcpu)
{
    uint8_t *t = x->shared_info + TIME_AT(vcpu);
    /* Two steps at a time: the version is odd only while Xen writes, which no guest can see on one processor. */
    put_le32(t + offsetof(struct vcpu_time_info, version), le32(t + offsetof(struct vcpu_time_info, version)) + 2);
    put_le64(t + offsetof(struct vcpu_time_info, tsc_timestamp), clock_tsc(x->clock));
    put_le64(t + offsetof(struct vcpu_time_info, system_time), clock_ns(x->clock));
    put_le32(t + offsetof(struct vcpu_time_info, tsc_to_system_mul), TSC_MUL);
    t[offsetof(struct vcpu_time_info, tsc_shift)] = TSC_SHIFT;
    t[offsetof(struct vcpu_time_info, flags)] = XEN_PVCLOCK_TSC_STABLE_BIT;
}

void shared_info_update(struct xen *x)
{
    /* Xen brings a vCPU's clock up to date when it runs it (X:xen/arch/x86/domain.c:context_switch). */
    for (unsigned i = 0; i < x->vcpus->nr && i < XEN_LEGACY_MAX_VCPUS; i++)
        if (x->vcpus->v[i].state == VCPU_UP)
            update_time(x, i);
    shared_info_wall_clock(x->shared_info);
}

/* The page leaves its old place, if any (X:xen/arch/x86/mm/p2m.c). */
int64_t shared_info_map(struct xen *x, uint64_t gfn)
{
    shared_info_update(x);
    return p2m_map_xens(x, x->shared_info, &x->shared_info_gpa, gfn, "shared info");
}

/* True when it was clear. */
static bool set_bit(uint8_t *bits, uint32_t at)
{
    const uint8_t old = bits[at / 8], mask = (uint8_t)(1u << (at % 8));
    bits[at / 8] = (uint8_t)(old | mask);
    return (old & mask) == 0;
}

/* Pending bits, and behind them mask bits, in words of the guest's width. */
static uint8_t *pending_bits(struct xen *x)
{
    return x->shared_info + offsetof(struct shared_info, evtchn_pending);
}

static uint32_t word_bits(bool compat)
{
    return compat ? 32 : 64;
}

bool xen_upcall_pending(const struct xen *x)
{
    return x->shared_info[offsetof(struct shared_info, vcpu_info) +
                          offsetof(struct vcpu_info, evtchn_upcall_pending)] != 0;
}

/* machine/upcall.c delivers it. */
static void tell(struct xen *x, uint32_t port, bool compat)
{
    const uint32_t bits = word_bits(compat);
    uint8_t *const vcpu = x->shared_info + offsetof(struct shared_info, vcpu_info);
    if (set_bit(vcpu + bits / 8, port / bits)) /* evtchn_pending_sel is its second word */
        vcpu[offsetof(struct vcpu_info, evtchn_upcall_pending)] = 1;
}

/* X:xen/common/event_2l.c:evtchn_2l_set_pending. */
void shared_info_event(struct xen *x, uint32_t port, bool compat)
{
    const uint32_t bits = word_bits(compat);
    if (port >= bits * bits || !set_bit(pending_bits(x), port))
        return;
    const uint8_t *const mask = pending_bits(x) + (size_t)bits * bits / 8;
    if ((mask[port / 8] >> (port % 8) & 1) == 0)
        tell(x, port, compat);
}

void shared_info_forget_event(struct xen *x, uint32_t port, bool compat)
{
    if (port < word_bits(compat) * word_bits(compat))
        pending_bits(x)[port / 8] &= (uint8_t) ~(1u << (port % 8));
}

/* X:xen/common/event_2l.c:evtchn_2l_unmask. */
void shared_info_unmask(struct xen *x, uint32_t port, bool compat)
{
    const uint32_t bits = word_bits(compat);
    if (port >= bits * bits)
        return;
    uint8_t *const mask = pending_bits(x) + (size_t)bits * bits / 8, bit = (uint8_t)(1u << (port % 8));
    const bool was = (mask[port / 8] & bit) != 0;
    mask[port / 8] &= (uint8_t)~bit;
    if (was && (pending_bits(x)[port / 8] & bit) != 0)
        tell(x, port, compat);
}
