/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The 8254 interval timer, counting virtual time, and the bits of port 0x61 that belong to it. Binary counting in
 * modes 0 to 5; BCD is taken for binary. Counter 0 is ISA interrupt 0.
 */
#include "dev/device.h"
#include "dev/irq.h"

#define PORT_COUNTER 0x40
#define PORT_MODE 0x43
#define PORT_61 0x61
#define PIT_HZ 1193182u

#define GATE2 0x01u
#define SPEAKER 0x02u
#define REFRESH 0x10u /* toggles with each memory refresh, about every 15 us */
#define OUT2 0x20u

enum access { ACCESS_LATCH, ACCESS_LOW, ACCESS_HIGH, ACCESS_BOTH };

struct channel {
    uint32_t reload;    /* 1 .. 0x10000 */
    uint64_t loaded_at; /* ticks */
    uint8_t mode, access;
    uint8_t low_written; /* first half of a two-byte write */
    bool write_high, read_high;
    bool latched;
    uint16_t latch;
    bool status_latched;
    uint8_t status;
};

struct pit {
    struct channel ch[3];
    uint8_t port61;
    bool
        ticking; /* counter 0 has been programmed: until then it asks for nothing (X:xen/arch/x86/emul-i8254.c:pit_reset) */
    uint64_t asked_at; /* tick of counter 0 at which the last edge was sent */
    const struct clock *clock;
    struct irq *irq;
};

static uint64_t now(const struct pit *p)
{
    return ticks_at(clock_ns(p->clock), PIT_HZ);
}

static bool periodic(const struct channel *c)
{
    return c->mode == 2 || c->mode == 3;
}

static uint16_t count(const struct pit *p, const struct channel *c)
{
    uint64_t passed = now(p) - c->loaded_at;
    if (c->mode == 3)
        passed *= 2; /* a square wave counts down by two */
    if (periodic(c))
        return (uint16_t)(c->reload - passed % c->reload);
    return (uint16_t)(c->reload - passed); /* one shot: goes on below zero */
}

static bool output(const struct pit *p, const struct channel *c)
{
    const uint64_t passed = now(p) - c->loaded_at;
    switch (c->mode) {
    case 0:
    case 1:
        return passed >= c->reload;
    case 2:
        return passed % c->reload != c->reload - 1;
    case 3:
        return passed % c->reload < (c->reload + 1) / 2;
    default:
        return passed != c->reload;
    }
}

/* --- counter 0's interrupt: a rising edge of its output --------------------------------------------------------------- */

/* The tick of the first one after @tick. */
static uint64_t next_edge(const struct channel *c, uint64_t tick)
{
    if (periodic(c))
        return c->loaded_at + ((tick - c->loaded_at) / c->reload + 1) * c->reload;
    const uint64_t at = c->loaded_at + c->reload;
    return at > tick ? at : IRQ_NEVER;
}

/* The first ns that is not before @tick. */
static uint64_t tick_ns(uint64_t tick)
{
    const uint64_t second = 1000000000u;
    return tick / PIT_HZ * second + (tick % PIT_HZ * second + PIT_HZ - 1) / PIT_HZ;
}

static uint64_t timer_due(void *self)
{
    const struct pit *p = self;
    const struct channel *c = &p->ch[0];
    if (!p->ticking || !irq_open(p->irq, IRQ_PIT))
        return IRQ_NEVER;
    const uint64_t at = next_edge(c, p->asked_at > c->loaded_at ? p->asked_at : c->loaded_at);
    return at != IRQ_NEVER ? tick_ns(at) : IRQ_NEVER;
}

static void timer_fire(void *self)
{
    struct pit *p = self;
    p->asked_at = now(p);
    irq_pulse(p->irq, IRQ_PIT);
}

/* --- ports ------------------------------------------------------------------------------------------------------------ */

static uint8_t counter_read(struct pit *p, struct channel *c)
{
    if (c->status_latched) {
        c->status_latched = false;
        return c->status;
    }
    const uint16_t v = c->latched ? c->latch : count(p, c);
    bool high = c->access == ACCESS_HIGH;
    bool last = true;
    if (c->access == ACCESS_BOTH) {
        high = c->read_high;
        last = high;
        c->read_high = !c->read_high;
    }
    if (last)
        c->latched = false;
    return (uint8_t)(high ? v >> 8 : v);
}

