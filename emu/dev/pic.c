/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two 8259A interrupt controllers and their edge/level registers. Fixed priorities: nobody rotates them. Lines are
 * pulsed, never held.
 */
#include "dev/device.h"
#include "dev/irq.h"

#define MASTER 0x20
#define SLAVE 0xA0
#define ELCR 0x4D0

#define ICW1_INIT 0x10u
#define ICW1_SINGLE 0x02u
#define ICW1_ICW4 0x01u
#define ICW4_AUTO_EOI 0x02u
#define OCW3 0x08u      /* in what is not ICW1: 0 for OCW2 */
#define OCW3_READ 0x02u /* bit 0 says which is read from now on */
#define OCW2_EOI 0x20u
#define OCW2_SPECIFIC 0x40u
#define CASCADE 2u

struct chip {
    uint8_t mask;
    uint8_t elcr, elcr_mask;
    uint8_t vector_base;
    uint8_t icw1;
    uint8_t next_icw;       /* 0: operational, else the ICW number that the data port expects */
    uint8_t asked, serving; /* IRR, ISR */
    bool auto_eoi, reads_serving;
};

struct pic {
    struct chip chip[2];
    struct irq *irq;
};

/* The line that would be served next; 8 for none. */
static unsigned next_line(const struct chip *c, uint8_t asked)
{
    const unsigned open = asked & ~(unsigned)c->mask;
    for (unsigned i = 0; i < 8 && (c->serving & 1u << i) == 0; i++)
        if ((open & 1u << i) != 0)
            return i;
    return 8;
}

/* With the slave's output, which the cascade line follows. */
static uint8_t master_asked(const struct pic *p)
{
    const struct chip *slave = &p->chip[1];
    return (uint8_t)(p->chip[0].asked | (next_line(slave, slave->asked) < 8 ? 1u << CASCADE : 0));
}

bool pic_waits(const struct pic *p)
{
    return next_line(&p->chip[0], master_asked(p)) < 8;
}

static uint8_t serve(struct chip *c, unsigned line)
{
    if ((c->elcr & 1u << line) == 0) /* a level asks as long as it is there: X:vpic.c:__vpic_intack */
        c->asked &= (uint8_t) ~(1u << line);
    if (!c->auto_eoi)
        c->serving |= (uint8_t)(1u << line);
    return (uint8_t)(c->vector_base + line);
}

uint8_t pic_take(struct pic *p)
{
    const unsigned line = next_line(&p->chip[0], master_asked(p));
    const uint8_t vector = serve(&p->chip[0], line & 7);
    if (line != CASCADE)
        return vector;
    return serve(&p->chip[1], next_line(&p->chip[1], p->chip[1].asked) & 7);
}

void pic_pulse(struct pic *p, unsigned line)
{
    p->chip[line >> 3 & 1].asked |= (uint8_t)(1u << (line & 7));
}

/* X:xen/arch/x86/hvm/vpic.c:vpic_irq_positive_edge, vpic_irq_negative_edge. */
void pic_level(struct pic *p, unsigned line, bool on)
{
    uint8_t *const asked = &p->chip[line >> 3 & 1].asked;
    const uint8_t bit = (uint8_t)(1u << (line & 7));
    if (line != CASCADE)
        *asked = on ? *asked | bit : *asked & (uint8_t)~bit;
}

bool pic_open(const struct pic *p, unsigned line)
{
    return (p->chip[line >> 3 & 1].mask & 1u << (line & 7)) == 0 &&
           (line < 8 || (p->chip[0].mask & 1u << CASCADE) == 0);
}

/* OCW2: only the ends of interrupts; OCW3: which register is read. */
static void command(struct chip *c, uint8_t v)
{
    if ((v & OCW3) != 0) {
        if ((v & OCW3_READ) != 0)
            c->reads_serving = (v & 1) != 0;
        return;
    }
    if ((v & OCW2_EOI) == 0)
        return;
    const unsigned lowest = (unsigned)__builtin_ctz(c->serving | 0x100u);
    const unsigned line = (v & OCW2_SPECIFIC) != 0 ? v & 7u : lowest;
    c->serving &= (uint8_t) ~(1u << line);
}

static struct chip *chip_at(struct pic *p, uint64_t port)
{
    return &p->chip[port >= SLAVE && port <= SLAVE + 1];
}

static uint64_t pic_read(void *self, uint64_t port, unsigned size)
{
    (void)size;
    const struct chip *c = chip_at(self, port);
    return (port & 1) != 0 ? c->mask : c->reads_serving ? c->serving : c->asked;
}

static void pic_write(void *self, uint64_t port, unsigned size, uint64_t value)
{
    (void)size;
    struct pic *p = self;
    struct chip *c = chip_at(p, port);
    const uint8_t v = (uint8_t)value;
    p->irq->changed = true;
    if ((port & 1) == 0) {
        if ((v & ICW1_INIT) == 0) {
            command(c, v);
            return;
        }
        c->icw1 = v;
        c->mask = c->asked = c->serving = 0;
        c->auto_eoi = c->reads_serving = false;
        c->next_icw = 2;
        return;
    }
    switch (c->next_icw) {
    case 0:
        c->mask = v;
        break;
    case 2:
        c->vector_base = v & 0xF8;
        c->next_icw = (c->icw1 & ICW1_SINGLE) == 0 ? 3 : (c->icw1 & ICW1_ICW4) != 0 ? 4 : 0;
        break;
    case 3:
        c->next_icw = (c->icw1 & ICW1_ICW4) != 0 ? 4 : 0;
        break;
    default:
        c->auto_eoi = (v & ICW4_AUTO_EOI) != 0;
        c->next_icw = 0;
        break;
    }
}

static uint64_t elcr_read(void *self, uint64_t port, unsigned size)
{
    const struct pic *p = self;
    (void)size;
    return p->chip[port & 1].elcr;
}

static void elcr_write(void *self, uint64_t port, unsigned size, uint64_t value)
{
    struct pic *p = self;
    (void)size;
    p->chip[port & 1].elcr = (uint8_t)(value & p->chip[port & 1].elcr_mask);
}

static const struct device_ops pic_ops = {.name = "8259", .read = pic_read, .write = pic_write};
static const struct device_ops elcr_ops = {.name = "elcr", .read = elcr_read, .write = elcr_write};

bool pic_init(const struct device_env *e)
{
    struct pic *p = device_new(e->bus, sizeof *p);
    if (p == NULL)
        return false;
    p->irq = &e->platform->irq;
    p->irq->pic = p;
    p->chip[0].elcr_mask = 0xF8; /* X:xen/arch/x86/hvm/vpic.c:vpic_elcr_mask */
    p->chip[1].elcr_mask = 0xDE;
    if (after_hvmloader(e)) { /* X:tools/firmware/hvmloader/pci.c:pci_setup */
        p->chip[0].elcr = 0x20;
        p->chip[1].elcr = 0x0C;
    }
    return bus_claim_io(e->bus, MASTER, MASTER + 1, &pic_ops, p) &&
           bus_claim_io(e->bus, SLAVE, SLAVE + 1, &pic_ops, p) && bus_claim_io(e->bus, ELCR, ELCR + 1, &elcr_ops, p);
}
