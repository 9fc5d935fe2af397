/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The local APIC's timer: it counts virtual time down, and asks when it is through. */
#include "dev/lapic_parts.h"

static unsigned divisor(struct apic *a)
{
    const uint32_t t = *reg_at(a, REG_TDCR);
    const unsigned code = (t & 3) | (t & 8) >> 1; /* bits 0, 1 and 3 */
    return 1u << ((code + 1) & 7);                /* 0: by 2 … 6: by 128, 7: by 1 */
}

uint32_t lapic_count(struct apic *a)
{
    const uint32_t initial = *reg_at(a, REG_TMICT);
    const uint64_t passed = (clock_ns(a->clock) - a->started_at) / BUS_CYCLE_NS / divisor(a);
    if (initial == 0)
        return 0;
    if (passed < a->start)
        return a->start - (uint32_t)passed;
    if ((*reg_at(a, REG_LVTT) & LVTT_MODE) != LVTT_PERIODIC)
        return 0;
    return initial - (uint32_t)((passed - a->start) % initial);
}

void lapic_timer_rebase(struct apic *a)
{
    a->start = lapic_count(a);
    a->started_at = clock_ns(a->clock);
}

static uint64_t cycles_ns(struct apic *a, uint32_t count)
{
    return (uint64_t)count * BUS_CYCLE_NS * divisor(a);
}

void lapic_timer_plan(struct apic *a)
{
    a->next = a->start != 0 ? a->started_at + cycles_ns(a, a->start) : IRQ_NEVER;
}

static uint64_t timer_due(void *self)
{
    const struct lapic *l = self;
    uint64_t next = IRQ_NEVER;
    for (unsigned i = 0; i < l->vcpus->nr; i++) {
        const struct apic *a = &l->cpu[i];
        if ((a->reg[REG_LVTT / 16] & LVT_MASKED) == 0 && a->next < next)
            next = a->next;
    }
    return next;
}

static void timer_fire(void *self)
{
    struct lapic *l = self;
    for (unsigned i = 0; i < l->vcpus->nr; i++) {
        struct apic *a = &l->cpu[i];
        const uint32_t lvtt = *reg_at(a, REG_LVTT);
        const uint64_t now = clock_ns(a->clock);
        if ((lvtt & LVT_MASKED) != 0 || a->next > now)
            continue;
        const uint64_t period = (lvtt & LVTT_MODE) == LVTT_PERIODIC ? cycles_ns(a, *reg_at(a, REG_TMICT)) : 0;
        a->next = period != 0 ? a->next + (now - a->next) / period * period + period : IRQ_NEVER;
        lapic_request(l, i, (uint8_t)lvtt, false);
    }
}

void lapic_timer_add(struct lapic *l)
{
    irq_add_timer(l->irq, timer_due, timer_fire, l);
}
