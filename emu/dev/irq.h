/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupts on their way from a device to a processor: timers that ask at a time, lines that ask at once, and the
 * controllers that pass it on. The machine asks when the next one comes and who waits; it does the delivering.
 */
#ifndef HVMBED_DEV_IRQ_H
#define HVMBED_DEV_IRQ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lapic;
struct pic;
struct ioapic;

#define IRQ_NEVER UINT64_MAX
#define IRQ_TIMERS_MAX 4
#define IRQ_PIT 0u /* ISA line of the 8254 */
#define IRQ_GSIS 48u
#define IRQ_LINKS 4u /* PIRQA..D */

/* A device that asks by itself when its time has come. */
struct irq_timer {
    /* Virtual ns at which it asks next, IRQ_NEVER when that could reach nobody. */
    uint64_t (*due)(void *self);
    void (*fire)(void *self); /* it is due */
    void *self;
};

struct irq {
    struct lapic *lapic;
    struct pic *pic;       /* NULL on PVH */
    struct ioapic *ioapic; /* NULL on PVH */
    struct irq_timer timer[IRQ_TIMERS_MAX];
    size_t nr_timers;
    uint8_t pulled[IRQ_GSIS]; /* how many pull that line: INTx is shared */
    uint8_t linked[IRQ_LINKS];
    uint8_t route[IRQ_LINKS]; /* ISA line of each link, 0 for none: registers 60-63 of the PIIX3 */
    bool changed;             /* since the machine last looked, something may have become due, or be waiting */
};

void irq_add_timer(struct irq *q, uint64_t (*due)(void *self), void (*fire)(void *self), void *self);
uint64_t irq_next(const struct irq *q);
/* All timers that are due at @ns ask. */
void irq_run(struct irq *q, uint64_t ns);
/* An edge on ISA line @line: to the 8259 and to the I/O APIC's pin (0 is wired to pin 2). */
void irq_pulse(struct irq *q, unsigned line);
/*
 * A level, by one more or one fewer who pull it: of a global line (below 16: the 8259's, too), or of pin INTA..D (0..3)
 * of a device on bus 0, which has a line of its own and one of the links.
 */
void irq_level(struct irq *q, unsigned gsi, bool on);
void irq_intx(struct irq *q, unsigned device, unsigned pin, bool on);
void irq_set_route(struct irq *q, unsigned link, uint8_t value);
/* Could an edge on it reach a processor? */
bool irq_open(const struct irq *q, unsigned line);

/* Does an interrupt wait for this processor? And: takes it; its vector. */
bool irq_waits(const struct irq *q, unsigned vcpu);
uint8_t irq_take(struct irq *q, unsigned vcpu);

/* The controllers, for irq.c alone: lapic.c, pic.c, ioapic.c. */
bool lapic_waits(const struct lapic *l, unsigned vcpu);
uint8_t lapic_take(struct lapic *l, unsigned vcpu);
/* A fixed interrupt for those that @dest means; @level: its end is told to the I/O APIC. */
void lapic_accept(struct lapic *l, uint8_t dest, bool logical, uint8_t vector, bool level);
/* Does this processor listen to the 8259 (X:vlapic.c:vlapic_accept_pic_intr)? */
bool lapic_takes_pic(const struct lapic *l, unsigned vcpu);
bool pic_waits(const struct pic *p);
uint8_t pic_take(struct pic *p);
void pic_pulse(struct pic *p, unsigned line);
void pic_level(struct pic *p, unsigned line, bool on);
bool pic_open(const struct pic *p, unsigned line);
void ioapic_pulse(struct ioapic *a, unsigned pin);
/* The line has gone up. */
void ioapic_raise(struct ioapic *a, unsigned pin);
/* A processor has ended a level interrupt. */
void ioapic_end(struct ioapic *a, uint8_t vector);
bool ioapic_open(const struct ioapic *a, unsigned pin);
/* Does pin 0 pass the 8259 on? */
bool ioapic_passes_pic(const struct ioapic *a);

#endif
