/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The RTC and its 128 bytes of CMOS. HVM only: a PVH guest reads all ones. Before hvmloader the memory sizes are zero;
 * QEMU has its own idea of them there, which hvmloader calls possibly erroneous and overwrites unread.
 */
#include <string.h>

#include "dev/device.h"

#define PORT_INDEX 0x70
#define PORT_DATA 0x71
#define CMOS_SIZE 128

#define RTC_REG_A 0x0A
#define RTC_REG_D 0x0D

struct cmos {
    uint8_t index;
    uint8_t ram[CMOS_SIZE];
};

/* The clock stands still at 2026-01-01 00:00:00, a Thursday, BCD and 24 hours: no host time may leak in. */
static const struct {
    uint8_t index, value;
} fixed[] = {
    {0x00, 0x00},      /* seconds */
    {0x02, 0x00},      /* minutes */
    {0x04, 0x00},      /* hours */
    {0x06, 0x05},      /* day of the week, Sunday = 1 */
    {0x07, 0x01},      /* day of the month */
    {0x08, 0x01},      /* month */
    {0x09, 0x26},      /* year */
    {0x32, 0x20},      /* century */
    {RTC_REG_A, 0x26}, /* divider on, UIP never set */
    {0x0B, 0x02},      /* 24 hours, BCD, no interrupts */
    {RTC_REG_D, 0x80}, /* battery good */
};

static void put16(struct cmos *c, unsigned low, unsigned high, uint64_t value)
{
    c->ram[low] = (uint8_t)value;
    c->ram[high] = (uint8_t)(value >> 8);
}

static uint64_t units_above(uint64_t end, uint64_t base, uint64_t unit)
{
    uint64_t n = end > base ? (end - base) / unit : 0;
    return n > UINT16_MAX ? UINT16_MAX : n;
}

/* X:tools/firmware/hvmloader/hvmloader.c:cmos_write_memory_size */
static void write_sizes(struct cmos *c, uint64_t end)
{
    put16(c, 0x15, 0x16, 640);                        /* KiB of base memory */
    put16(c, 0x17, 0x18, units_above(end, MIB, KIB)); /* KiB above 1 MiB */
    put16(c, 0x30, 0x31, units_above(end, MIB, KIB));
    put16(c, 0x34, 0x35, units_above(end, 16 * MIB, 64 * KIB));
}

static uint64_t cmos_read(void *self, uint64_t port, unsigned size)
{
    const struct cmos *c = self;
    (void)size;
    return port == PORT_DATA ? c->ram[c->index] : 0xFF; /* the index cannot be read back */
}

static void cmos_write(void *self, uint64_t port, unsigned size, uint64_t value)
{
    struct cmos *c = self;
    (void)size;
    if (port == PORT_INDEX)
        c->index = value & (CMOS_SIZE - 1); /* bit 7 masks NMIs */
    else if (c->index == RTC_REG_A)
        c->ram[RTC_REG_A] = value & 0x7F;                      /* UIP is read-only */
    else if (c->index < RTC_REG_A + 2 || c->index > RTC_REG_D) /* C and D are read-only */
        c->ram[c->index] = (uint8_t)value;
}

static const struct device_ops cmos_ops = {.name = "cmos", .read = cmos_read, .write = cmos_write};

bool cmos_init(const struct device_env *e)
{
    struct cmos *c = device_new(e->bus, sizeof *c);
    if (c == NULL)
        return false;
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
        c->ram[fixed[i].index] = fixed[i].value;

    if (after_hvmloader(e)) {
        write_sizes(c, e->guest->cmos_low_ram);
        c->index = 0x35; /* written last */
    }
    return bus_claim_io(e->bus, PORT_INDEX, PORT_DATA, &cmos_ops, c);
}