static void load(struct pit *p, struct channel *c, uint32_t value)
{
    c->reload = value != 0 ? value : 0x10000;
    c->loaded_at = now(p);
    p->ticking |= c == &p->ch[0];
}

static void counter_write(struct pit *p, struct channel *c, uint8_t v)
{
    switch (c->access) {
    case ACCESS_LOW:
        load(p, c, v);
        break;
    case ACCESS_HIGH:
        load(p, c, (uint32_t)v << 8);
        break;
    default:
        if (c->write_high)
            load(p, c, (uint32_t)v << 8 | c->low_written);
        else
            c->low_written = v;
        c->write_high = !c->write_high;
        break;
    }
}

static void latch_count(struct pit *p, struct channel *c)
{
    if (!c->latched) {
        c->latched = true;
        c->latch = count(p, c);
    }
}

static void read_back(struct pit *p, uint8_t v)
{
    for (unsigned i = 0; i < 3; i++) {
        struct channel *c = &p->ch[i];
        if ((v & 2u << i) == 0)
            continue;
        if ((v & 0x20) == 0)
            latch_count(p, c);
        if ((v & 0x10) == 0 && !c->status_latched) {
            c->status = (uint8_t)((output(p, c) ? 0x80 : 0) | c->access << 4 | c->mode << 1);
            c->status_latched = true;
        }
    }
}

static void mode_write(struct pit *p, uint8_t v)
{
    const unsigned select = v >> 6;
    if (select == 3) {
        read_back(p, v);
        return;
    }
    struct channel *c = &p->ch[select];
    const uint8_t access = v >> 4 & 3;
    if (access == ACCESS_LATCH) {
        latch_count(p, c);
        return;
    }
    c->access = access;
    c->mode = v >> 1 & 7;
    if (c->mode > 5)
        c->mode &= 3; /* the chip ignores the top bit of modes 2 and 3 */
    c->latched = c->status_latched = c->read_high = c->write_high = false;
    load(p, c, 0);
}

static uint64_t pit_read(void *self, uint64_t port, unsigned size)
{
    struct pit *p = self;
    (void)size;
    return port == PORT_MODE ? 0xFF : counter_read(p, &p->ch[port - PORT_COUNTER]);
}

static void pit_write(void *self, uint64_t port, unsigned size, uint64_t value)
{
    struct pit *p = self;
    (void)size;
    if (port == PORT_MODE)
        mode_write(p, (uint8_t)value);
    else
        counter_write(p, &p->ch[port - PORT_COUNTER], (uint8_t)value);
    p->irq->changed = true;
}

static uint64_t port61_read(void *self, uint64_t port, unsigned size)
{
    const struct pit *p = self;
    (void)port;
    (void)size;
    const bool refresh = (clock_ns(p->clock) / 15085 & 1) != 0;
    return p->port61 | (refresh ? REFRESH : 0) | (output(p, &p->ch[2]) ? OUT2 : 0);
}

static void port61_write(void *self, uint64_t port, unsigned size, uint64_t value)
{
    struct pit *p = self;
    (void)port;
    (void)size;
    if ((value & GATE2) != 0 && (p->port61 & GATE2) == 0)
        p->ch[2].loaded_at = now(p); /* a rising gate starts the count anew */
    p->port61 = (uint8_t)(value & (GATE2 | SPEAKER));
}

static const struct device_ops pit_ops = {.name = "8254", .read = pit_read, .write = pit_write};
static const struct device_ops port61_ops = {.name = "port 61", .read = port61_read, .write = port61_write};

bool pit_init(const struct device_env *e)
{
    struct pit *p = device_new(e->bus, sizeof *p);
    if (p == NULL)
        return false;
    p->clock = e->clock;
    p->irq = &e->platform->irq;
    irq_add_timer(p->irq, timer_due, timer_fire, p);
    for (unsigned i = 0; i < 3; i++) {
        p->ch[i].access = ACCESS_BOTH;
        p->ch[i].mode = 3;
        load(p, &p->ch[i], 0);
    }
    p->ticking = false;
    return bus_claim_io(e->bus, PORT_COUNTER, PORT_MODE, &pit_ops, p) &&
           bus_claim_io(e->bus, PORT_61, PORT_61, &port61_ops, p);
}
