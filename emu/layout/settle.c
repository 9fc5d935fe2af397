/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The same bounds as the readers of keys have; keys.h holds what both need. */
#include "layout/settle.h"

#include <string.h>

#include "layout/keys.h"

#define XEN_MINOR_MAX 99
#define PHYS_BITS_MIN 32
#define PHYS_BITS_MAX 52
#define BAR_MIN (4 * KIB)
#define BAR_MAX (1024 * GIB)

static uint64_t clamp(uint64_t v, uint64_t least, uint64_t most)
{
    return v < least ? least : v > most ? most : v;
}

static uint64_t whole_mib(uint64_t v, uint64_t least, uint64_t most)
{
    return clamp(v / MIB, least, most) * MIB;
}

static void settle_memory(struct layout *l)
{
    l->memory = whole_mib(l->memory, 1, MAX_MEMORY_MIB);
    l->maxmem = whole_mib(l->maxmem, l->memory / MIB, MAX_MEMORY_MIB);
    l->videoram = whole_mib(l->videoram, 0, MAX_MEMORY_MIB);
    if (l->mmio_hole != 0)
        l->mmio_hole = whole_mib(l->mmio_hole, MMIO_HOLE_MIN_MIB, MMIO_HOLE_MAX_MIB);
    l->rdm_boundary = whole_mib(l->rdm_boundary, 0, BOUNDARY_MAX_MIB);
}

static void settle_cpu(struct layout *l)
{
    l->vcpus = (unsigned)clamp(l->vcpus, 1, MAX_VCPUS);
    l->xen_major = 4;
    l->xen_minor = (unsigned)clamp(l->xen_minor, oldest_xen_minor(l->type), XEN_MINOR_MAX);
    l->phys_bits = (unsigned)clamp(l->phys_bits, PHYS_BITS_MIN, PHYS_BITS_MAX);
    if (cpuid_lacks(l) != NULL)
        l->nr_cpuid = 0;
    cpuid_follows(l);
    paging_follows(l);
    l->timer_mode &= 3;
    l->tsc_mode &= 3;
    l->itsc = l->itsc || l->tsc_mode == 1;
    l->altp2m &= 3;
    if (l->nested)
        l->altp2m = 0;
    l->viridian = viridian_settle(l->viridian);
}

static void settle_devices(struct layout *l)
{
    if (l->dev.nics > NICS_MAX)
        l->dev.nics = NICS_MAX;
    for (unsigned i = l->dev.nics; i < NICS_MAX; i++)
        l->dev.nic[i] = NIC_RTL8139;
    if (l->tpm_version > 2)
        l->tpm_version = 2;
    if (l->pci_bar64 != 0) {
        l->pci_bar64 = clamp(l->pci_bar64, BAR_MIN, BAR_MAX);
        while ((l->pci_bar64 & (l->pci_bar64 - 1)) != 0)
            l->pci_bar64 &= l->pci_bar64 - 1;
    }
    l->cmos_low_ram = l->has_cmos_low_ram ? clamp(l->cmos_low_ram, CMOS_LOW_RAM_MIN, CMOS_LOW_RAM_MAX) : 0;
}

/* What a PVH guest has not, as its reader leaves it. */
static void settle_pvh(struct layout *l)
{
    struct layout none;
    layout_default(&none);
    l->dev = none.dev;
    l->viridian = none.viridian;
    l->vpt_align = none.vpt_align;
    l->altp2m = none.altp2m;
    l->genid = none.genid;
    l->mmio_hole = l->rdm_boundary = l->pci_bar64 = l->cmos_low_ram = 0;
    l->has_cmos_low_ram = false;
    l->tpm_version = 0;
    l->slack_pages = SLACK_WITHOUT_ROMS - slack_of_roms(l);
    for (unsigned i = 1; i < l->nr_rdms; i++) /* without pci= there is one policy */
        l->rdm[i].strict = l->rdm[0].strict;
}

static bool overlaps_rdm(const struct layout *l, unsigned nr, struct span s)
{
    for (unsigned i = 0; i < nr; i++)
        if (span_overlaps(l->rdm[i].at, s))
            return true;
    return false;
}

static void settle_rdms(struct layout *l)
{
    unsigned nr = 0;
    for (unsigned i = 0; i < l->nr_rdms && i < RDM_MAX; i++) {
        struct rdm r = l->rdm[i];
        r.at = (struct span){page_down(r.at.start), page_down(r.at.end)};
        if (r.at.start < r.at.end && !overlaps_rdm(l, nr, r.at))
            l->rdm[nr++] = r;
    }
    memset(&l->rdm[nr], 0, (RDM_MAX - nr) * sizeof l->rdm[0]);
    l->nr_rdms = nr;
}

/* What is left of @s from its start on when the entries in @m are taken out: the first piece. */
static struct span first_free(const struct e820_map *m, struct span s)
{
    for (bool again = true; again && s.start < s.end;) {
        again = false;
        for (unsigned i = 0; i < m->nr; i++) {
            const struct span e = m->e[i].at;
            if (!span_overlaps(e, s))
                continue;
            if (e.start <= s.start) {
                s.start = e.end;
                again = true;
            } else {
                s.end = e.start;
            }
        }
    }
    return s;
}

/* What of @from lies where nothing does that came before. */
static void take_apart(const struct e820_map *from, struct e820_map *to)
{
    for (unsigned i = 0; i < from->nr; i++) {
        const struct span s = first_free(to, from->e[i].at);
        (void)e820_add(to, s.start, s.end, from->e[i].type); /* not what is empty */
    }
}

static bool settle_e820(struct layout *l)
{
    struct e820_map m = {0};
    for (unsigned i = 0; i < l->e820.nr && l->has_e820; i++) {
        const struct e820_entry *e = &l->e820.e[i];
        (void)e820_add(&m, e->at.start, clamp(e->at.end, 0, 1ULL << l->phys_bits),
                       e->type != 0 ? e->type : E820_TYPE_RESERVED);
    }
    if (e820_index(&m).apart) {
        l->e820 = m;
    } else {
        l->e820 = (struct e820_map){0};
        take_apart(&m, &l->e820);
    }
    const struct e820_entry *e = e820_find(&l->e820, MIB);
    return !l->has_e820 || (e != NULL && e->type == E820_TYPE_RAM);
}

bool layout_settle(struct layout *l)
{
    struct guest_memory g;
    if (l->nr_cpuid > CPUID_RULES_MAX)
        l->nr_cpuid = CPUID_RULES_MAX;
    settle_memory(l);
    settle_cpu(l);
    settle_devices(l);
    settle_rdms(l);
    if (l->type == GUEST_PVH)
        settle_pvh(l);
    memset(&l->cpuid[l->nr_cpuid], 0, (CPUID_RULES_MAX - l->nr_cpuid) * sizeof l->cpuid[0]);
    return settle_e820(l) && layout_resolve(l, MIB, &g, NULL);
}
