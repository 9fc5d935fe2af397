/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Xen's HPET: 62.5 MHz, three 64-bit timers whose registers are kept and never fire (X:xen/arch/x86/hvm/hpet.c).
 * Stopped until the guest enables it.
 */
#include "dev/device.h"

#define HPET_BASE 0xFED00000ull
#define HPET_SIZE 0x400u

#define REG_ID 0x000
#define REG_CONFIG 0x010
#define REG_STATUS 0x020
#define REG_COUNTER 0x0F0
#define REG_TIMER 0x100 /* 0x20 bytes each: configuration, comparator, route */
#define TIMERS 3u

#define TICK_NS 16u
/* Period in fs, vendor 8086, legacy replacement, 64-bit counter, three timers, revision 1. */
#define ID_VALUE ((uint64_t)TICK_NS * 1000000u << 32 | 0x8086A201u)
#define CONFIG_ENABLE 1u

struct hpet {
    uint64_t config, status;
    uint64_t base;  /* counter when it was last started or set */
    uint64_t since; /* ns, when that was */
    uint64_t timer[TIMERS][4];
    const struct clock *clock;
};

static uint64_t counter(const struct hpet *h)
{
    if ((h->config & CONFIG_ENABLE) == 0)
        return h->base;
    return h->base + (clock_ns(h->clock) - h->since) / TICK_NS;
}

static void restart(struct hpet *h, uint64_t value)
{
    h->base = value;
    h->since = clock_ns(h->clock);
}

static uint64_t *timer_register(struct hpet *h, uint64_t reg)
{
    if (reg < REG_TIMER || reg >= REG_TIMER + 0x20 * TIMERS)
        return NULL;
    return &h->timer[(reg - REG_TIMER) >> 5][reg >> 3 & 3];
}

static uint64_t get(struct hpet *h, uint64_t reg)
{
    switch (reg) {
    case REG_ID:
        return ID_VALUE;
    case REG_CONFIG:
        return h->config;
    case REG_STATUS:
        return h->status;
    case REG_COUNTER:
        return counter(h);
    default: {
        const uint64_t *t = timer_register(h, reg);
        return t != NULL ? *t : 0;
    }
    }
}

static void set(struct hpet *h, uint64_t reg, uint64_t value)
{
    switch (reg) {
    case REG_CONFIG:
        restart(h, counter(h));
        h->config = value & 3;
        break;
    case REG_COUNTER:
        restart(h, value);
        break;
    default: {
        uint64_t *t = timer_register(h, reg);
        if (t != NULL)
            *t = value;
        break;
    }
    }
}

static uint64_t hpet_read(void *self, uint64_t offset, unsigned size)
{
    if (offset >= HPET_SIZE)
        return register_part(UINT64_MAX, 0, size);
    return register_part(get(self, offset & ~7ull), offset & 7, size);
}

static void hpet_write(void *self, uint64_t offset, unsigned size, uint64_t value)
{
    struct hpet *h = self;
    const uint64_t reg = offset & ~7ull;
    if (offset < HPET_SIZE)
        set(h, reg, register_merge(get(h, reg), offset & 7, size, value));
}

static const struct device_ops hpet_ops = {.name = "hpet", .read = hpet_read, .write = hpet_write};

bool hpet_init(const struct device_env *e)
{
    if (!e->layout->dev.hpet) /* hpet=0: all ones */
        return true;
    struct hpet *h = device_new(e->bus, sizeof *h);
    if (h == NULL)
        return false;
    h->clock = e->clock;
    for (unsigned i = 0; i < TIMERS; i++) {
        h->timer[i][0] = 0x0000000000000030ull | 0x00F0000000000000ull; /* 64-bit, periodic, IRQ 20..23 */
        h->timer[i][1] = UINT64_MAX;
    }
    /* The whole page: nothing else lives there, and it is mapped by pages. */
    return bus_claim_mmio(e->bus, (struct span){HPET_BASE, HPET_BASE + PAGE_SIZE}, &hpet_ops, h);
}
