/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "machine/control_exits.h"

#include "base/le.h"
#include "machine/control.h"
#include "machine/machine.h"
#include "xen/abi.h"

#define LAPIC_TPR 0x80u

static void control_now(struct machine *m, struct control_features *f, struct control_state *now)
{
    uint32_t leaf1[CPUID_REGS], leaf7[CPUID_REGS], extended[CPUID_REGS];
    xen_cpuid(&m->xen, 1, 0, leaf1);
    xen_cpuid(&m->xen, 7, 0, leaf7);
    xen_cpuid(&m->xen, 0x80000001u, 0, extended);
    control_features(f, m->layout->phys_bits, leaf1, leaf7, extended);
    engine_paging(m->engine, &now->cr0, &now->cr3, &now->cr4, &now->efer);
    now->code64 = engine_code64(m->engine);
}

bool control_exit_msr(void *self, uint32_t index, uint64_t value)
{
    struct control_features f;
    struct control_state now;
    control_now(self, &f, &now);
    return control_allows_msr(&f, &now, index, value);
}

static bool takes_entries(struct machine *m, const struct control_features *f, uint64_t gpa)
{
    uint64_t entry[CONTROL_ENTRIES];
    uint8_t raw[sizeof entry];
    if (!memory_read(&m->memory, gpa, raw, sizeof raw))
        return true; /* where no RAM is: all ones, or a device; the first access will tell */
    for (unsigned i = 0; i < CONTROL_ENTRIES; i++)
        entry[i] = le64(raw + (size_t)i * 8);
    return control_entries_good(f, entry);
}

bool control_exit(void *self, unsigned cr, uint64_t value)
{
    struct machine *m = self;
    struct control_features f;
    struct control_state now;
    uint64_t gpa;
    control_now(m, &f, &now);
    if (!control_allows(&f, &now, cr, value) ||
        (control_loads_entries(&now, cr, value, &gpa) && !takes_entries(m, &f, gpa)))
        return false;
    const struct claim *lapic = bus_mmio_at(&m->bus, LAPIC_START);
    if (cr == 8 && lapic != NULL)
        lapic->ops->write(lapic->self, LAPIC_TPR, 4, value << 4);
    return true;
}

uint64_t control_exit_tpr(void *self)
{
    const struct machine *m = self;
    const struct claim *lapic = bus_mmio_at(&m->bus, LAPIC_START);
    return lapic != NULL ? lapic->ops->read(lapic->self, LAPIC_TPR, 4) >> 4 : 0;
}
