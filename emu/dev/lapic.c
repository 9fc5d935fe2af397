/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The local APIC in xAPIC mode, as X:xen/arch/x86/hvm/vlapic.c models it. One for each vCPU; an access means that
 * of the vCPU which runs. The timer counts virtual time; fixed interrupts, INIT and SIPI have their effect, NMI and
 * the others have none.
 */
#include "dev/device.h"
#include "dev/irq.h"

#define LAPIC_BASE 0xFEE00000ull
#define VERSION 0x00050014u /* X: VLAPIC_VERSION, version 14, six LVT entries */
#define BUS_CYCLE_NS 10u    /* X:xen/arch/x86/include/asm/hvm/vlapic.h: APIC_BUS_CYCLE_NS, 100 MHz */

enum reg {
    REG_ID = 0x020,
    REG_VERSION = 0x030,
    REG_TPR = 0x080,
    REG_PPR = 0x0A0,
    REG_EOI = 0x0B0,
    REG_LDR = 0x0D0,
    REG_DFR = 0x0E0,
    REG_SPIV = 0x0F0,
    REG_ISR = 0x100, /* and seven more, as of the next one */
    REG_IRR = 0x200,
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
#define LVT_MODE 0x700u
#define LVT_EXTINT 0x700u
#define ICR_MODE 0x700u
#define ICR_FIXED 0x000u
#define ICR_LOWEST 0x100u
#define ICR_INIT 0x500u
#define ICR_STARTUP 0x600u
#define ICR_LOGICAL 0x800u
#define ICR_PENDING 0x1000u
#define ICR_ASSERT 0x4000u
#define ICR_LEVEL 0x8000u
#define ICR_SHORTHAND 0xC0000u
#define ICR_SELF 0x40000u
#define ICR_ALL_BUT_SELF 0xC0000u
#define DFR_FLAT 0xFFFFFFFFu
#define DFR_CLUSTER 0x0FFFFFFFu

/*
 * Registers that can be written, with the bits that stick. Everything else is read-only, EOI, or, like ESR, has
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

struct apic {
    uint32_t reg[REG_END / 16];
    uint64_t started_at; /* ns, when the count was @start */
    uint32_t start;
    uint64_t next; /* ns at which the timer runs out, masked or not; IRQ_NEVER when it stands */
    const struct clock *clock;
};

struct lapic {
    struct apic cpu[VCPUS_MAX];
    struct vcpus *vcpus;
    struct irq *irq;
};

static uint32_t *reg_at(struct apic *a, uint64_t reg)
{
    return &a->reg[reg / 16];
}

static unsigned divisor(struct apic *a)
{
    const uint32_t t = *reg_at(a, REG_TDCR);
    const unsigned code = (t & 3) | (t & 8) >> 1; /* bits 0, 1 and 3 */
    return 1u << ((code + 1) & 7);                /* 0: by 2 … 6: by 128, 7: by 1 */
}

static uint32_t current_count(struct apic *a)
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
static void rebase(struct apic *a)
{
    a->start = current_count(a);
    a->started_at = clock_ns(a->clock);
}

static uint64_t cycles_ns(struct apic *a, uint32_t count)
{
    return (uint64_t)count * BUS_CYCLE_NS * divisor(a);
}

/* After any change to it. */
static void plan_timer(struct apic *a)
{
    a->next = a->start != 0 ? a->started_at + cycles_ns(a, a->start) : IRQ_NEVER;
}

/* --- requests ----------------------------------------------------------------------------------------------------- */

static uint32_t *bank(struct apic *a, uint32_t base, uint8_t vector)
{
    return reg_at(a, base + (vector / 32u) * 0x10u);
}

/* The highest vector of IRR or ISR; -1 for none. */
static int highest(const struct apic *a, uint32_t base)
{
    for (unsigned i = 8; i-- > 0;) {
        const uint32_t v = a->reg[base / 16 + i];
        if (v != 0)
            return (int)(i * 32 + 31 - (unsigned)__builtin_clz(v));
    }
    return -1;
}

static uint8_t priority(const struct apic *a)
{
    const uint8_t tpr = (uint8_t)a->reg[REG_TPR / 16];
    const int serving = highest(a, REG_ISR);
    return serving >= 0 && (serving & 0xF0) > (tpr & 0xF0) ? (uint8_t)(serving & 0xF0) : tpr;
}

static bool enabled(const struct apic *a)
{
    return (a->reg[REG_SPIV / 16] & SPIV_ENABLED) != 0;
}

static void request(struct lapic *l, unsigned vcpu, uint8_t vector)
{
    struct apic *a = &l->cpu[vcpu];
    if (!enabled(a) || vector < 16)
        return;
    *bank(a, REG_IRR, vector) |= 1u << (vector & 31);
    l->irq->changed = true;
}

