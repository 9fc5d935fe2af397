/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The local APIC in xAPIC mode, as X:xen/arch/x86/hvm/vlapic.c models it. The timer counts virtual time; no
 * interrupt is delivered. One vCPU runs, so INIT and SIPI to others are accepted and have no effect.
 */
#include "dev/device.h"

#define LAPIC_BASE 0xFEE00000ull
#define VERSION 0x00050014u /* X: VLAPIC_VERSION, version 14, six LVT entries */
#define BUS_CYCLE_NS 10u    /* X:xen/arch/x86/include/asm/hvm/vlapic.h: APIC_BUS_CYCLE_NS, 100 MHz */

enum reg {
    REG_ID = 0x020,
    REG_VERSION = 0x030,
    REG_TPR = 0x080,
    REG_PPR = 0x0A0,
    REG_LDR = 0x0D0,
    REG_DFR = 0x0E0,
    REG_SPIV = 0x0F0,
    REG_ICR = 0x300,
    REG_ICR2 = 0x310,
    REG_LVTT = 0x320,
    REG_LVT_THERMAL = 0x330,
    REG_LVT_PERF = 0x340,
    REG_LVT0 = 0x350,
    REG_LVT1 = 0x360,
    REG_LVT_ERROR = 0x370,
    REG_TMICT = 0x380,
    REG_TMCCT = 0x390,
    REG_TDCR = 0x3E0,
};
#define REG_END 0x400u

#define SPIV_ENABLED 0x100u
#define LVT_MASKED 0x10000u
#define LVTT_MODE 0x60000u
#define LVTT_PERIODIC 0x20000u
#define ICR_PENDING 0x1000u

/*
 * Registers that can be written, with the bits that stick. Everything else is read-only or, like EOI and ESR, has
 * nothing to act on.
 */
static const struct {
    uint16_t reg;
    uint32_t keep, always; /* writable bits; bits that read one */
} writable[] = {
    {REG_ID, 0xFF000000, 0},
    {REG_TPR, 0xFF, 0},
    {REG_LDR, 0xFF000000, 0},
    {REG_DFR, 0xF0000000, 0x0FFFFFFF},
    {REG_SPIV, 0x3FF, 0},
    {REG_ICR, ~ICR_PENDING, 0}, /* sent at once */
    {REG_ICR2, 0xFF000000, 0},
    {REG_LVTT, 0x100FF | LVTT_MODE, 0},
    {REG_LVT_THERMAL, 0x107FF, 0},
    {REG_LVT_PERF, 0x107FF, 0},
    {REG_LVT0, 0x1A7FF, 0},
    {REG_LVT1, 0x1A7FF, 0},
    {REG_LVT_ERROR, 0x100FF, 0},
    {REG_TMICT, UINT32_MAX, 0},
    {REG_TDCR, 0xB, 0},
};

struct lapic {
    uint32_t reg[REG_END / 16];
    uint64_t started_at; /* ns, when the count was @start */
    uint32_t start;
    const struct clock *clock;
};

static uint32_t *reg_at(struct lapic *a, uint64_t reg)
{
    return &a->reg[reg / 16];
}

static unsigned divisor(struct lapic *a)
{
    const uint32_t t = *reg_at(a, REG_TDCR);
    const unsigned code = (t & 3) | (t & 8) >> 1; /* bits 0, 1 and 3 */
    return 1u << ((code + 1) & 7);                /* 0: by 2 … 6: by 128, 7: by 1 */
}

static uint32_t current_count(struct lapic *a)
{
    const uint32_t initial = *reg_at(a, REG_TMICT);
    const uint64_t passed = (clock_ns(a->clock) - a->started_at) / BUS_CYCLE_NS / divisor(a);
    if (initial == 0)
        return 0;
    if (passed < a->start)
        return a->start - (uint32_t)passed;
    if ((*reg_at(a, REG_LVTT) & LVTT_MODE) != LVTT_PERIODIC)
        return 0;
    return initial - (uint32_t)((passed - a->start) % initial);
}

/* Before the divisor or the mode changes: what has been counted so far stays counted. */
static void rebase(struct lapic *a)
{
    a->start = current_count(a);
    a->started_at = clock_ns(a->clock);
}

static void write_reg(struct lapic *a, uint32_t reg, uint32_t value)
{
    switch (reg) {
    case REG_TDCR:
        rebase(a);
        break;
    case REG_LVTT:
        rebase(a);
        if ((value & LVTT_MODE) > LVTT_PERIODIC)
            *reg_at(a, REG_TMICT) = 0; /* TSC-deadline mode: not offered by CPUID */
        break;
    case REG_SPIV:
        for (uint32_t r = REG_LVTT; r <= REG_LVT_ERROR && (value & SPIV_ENABLED) == 0; r += 0x10)
            *reg_at(a, r) |= LVT_MASKED;
        break;
    default:
        break;
    }
    const bool lvt = reg >= REG_LVTT && reg <= REG_LVT_ERROR;
    if (lvt && (*reg_at(a, REG_SPIV) & SPIV_ENABLED) == 0)
        value |= LVT_MASKED;
    for (size_t i = 0; i < sizeof writable / sizeof writable[0]; i++)
        if (writable[i].reg == reg)
            *reg_at(a, reg) = (value & writable[i].keep) | writable[i].always;
    if (reg == REG_TMICT) {
        a->start = value;
        a->started_at = clock_ns(a->clock);
    }
}

static uint32_t read_reg(struct lapic *a, uint32_t reg)
{
    switch (reg) {
    case REG_TMCCT:
        return current_count(a);
    case REG_PPR:
        return *reg_at(a, REG_TPR); /* nothing is in service */
    default:
        return *reg_at(a, reg);
    }
}

static uint64_t lapic_read(void *self, uint64_t offset, unsigned size)
{
    if (offset >= REG_END)
        return 0;
    return register_part(read_reg(self, (uint32_t)(offset & ~15ull)), offset & 15, size);
}

static void lapic_write(void *self, uint64_t offset, unsigned size, uint64_t value)
{
    struct lapic *a = self;
    const uint32_t reg = (uint32_t)(offset & ~15ull);
    if (offset >= REG_END || (offset & 15) >= 4)
        return;
    const uint64_t old = *reg_at(a, reg);
    write_reg(a, reg, (uint32_t)register_merge(old, offset & 15, size, value));
}

static const struct device_ops lapic_ops = {.name = "lapic", .read = lapic_read, .write = lapic_write};

bool lapic_init(const struct device_env *e)
{
    struct lapic *a = device_new(e->bus, sizeof *a);
    if (a == NULL)
        return false;
    a->clock = e->clock;
    *reg_at(a, REG_VERSION) = VERSION;
    *reg_at(a, REG_DFR) = UINT32_MAX;
    *reg_at(a, REG_SPIV) = 0xFF;
    for (uint32_t r = REG_LVTT; r <= REG_LVT_ERROR; r += 0x10)
        *reg_at(a, r) = LVT_MASKED;
    if (after_hvmloader(e)) { /* X:tools/firmware/hvmloader/hvmloader.c:apic_setup */
        *reg_at(a, REG_SPIV) = SPIV_ENABLED | 0xFF;
        *reg_at(a, REG_LVT0) = LVT_MASKED | 0x700; /* ExtINT */
        *reg_at(a, REG_LVT1) = 0x400;              /* NMI */
    }
    e->platform->lapic = a;
    return bus_claim_mmio(e->bus, (struct span){LAPIC_BASE, LAPIC_BASE + PAGE_SIZE}, &lapic_ops, a);
}
