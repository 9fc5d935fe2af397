/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Xen's I/O APIC: 48 pins (X:xen/arch/x86/hvm/vioapic.c). Edges are passed on; nothing here pulls a level. */
#include "dev/device.h"
#include "dev/irq.h"

#define IOAPIC_BASE 0xFEC00000ull
#define REG_SELECT 0x00
#define REG_WINDOW 0x10

#define PINS 48u
#define VERSION (0x11u | (PINS - 1) << 16)
#define RTE_MASKED 0x10000u
#define RTE_READ_ONLY 0x5000u /* delivery status, remote IRR */
#define RTE_MODE 0x700u
#define RTE_FIXED 0x000u
#define RTE_LOWEST 0x100u
#define RTE_EXTINT 0x700u
#define RTE_LOGICAL 0x800u
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

static void set(struct ioapic *a, uint32_t v)
{
    if (a->select == 0)
        a->id = v & 0x0F000000;
    const unsigned pin = (a->select - 0x10u) >> 1;
    if (a->select < 0x10 || pin >= PINS)
        return;
    const bool high = (a->select & 1) != 0;
    if (!high)
        v &= ~RTE_READ_ONLY;
    a->rte[pin] = register_merge(a->rte[pin], high ? 4 : 0, 4, v);
}

bool ioapic_open(const struct ioapic *a, unsigned pin)
{
    const uint64_t rte = a->rte[pin];
    return (rte & RTE_MASKED) == 0 && ((rte & RTE_MODE) == RTE_FIXED || (rte & RTE_MODE) == RTE_LOWEST);
}

void ioapic_pulse(struct ioapic *a, unsigned pin)
{
    const uint64_t rte = a->rte[pin];
    if (ioapic_open(a, pin))
        lapic_accept(a->irq->lapic, (uint8_t)(rte >> RTE_DEST_SHIFT), (rte & RTE_LOGICAL) != 0, (uint8_t)rte);
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
