/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The GCD's memory space map against the E820 table. */
#include "check/leave/leave.h"

#define TOLD_MAX 8u

static const char *type_name(uint32_t type)
{
    const char *name = gcd_memory_name(type);
    return name != NULL ? name : "an unknown type";
}

/* Where the map must end: the address space that the CPU HOB gives it (E:Gcd.c:CoreInitializeGcdServices). */
static uint64_t top(const struct leave *l)
{
    for (size_t i = 0; i < l->v.hobs->nr; i++)
        if (l->v.hobs->h[i].type == HOB_CPU && l->v.hobs->h[i].mem_bits < 64)
            return 1ULL << l->v.hobs->h[i].mem_bits;
    return 0;
}

void check_gcd_list(struct leave *l)
{
    const struct efi_map *g = l->gcd;
    uint64_t end = 0;
    if (g->damage != NULL) {
        const struct span at = {g->damage_at, g->damage_at + 8};
        leave_tell(l, RULE_GCD_LIST, at, at,
                   "the GCD's memory space map cannot be read behind its %zu descriptors: %s (%#llx)", g->nr, g->damage,
                   (unsigned long long)g->damage_at);
        return;
    }
    for (size_t i = 0; i < g->nr; end = g->r[i++].at.end) {
        const struct efi_range *r = &g->r[i];
        const char *why = r->at.start != end                 ? "it does not begin where the one before it ends"
                          : r->at.start >= r->at.end         ? "it ends before it begins"
                          : gcd_memory_name(r->type) == NULL ? "there is no such type"
                                                             : NULL;
        if (why == NULL)
            continue;
        leave_tell(l, RULE_GCD_LIST, (struct span){r->at.start, r->at.start + 1}, r->bytes,
                   "descriptor %zu, %s %#llx-%#llx: %s", i, type_name(r->type), (unsigned long long)r->at.start,
                   (unsigned long long)r->at.end, why);
        return;
    }
    const uint64_t wanted = top(l);
    if (g->nr != 0 && wanted != 0 && end != wanted)
        leave_tell(l, RULE_GCD_LIST, (struct span){end, end + 1}, g->r[g->nr - 1].bytes,
                   "it ends at %#llx, and the CPU HOB's addresses at %#llx", (unsigned long long)end,
                   (unsigned long long)wanted);
}

static bool is_ram_type(uint32_t type)
{
    return type == GCD_RAM || type == GCD_RELIABLE || type == GCD_PERSISTENT;
}

void check_gcd_ram(struct leave *l)
{
    unsigned told = 0;
    for (size_t i = 0; i < l->gcd->nr && told < TOLD_MAX; i++) {
        const struct efi_range *r = &l->gcd->r[i];
        const struct span bad = leave_first(l, r->at, leave_is_no_ram);
        if (!is_ram_type(r->type) || span_size(bad) == 0 || leave_told(l, RULE_HOB_RAM, bad))
            continue;
        const struct plan_range *p = plan_find(l->v.m->plan, bad.start);
        told++;
        leave_tell(l, RULE_GCD_RAM, bad, r->bytes,
                   "descriptor %zu, %s %#llx-%#llx: %#llx-%#llx is no RAM: the E820 has %s there; it is %s", i,
                   type_name(r->type), (unsigned long long)r->at.start, (unsigned long long)r->at.end,
                   (unsigned long long)bad.start, (unsigned long long)bad.end, leave_e820(l, bad.start),
                   p != NULL ? p->owner : "beyond the guest's memory");
    }
}

void check_gcd_mmio(struct leave *l)
{
    unsigned told = 0;
    for (size_t i = 0; i < l->gcd->nr && told < TOLD_MAX; i++) {
        const struct efi_range *r = &l->gcd->r[i];
        const struct span bad = leave_first(l, r->at, leave_is_ram);
        if (r->type != GCD_MMIO || span_size(bad) == 0)
            continue;
        told++;
        leave_tell(l, RULE_GCD_MMIO, bad, r->bytes, "descriptor %zu, MMIO %#llx-%#llx: %#llx-%#llx is RAM in the E820",
                   i, (unsigned long long)r->at.start, (unsigned long long)r->at.end, (unsigned long long)bad.start,
                   (unsigned long long)bad.end);
    }
}