static void end_of_interrupt(struct lapic *l, struct apic *a)
{
    const int serving = highest(a, REG_ISR);
    if (serving >= 0)
        *bank(a, REG_ISR, (uint8_t)serving) &= ~(1u << (serving & 31));
    l->irq->changed = true;
}

bool lapic_waits(const struct lapic *l, unsigned vcpu)
{
    const struct apic *a = &l->cpu[vcpu];
    const int asked = highest(a, REG_IRR);
    return asked >= 0 && (asked & 0xF0) > (priority(a) & 0xF0);
}

uint8_t lapic_take(struct lapic *l, unsigned vcpu)
{
    struct apic *a = &l->cpu[vcpu];
    const uint8_t vector = (uint8_t)highest(a, REG_IRR);
    *bank(a, REG_IRR, vector) &= ~(1u << (vector & 31));
    *bank(a, REG_ISR, vector) |= 1u << (vector & 31);
    return vector;
}

bool lapic_takes_pic(const struct lapic *l, unsigned vcpu)
{
    const struct apic *a = &l->cpu[vcpu];
    const uint32_t lvt0 = a->reg[REG_LVT0 / 16];
    return !enabled(a) || ((lvt0 & LVT_MASKED) == 0 && (lvt0 & LVT_MODE) == LVT_EXTINT);
}

/* --- the timer ---------------------------------------------------------------------------------------------------- */

static uint64_t timer_due(void *self)
{
    const struct lapic *l = self;
    uint64_t next = IRQ_NEVER;
    for (unsigned i = 0; i < l->vcpus->nr; i++) {
        const struct apic *a = &l->cpu[i];
        if ((a->reg[REG_LVTT / 16] & LVT_MASKED) == 0 && a->next < next)
            next = a->next;
    }
    return next;
}

static void timer_fire(void *self)
{
    struct lapic *l = self;
    for (unsigned i = 0; i < l->vcpus->nr; i++) {
        struct apic *a = &l->cpu[i];
        const uint32_t lvtt = *reg_at(a, REG_LVTT);
        const uint64_t now = clock_ns(a->clock);
        if ((lvtt & LVT_MASKED) != 0 || a->next > now)
            continue;
        const uint64_t period = (lvtt & LVTT_MODE) == LVTT_PERIODIC ? cycles_ns(a, *reg_at(a, REG_TMICT)) : 0;
        a->next = period != 0 ? a->next + (now - a->next) / period * period + period : IRQ_NEVER;
        request(l, i, (uint8_t)lvtt);
    }
}

/* --- registers ---------------------------------------------------------------------------------------------------- */

static void write_reg(struct apic *a, uint32_t reg, uint32_t value)
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
    if (reg == REG_TMICT || reg == REG_LVTT || reg == REG_TDCR)
        plan_timer(a);
}

static uint32_t read_reg(struct apic *a, uint32_t reg)
{
    switch (reg) {
    case REG_TMCCT:
        return current_count(a);
    case REG_PPR:
        return priority(a);
    default:
        return *reg_at(a, reg);
    }
}

/* X:xen/arch/x86/hvm/vlapic.c:vlapic_do_init. The id stays. */
static void reset(struct apic *a)
{
    const uint32_t id = *reg_at(a, REG_ID);
    *a = (struct apic){.clock = a->clock, .next = IRQ_NEVER};
    *reg_at(a, REG_ID) = id;
    *reg_at(a, REG_VERSION) = VERSION;
    *reg_at(a, REG_DFR) = UINT32_MAX;
    *reg_at(a, REG_SPIV) = 0xFF;
    for (uint32_t r = REG_LVTT; r <= REG_LVT_ERROR; r += 0x10)
        *reg_at(a, r) = LVT_MASKED;
}

/* --- interrupt commands ------------------------------------------------------------------------------------------- */

/* X:vlapic.c:vlapic_match_logical_addr. */
static bool matches_logical(struct apic *a, uint8_t mda)
{
    const uint8_t id = (uint8_t)(*reg_at(a, REG_LDR) >> 24);
    switch (*reg_at(a, REG_DFR)) {
    case DFR_FLAT:
        return (id & mda) != 0;
    case DFR_CLUSTER:
        return id >> 4 == mda >> 4 && (id & mda & 0xF) != 0;
    default:
        return false;
    }
}

