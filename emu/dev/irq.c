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

/* X:xen/arch/x86/hvm/irq.c:assert_gsi, assert_irq. */
static void change(struct irq *q, unsigned gsi, bool on)
{
    uint8_t *const n = &q->pulled[gsi];
    const bool edge = on ? (*n)++ == 0 : --*n == 0;
    if (!edge)
        return;
    if (on && q->ioapic != NULL)
        ioapic_raise(q->ioapic, gsi);
    if (gsi < 16 && q->pic != NULL)
        pic_level(q->pic, gsi, on);
    q->changed = true;
}

void irq_level(struct irq *q, unsigned gsi, bool on)
{
    if (gsi < IRQ_GSIS && (on ? q->pulled[gsi] < UINT8_MAX : q->pulled[gsi] != 0))
        change(q, gsi, on);
}

/* X:xen/arch/x86/include/asm/hvm/irq.h:hvm_pci_intx_gsi, hvm_pci_intx_link; irq.c:__hvm_pci_intx_assert. */
void irq_intx(struct irq *q, unsigned device, unsigned pin, bool on)
{
    const unsigned gsi = (((device << 2) + (device >> 3) + pin) & 31) + 16, link = (device + pin) & 3;
    if (on ? q->linked[link] == UINT8_MAX : q->linked[link] == 0)
        return;
    irq_level(q, gsi, on);
    const bool edge = on ? q->linked[link]++ == 0 : --q->linked[link] == 0;
    if (edge && q->route[link] != 0)
        irq_level(q, q->route[link], on);
}

/* X:irq.c:hvm_set_pci_link_route: what pulls the link moves with it. The top bit turns it off. */
void irq_set_route(struct irq *q, unsigned link, uint8_t value)
{
    const uint8_t line = (value & 0x80) != 0 ? 0 : value & 15, old = q->route[link];
    if (line == old)
        return;
    q->route[link] = line;
    if (q->linked[link] == 0)
        return;
    if (old != 0)
        irq_level(q, old, false);
    if (line != 0)
        irq_level(q, line, true);
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
