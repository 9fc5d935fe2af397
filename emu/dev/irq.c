/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dev/irq.h"

void irq_add_timer(struct irq *q, uint64_t (*due)(void *self), void (*fire)(void *self), void *self)
{
    if (q->nr_timers < IRQ_TIMERS_MAX)
        q->timer[q->nr_timers++] = (struct irq_timer){due, fire, self};
}

uint64_t irq_next(const struct irq *q)
{
    uint64_t next = IRQ_NEVER;
    for (size_t i = 0; i < q->nr_timers; i++) {
        const uint64_t due = q->timer[i].due(q->timer[i].self);
        if (due < next)
            next = due;
    }
    return next;
}

void irq_run(struct irq *q, uint64_t ns)
{
    for (size_t i = 0; i < q->nr_timers; i++)
        if (q->timer[i].due(q->timer[i].self) <= ns)
            q->timer[i].fire(q->timer[i].self);
}

/* X:xen/arch/x86/hvm/irq.c: hvm_isa_irq_to_gsi, the override that the MADT tells too. */
static unsigned pin_of(unsigned line)
{
    return line == IRQ_PIT ? 2 : line;
}

void irq_pulse(struct irq *q, unsigned line)
{
    if (q->pic != NULL)
        pic_pulse(q->pic, line);
    if (q->ioapic != NULL)
        ioapic_pulse(q->ioapic, pin_of(line));
    q->changed = true;
}

static bool hears_pic(const struct irq *q, unsigned vcpu)
{
    return q->pic != NULL && vcpu == 0 &&
           (lapic_takes_pic(q->lapic, vcpu) || (q->ioapic != NULL && ioapic_passes_pic(q->ioapic)));
}

bool irq_open(const struct irq *q, unsigned line)
{
    return (hears_pic(q, 0) && pic_open(q->pic, line)) || (q->ioapic != NULL && ioapic_open(q->ioapic, pin_of(line)));
}

bool irq_waits(const struct irq *q, unsigned vcpu)
{
    return lapic_waits(q->lapic, vcpu) || (hears_pic(q, vcpu) && pic_waits(q->pic));
}

uint8_t irq_take(struct irq *q, unsigned vcpu)
{
    if (hears_pic(q, vcpu) && pic_waits(q->pic))
        return pic_take(q->pic);
    return lapic_take(q->lapic, vcpu);
}