/* X:vlapic.c:vlapic_match_dest. */
static bool is_meant(struct lapic *l, unsigned target, uint32_t icr, uint8_t dest)
{
    struct apic *a = &l->cpu[target];
    switch (icr & ICR_SHORTHAND) {
    case 0:
        return (icr & ICR_LOGICAL) != 0 ? matches_logical(a, dest) : dest == 0xFF || dest == *reg_at(a, REG_ID) >> 24;
    case ICR_SELF:
        return target == l->vcpus->current;
    case ICR_ALL_BUT_SELF:
        return target != l->vcpus->current;
    default:
        return true;
    }
}

/* X:vlapic.c:vlapic_ipi, vlapic_init_sipi_one. SMI, NMI and remote reads do nothing. */
static void send(struct lapic *l, uint32_t icr)
{
    const uint32_t mode = icr & ICR_MODE;
    const uint8_t dest = (uint8_t)(*reg_at(&l->cpu[l->vcpus->current], REG_ICR2) >> 24);
    if (mode != ICR_INIT && mode != ICR_STARTUP && mode != ICR_FIXED && mode != ICR_LOWEST)
        return;
    if (mode == ICR_INIT && (icr & (ICR_LEVEL | ICR_ASSERT)) == ICR_LEVEL)
        return; /* de-assert */
    for (unsigned i = 0; i < l->vcpus->nr; i++) {
        if (!is_meant(l, i, icr, dest))
            continue;
        if (mode == ICR_FIXED || mode == ICR_LOWEST) {
            request(l, i, (uint8_t)icr);
            if (mode == ICR_LOWEST)
                return;
        } else if (mode == ICR_STARTUP)
            vcpus_sipi(l->vcpus, i, (uint8_t)icr);
        else if (vcpus_reset(l->vcpus, i))
            reset(&l->cpu[i]);
    }
}

static uint64_t lapic_read(void *self, uint64_t offset, unsigned size)
{
    struct lapic *l = self;
    if (offset >= REG_END)
        return 0;
    return register_part(read_reg(&l->cpu[l->vcpus->current], (uint32_t)(offset & ~15ull)), offset & 15, size);
}

static void lapic_write(void *self, uint64_t offset, unsigned size, uint64_t value)
{
    struct lapic *l = self;
    struct apic *a = &l->cpu[l->vcpus->current];
    const uint32_t reg = (uint32_t)(offset & ~15ull);
    if (offset >= REG_END || (offset & 15) >= 4)
        return;
    if (reg == REG_EOI) {
        end_of_interrupt(l, a);
        return;
    }
    const uint64_t old = *reg_at(a, reg);
    write_reg(a, reg, (uint32_t)register_merge(old, offset & 15, size, value));
    if (reg == REG_ICR && (offset & 15) == 0)
        send(l, *reg_at(a, REG_ICR));
    l->irq->changed = true;
}

void lapic_accept(struct lapic *l, uint8_t dest, bool logical, uint8_t vector)
{
    for (unsigned i = 0; i < l->vcpus->nr; i++)
        if (is_meant(l, i, logical ? ICR_LOGICAL : 0, dest)) {
            request(l, i, vector);
            return; /* one is enough: the lowest of equal priority */
        }
}

static const struct device_ops lapic_ops = {.name = "lapic", .read = lapic_read, .write = lapic_write};

/* X:tools/firmware/hvmloader/hvmloader.c:apic_setup, for vCPU 0 alone; up to 4.18 the last command of smp.c. */
static void after_loader(struct lapic *l, const struct layout *layout)
{
    struct apic *a = &l->cpu[0];
    *reg_at(a, REG_SPIV) = SPIV_ENABLED | 0xFF;
    *reg_at(a, REG_LVT0) = LVT_MASKED | 0x700; /* ExtINT */
    *reg_at(a, REG_LVT1) = 0x400;              /* NMI */
    if (l->vcpus->nr > 1 && !layout_xen_since(layout, 4, 19)) {
        *reg_at(a, REG_ICR) = ICR_INIT;
        *reg_at(a, REG_ICR2) = vcpu_apic_id(l->vcpus->nr - 1) << 24;
    }
}

bool lapic_init(const struct device_env *e)
{
    struct lapic *l = device_new(e->bus, sizeof *l);
    if (l == NULL)
        return false;
    l->vcpus = e->vcpus;
    for (unsigned i = 0; i < VCPUS_MAX; i++) {
        l->cpu[i].clock = e->clock;
        reset(&l->cpu[i]);
        *reg_at(&l->cpu[i], REG_ID) = vcpu_apic_id(i) << 24;
    }
    if (after_hvmloader(e))
        after_loader(l, e->layout);
    l->irq = &e->platform->irq;
    l->irq->lapic = l;
    irq_add_timer(l->irq, timer_due, timer_fire, l);
    return bus_claim_mmio(e->bus, (struct span){LAPIC_BASE, LAPIC_BASE + PAGE_SIZE}, &lapic_ops, l);
}
