/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The local APIC in xAPIC mode, as X:xen/arch/x86/hvm/vlapic.c models it. One for each vCPU; an access means that
 * of the vCPU which runs. The timer counts virtual time; fixed interrupts, INIT and SIPI have their effect, NMI and
 * the others have none.
 */
#include "dev/device.h"
#include "dev/irq.h"
#include "dev/lapic_parts.h"

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

static void write_reg(struct apic *a, uint32_t reg, uint32_t value)
{
    switch (reg) {
    case REG_TDCR:
        lapic_timer_rebase(a);
        break;
    case REG_LVTT:
        lapic_timer_rebase(a);
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
        lapic_timer_plan(a);
}

static uint32_t read_reg(struct apic *a, uint32_t reg)
{
    switch (reg) {
    case REG_TMCCT:
        return lapic_count(a);
    case REG_PPR:
        return lapic_priority(a);
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
            lapic_request(l, i, (uint8_t)icr, false);
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
        lapic_end_of_interrupt(l, a);
        return;
    }
    const uint64_t old = *reg_at(a, reg);
    write_reg(a, reg, (uint32_t)register_merge(old, offset & 15, size, value));
    if (reg == REG_ICR && (offset & 15) == 0)
        send(l, *reg_at(a, REG_ICR));
    l->irq->changed = true;
}

void lapic_accept(struct lapic *l, uint8_t dest, bool logical, uint8_t vector, bool level)
{
    for (unsigned i = 0; i < l->vcpus->nr; i++)
        if (is_meant(l, i, logical ? ICR_LOGICAL : 0, dest)) {
            lapic_request(l, i, vector, level);
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
    struct lapic *l = device_new(e->bus, sizeof *l + e->vcpus->nr * sizeof l->cpu[0]);
    if (l == NULL)
        return false;
    l->vcpus = e->vcpus;
    for (unsigned i = 0; i < e->vcpus->nr; i++) {
        l->cpu[i].clock = e->clock;
        reset(&l->cpu[i]);
        *reg_at(&l->cpu[i], REG_ID) = vcpu_apic_id(i) << 24;
    }
    if (after_hvmloader(e))
        after_loader(l, e->layout);
    l->irq = &e->platform->irq;
    l->irq->lapic = l;
    lapic_timer_add(l);
    return bus_claim_mmio(e->bus, (struct span){LAPIC_BASE, LAPIC_BASE + PAGE_SIZE}, &lapic_ops, l);
}
