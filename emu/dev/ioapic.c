/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Xen's I/O APIC: 48 pins (X:xen/arch/x86/hvm/vioapic.c). Edges are passed on; a level until its end is told, and then
 * again as long as the line is pulled.
 */
#include "dev/device.h"
#include "dev/irq.h"

#define IOAPIC_BASE 0xFEC00000ull
#define REG_SELECT 0x00
#define REG_WINDOW 0x10

#define PINS IRQ_GSIS
#define VERSION (0x11u | (PINS - 1) << 16)
#define RTE_MASKED 0x10000u
#define RTE_READ_ONLY 0x5000u /* delivery status, remote IRR */
#define RTE_MODE 0x700u
#define RTE_FIXED 0x000u
#define RTE_LOWEST 0x100u
#define RTE_EXTINT 0x700u
#define RTE_LOGICAL 0x800u
#define RTE_REMOTE_IRR 0x4000u
#define RTE_LEVEL 0x8000u
#define RTE_DEST_SHIFT 56

struct ioapic {
    uint8_t select;
    uint32_t id;
    uint64_t rte[PINS];
    struct irq *irq;
};

static uint32_t get(const struct ioapic *a)
{
    if (a->select == 0 || a->select == 2)
        return a->id; /* the arbitration id follows the id */
    if (a->select == 1)
        return VERSION;
    const unsigned pin = (a->select - 0x10u) >> 1;
    if (a->select < 0x10 || pin >= PINS)
        return 0;
    return (uint32_t)(a->rte[pin] >> ((a->select & 1) != 0 ? 32 : 0));
}

static void deliver(struct ioapic *a, unsigned pin)
{
    const uint64_t rte = a->rte[pin];
    lapic_accept(a->irq->lapic, (uint8_t)(rte >> RTE_DEST_SHIFT), (rte & RTE_LOGICAL) != 0, (uint8_t)rte,
                 (rte & RTE_LEVEL) != 0);
}

/* A level that is pulled, not masked and not being served. */
static void look_at_level(struct ioapic *a, unsigned pin)
{
    if ((a->rte[pin] & RTE_LEVEL) == 0 || !ioapic_open(a, pin) || (a->rte[pin] & RTE_REMOTE_IRR) != 0 ||
        a->irq->pulled[pin] == 0)
        return;
    a->rte[pin] |= RTE_REMOTE_IRR;
    deliver(a, pin);
}

/* X:vioapic.c:vioapic_write_redirent. */
static void set(struct ioapic *a, uint32_t v)
{
    if (a->select == 0)
        a->id = v & 0x0F000000;
    const unsigned pin = (a->select - 0x10u) >> 1;
    if (a->select < 0x10 || pin >= PINS)
        return;
    const bool high = (a->select & 1) != 0;
    if (!high)
        v = (v & ~RTE_READ_ONLY) | ((v & RTE_LEVEL) != 0 ? (uint32_t)a->rte[pin] & RTE_REMOTE_IRR : 0);
    a->rte[pin] = register_merge(a->rte[pin], high ? 4 : 0, 4, v);
    look_at_level(a, pin);
}

bool ioapic_open(const struct ioapic *a, unsigned pin)
{
    const uint64_t rte = a->rte[pin];
    return (rte & RTE_MASKED) == 0 && ((rte & RTE_MODE) == RTE_FIXED || (rte & RTE_MODE) == RTE_LOWEST);
}

void ioapic_pulse(struct ioapic *a, unsigned pin)
{
    if (ioapic_open(a, pin))
        deliver(a, pin);
}

/* X:vioapic.c:vioapic_irq_positive_edge. */
void ioapic_raise(struct ioapic *a, unsigned pin)
{
    if ((a->rte[pin] & RTE_LEVEL) != 0)
        look_at_level(a, pin);
    else
        ioapic_pulse(a, pin);
}

/* X:vioapic.c:vioapic_update_EOI. */
void ioapic_end(struct ioapic *a, uint8_t vector)
{
    for (unsigned pin = 0; pin < PINS; pin++) {
        if ((uint8_t)a->rte[pin] != vector)
            continue;
        a->rte[pin] &= ~(uint64_t)RTE_REMOTE_IRR;
        look_at_level(a, pin);
    }
}

bool ioapic_passes_pic(const struct ioapic *a)
{
    return (a->rte[0] & RTE_MASKED) == 0 && (a->rte[0] & RTE_MODE) == RTE_EXTINT;
}

static uint64_t ioapic_read(void *self, uint64_t offset, unsigned size)
{
    const struct ioapic *a = self;
    const uint32_t v = offset >> 4 == REG_SELECT >> 4 ? a->select : offset >> 4 == REG_WINDOW >> 4 ? get(a) : 0;
    return register_part(v, offset & 15, size);
}

static void ioapic_write(void *self, uint64_t offset, unsigned size, uint64_t value)
{
    struct ioapic *a = self;
    (void)size;
    if (offset == REG_SELECT)
        a->select = (uint8_t)value;
    else if (offset == REG_WINDOW)
        set(a, (uint32_t)value);
    a->irq->changed = true;
}

static const struct device_ops ioapic_ops = {.name = "ioapic", .read = ioapic_read, .write = ioapic_write};

bool ioapic_init(const struct device_env *e)
{
    struct ioapic *a = device_new(e->bus, sizeof *a);
    if (a == NULL)
        return false;
    a->irq = &e->platform->irq;
    a->irq->ioapic = a;
    for (unsigned i = 0; i < PINS; i++)
        a->rte[i] = RTE_MASKED;
    /*
     * X:tools/firmware/hvmloader/hvmloader.c:apic_setup: 8259 interrupts through pin 0 (virtual wire). It means to set
     * id 1 as well, but writes a plain 1, and the id is in bits 24 to 27: it stays 0.
     */
    if (after_hvmloader(e)) {
        a->rte[0] = RTE_EXTINT;
        a->select = 0x11; /* its upper half, written last */
    }
    return bus_claim_mmio(e->bus, (struct span){IOAPIC_BASE, IOAPIC_BASE + PAGE_SIZE}, &ioapic_ops, a);
}
