/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The local APIC's registers and state, for lapic.c (registers, commands), lapic_irq.c and lapic_timer.c alone. */
#ifndef HVMBED_DEV_LAPIC_PARTS_H
#define HVMBED_DEV_LAPIC_PARTS_H

#include "dev/irq.h"
#include "machine/clock.h"
#include "machine/vcpu.h"

#define LAPIC_BASE 0xFEE00000ull
#define VERSION 0x00050014u /* X: VLAPIC_VERSION, version 14, six LVT entries */
#define BUS_CYCLE_NS 10u    /* X:xen/arch/x86/include/asm/hvm/vlapic.h: APIC_BUS_CYCLE_NS, 100 MHz */

enum reg {
    REG_ID = 0x020,
    REG_VERSION = 0x030,
    REG_TPR = 0x080,
    REG_PPR = 0x0A0,
    REG_EOI = 0x0B0,
    REG_LDR = 0x0D0,
    REG_DFR = 0x0E0,
    REG_SPIV = 0x0F0,
    REG_ISR = 0x100, /* and seven more, as of the next one */
    REG_TMR = 0x180, /* which are levels */
    REG_IRR = 0x200,
    REG_ICR = 0x300,
    REG_ICR2 = 0x310,
    REG_LVTT = 0x320,
    REG_LVT_THERMAL = 0x330,
    REG_LVT_PERF = 0x340,
    REG_LVT0 = 0x350,
    REG_LVT1 = 0x360,
    REG_LVT_ERROR = 0x370,
    REG_TMICT = 0x380,
    REG_TMCCT = 0x390,
    REG_TDCR = 0x3E0,
};
#define REG_END 0x400u

#define SPIV_ENABLED 0x100u
#define LVT_MASKED 0x10000u
#define LVTT_MODE 0x60000u
#define LVTT_PERIODIC 0x20000u
#define LVT_MODE 0x700u
#define LVT_EXTINT 0x700u
#define ICR_MODE 0x700u
#define ICR_FIXED 0x000u
#define ICR_LOWEST 0x100u
#define ICR_INIT 0x500u
#define ICR_STARTUP 0x600u
#define ICR_LOGICAL 0x800u
#define ICR_PENDING 0x1000u
#define ICR_ASSERT 0x4000u
#define ICR_LEVEL 0x8000u
#define ICR_SHORTHAND 0xC0000u
#define ICR_SELF 0x40000u
#define ICR_ALL_BUT_SELF 0xC0000u
#define DFR_FLAT 0xFFFFFFFFu
#define DFR_CLUSTER 0x0FFFFFFFu

struct apic {
    uint32_t reg[REG_END / 16];
    uint64_t started_at; /* ns, when the count was @start */
    uint32_t start;
    uint64_t next; /* ns at which the timer runs out, masked or not; IRQ_NEVER when it stands */
    const struct clock *clock;
};

struct lapic {
    struct vcpus *vcpus;
    struct irq *irq;
    struct apic cpu[]; /* of all that the guest has */
};

static inline uint32_t *reg_at(struct apic *a, uint64_t reg)
{
    return &a->reg[reg / 16];
}

/* lapic_irq.c: a fixed interrupt for this processor; the end of the one in service; what PPR reads. */
void lapic_request(struct lapic *l, unsigned vcpu, uint8_t vector, bool level);
void lapic_end_of_interrupt(struct lapic *l, struct apic *a);
uint8_t lapic_priority(const struct apic *a);
/* lapic_timer.c */
uint32_t lapic_count(struct apic *a);
/* Before the divisor or the mode changes: what has been counted so far stays counted. */
void lapic_timer_rebase(struct apic *a);
/* After any change to it. */
void lapic_timer_plan(struct apic *a);
void lapic_timer_add(struct lapic *l);

#endif
