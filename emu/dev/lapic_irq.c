/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The local APIC's requests, priorities and ends (Intel SDM 3A, 11.8). */
#include "dev/lapic_parts.h"

static uint32_t *bank(struct apic *a, uint32_t base, uint8_t vector)
{
    return reg_at(a, base + (vector / 32u) * 0x10u);
}

/* The highest vector of IRR or ISR; -1 for none. */
static int highest(const struct apic *a, uint32_t base)
{
    for (unsigned i = 8; i-- > 0;) {
        const uint32_t v = a->reg[base / 16 + i];
        if (v != 0)
            return (int)(i * 32 + 31 - (unsigned)__builtin_clz(v));
    }
    return -1;
}

uint8_t lapic_priority(const struct apic *a)
{
    const uint8_t tpr = (uint8_t)a->reg[REG_TPR / 16];
    const int serving = highest(a, REG_ISR);
    return serving >= 0 && (serving & 0xF0) > (tpr & 0xF0) ? (uint8_t)(serving & 0xF0) : tpr;
}

static bool enabled(const struct apic *a)
{
    return (a->reg[REG_SPIV / 16] & SPIV_ENABLED) != 0;
}

void lapic_request(struct lapic *l, unsigned vcpu, uint8_t vector, bool level)
{
    struct apic *a = &l->cpu[vcpu];
    if (!enabled(a) || vector < 16)
        return;
    uint32_t *const levels = bank(a, REG_TMR, vector), bit = 1u << (vector & 31);
    *levels = level ? *levels | bit : *levels & ~bit;
    *bank(a, REG_IRR, vector) |= 1u << (vector & 31);
    l->irq->changed = true;
}

void lapic_end_of_interrupt(struct lapic *l, struct apic *a)
{
    const int serving = highest(a, REG_ISR);
    l->irq->changed = true;
    if (serving < 0)
        return;
    const uint8_t vector = (uint8_t)serving;
    const uint32_t bit = 1u << (vector & 31);
    *bank(a, REG_ISR, vector) &= ~bit;
    if ((*bank(a, REG_TMR, vector) & bit) != 0 && l->irq->ioapic != NULL)
        ioapic_end(l->irq->ioapic, vector);
}

bool lapic_waits(const struct lapic *l, unsigned vcpu)
{
    const struct apic *a = &l->cpu[vcpu];
    const int asked = highest(a, REG_IRR);
    return asked >= 0 && (asked & 0xF0) > (lapic_priority(a) & 0xF0);
}

uint8_t lapic_take(struct lapic *l, unsigned vcpu)
{
    struct apic *a = &l->cpu[vcpu];
    const uint8_t vector = (uint8_t)highest(a, REG_IRR);
    *bank(a, REG_IRR, vector) &= ~(1u << (vector & 31));
    *bank(a, REG_ISR, vector) |= 1u << (vector & 31);
    return vector;
}

bool lapic_takes_pic(const struct lapic *l, unsigned vcpu)
{
    const struct apic *a = &l->cpu[vcpu];
    const uint32_t lvt0 = a->reg[REG_LVT0 / 16];
    return !enabled(a) || ((lvt0 & LVT_MASKED) == 0 && (lvt0 & LVT_MODE) == LVT_EXTINT);
}
