/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who wins where a BAR and RAM lie at one address. A BAR whose registers QEMU emulates never does: Xen finds the page in
 * the p2m and asks nobody. Video memory and the BARs of real devices are in the p2m themselves, and take the place of
 * what is there, which does not come back when the BAR goes away (QEMU hw/i386/xen/xen-hvm.c:xen_add_to_physmap,
 * X:xen/arch/x86/mm/p2m.c:set_mmio_p2m_entry; X:tools/firmware/hvmloader/pci.c:pci_setup says what came of it).
 */
#include "machine/bars.h"

/* The next address from @gpa on where things may be different, at most @end. */
static uint64_t next_edge(const struct memory *m, uint64_t gpa, uint64_t end)
{
    const struct page_override *o = memory_override(m, gpa), *next = memory_next_override(m, gpa);
    const struct plan_range *r = plan_find(m->plan, gpa);
    if (next != NULL && next->at.start < end)
        end = next->at.start;
    if (o != NULL)
        return o->at.end < end ? o->at.end : end;
    if (r != NULL && page_up(r->at.end) > gpa && page_up(r->at.end) < end)
        end = page_up(r->at.end);
    return end;
}

struct span bars_ram(const struct memory *m, struct span at)
{
    uint64_t gpa = page_down(at.start);
    const uint64_t end = page_up(at.end);
    while (gpa < end && memory_hva(m, gpa) == NULL)
        gpa = next_edge(m, gpa, end);
    struct span ram = {gpa, gpa};
    while (ram.end < end && memory_hva(m, ram.end) != NULL)
        ram.end = next_edge(m, ram.end, end);
    return ram;
}

bool bars_displace(struct memory *m, struct span at)
{
    for (struct span ram = bars_ram(m, at); ram.start < ram.end; ram = bars_ram(m, at))
        if (!memory_drop(m, ram, "displaced by a PCI BAR"))
            return false;
    return true;
}
