/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two 8259A interrupt controllers and their edge/level registers. Their registers work; nothing is ever
 * delivered, for SEC and PEI run with interrupts off and the bed raises none.
 */
#include "dev/device.h"

#define MASTER 0x20
#define SLAVE 0xA0
#define ELCR 0x4D0

#define ICW1_INIT 0x10u
#define ICW1_SINGLE 0x02u
#define ICW1_ICW4 0x01u

struct chip {
    uint8_t mask;
    uint8_t elcr, elcr_mask;
    uint8_t vector_base;
    uint8_t icw1;
    uint8_t next_icw; /* 0: operational, else the ICW number that the data port expects */
};

struct pic {
    struct chip chip[2];
};

static struct chip *chip_at(struct pic *p, uint64_t port)
{
    return &p->chip[port >= SLAVE && port <= SLAVE + 1];
}

static uint64_t pic_read(void *self, uint64_t port, unsigned size)
{
    (void)size;
    const struct chip *c = chip_at(self, port);
    return (port & 1) != 0 ? c->mask : 0; /* nothing requested, nothing in service */
}

static void pic_write(void *self, uint64_t port, unsigned size, uint64_t value)
{
    (void)size;
    struct chip *c = chip_at(self, port);
    const uint8_t v = (uint8_t)value;
    if ((port & 1) == 0) {
        if ((v & ICW1_INIT) != 0) {
            c->icw1 = v;
            c->mask = 0;
            c->next_icw = 2;
        }
        return; /* OCW2 and OCW3 choose among requests, and there are none */
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
    p->chip[0].elcr_mask = 0xF8; /* X:xen/arch/x86/hvm/vpic.c:vpic_elcr_mask */
    p->chip[1].elcr_mask = 0xDE;
    if (after_hvmloader(e)) { /* X:tools/firmware/hvmloader/pci.c:pci_setup */
        p->chip[0].elcr = 0x20;
        p->chip[1].elcr = 0x0C;
    }
    return bus_claim_io(e->bus, MASTER, MASTER + 1, &pic_ops, p) &&
           bus_claim_io(e->bus, SLAVE, SLAVE + 1, &pic_ops, p) && bus_claim_io(e->bus, ELCR, ELCR + 1, &elcr_ops, p);
}
