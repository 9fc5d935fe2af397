/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The UEFI memory map against the E820 table. */
#include "check/leave/leave.h"
#include "xen/abi.h"

#define TOLD_MAX 8u /* more of the same rule are more of the same */

/* The descriptor's place, where its numbers are a range at all. */
static struct span place_of(const struct efi_range *r)
{
    return r->at.start < r->at.end ? r->at : (struct span){r->at.start, r->at.start + 1};
}

static bool is_known_type(uint32_t type)
{
    return type < EFI_MEMORY_TYPES || type >= EFI_OEM_TYPES;
}

static const char *wrong_with(const struct efi_range *r)
{
    if (r->at.start % PAGE_SIZE != 0 || r->at.end % PAGE_SIZE != 0)
        return "it is not whole pages";
    if (r->at.start >= r->at.end)
        return "it has no pages, or too many";
    return is_known_type(r->type) ? NULL : "there is no such type";
}

void check_map_list(struct leave *l)
{
    unsigned told = 0;
    if (l->map->damage != NULL)
        leave_tell(l, RULE_MAP_LIST, (struct span){l->map->damage_at, l->map->damage_at + 8},
                   (struct span){l->map->damage_at, l->map->damage_at + 8},
                   "the memory map cannot be read behind its %zu descriptors: %s (%#llx)", l->map->nr, l->map->damage,
                   (unsigned long long)l->map->damage_at);
    for (size_t i = 0; i < l->map->nr && told < TOLD_MAX; i++) {
        const struct efi_range *r = &l->map->r[i];
        const char *why = wrong_with(r);
        char type[LEAVE_TYPE_SIZE];
        if (why == NULL)
            continue;
        told++;
        leave_tell(l, RULE_MAP_LIST, place_of(r), r->bytes, "descriptor %zu, %s %#llx-%#llx: %s", i,
                   leave_type(r->type, type), (unsigned long long)r->at.start, (unsigned long long)r->at.end, why);
    }
}

void check_map_overlap(struct leave *l)
{
    unsigned told = 0;
    for (size_t i = 0; i < l->map->nr; i++)
        for (size_t j = i + 1; j < l->map->nr && told < TOLD_MAX; j++) {
            const struct efi_range *a = &l->map->r[i], *b = &l->map->r[j];
            char first[LEAVE_TYPE_SIZE], second[LEAVE_TYPE_SIZE];
            if (!span_overlaps(a->at, b->at))
                continue;
            const struct span both = {a->at.start > b->at.start ? a->at.start : b->at.start,
                                      a->at.end < b->at.end ? a->at.end : b->at.end};
            told++;
            leave_tell(l, RULE_MAP_OVERLAP, both, b->bytes,
                       "descriptor %zu, %s %#llx-%#llx, overlaps %zu, %s %#llx-%#llx", j, leave_type(b->type, second),
                       (unsigned long long)b->at.start, (unsigned long long)b->at.end, i, leave_type(a->type, first),
                       (unsigned long long)a->at.start, (unsigned long long)a->at.end);
        }
}

/* What ACPI's types may lie in as well. */
static bool is_no_ram_nor_acpi(const struct e820_entry *e)
{
    return leave_is_no_ram(e) && (e == NULL || (e->type != E820_TYPE_ACPI && e->type != E820_TYPE_NVS));
}

void check_map_ram(struct leave *l)
{
    unsigned told = 0;
    for (size_t i = 0; i < l->map->nr && told < TOLD_MAX; i++) {
        const struct efi_range *r = &l->map->r[i];
        const bool acpi = r->type == EFI_ACPI_RECLAIM || r->type == EFI_ACPI_NVS;
        char type[LEAVE_TYPE_SIZE];
        if (!acpi && !efi_type_is_taken(r->type) && !efi_type_is_runtime(r->type) && r->type != EFI_PAL_CODE)
            continue;
        const struct span bad = leave_first(l, r->at, acpi ? is_no_ram_nor_acpi : leave_is_no_ram);
        if (span_size(bad) == 0 || r->at.start >= r->at.end || leave_told(l, RULE_GCD_RAM, bad) ||
            leave_told(l, RULE_HOB_RAM, bad))
            continue;
        const struct plan_range *p = plan_find(l->v.m->plan, bad.start);
        told++;
        leave_tell(l, RULE_MAP_RAM, bad, r->bytes,
                   "descriptor %zu, %s %#llx-%#llx: %#llx-%#llx is no RAM: the E820 has %s there; it is %s", i,
                   leave_type(r->type, type), (unsigned long long)r->at.start, (unsigned long long)r->at.end,
                   (unsigned long long)bad.start, (unsigned long long)bad.end, leave_e820(l, bad.start),
                   p != NULL ? p->owner : "beyond the guest's memory");
    }
}

/* The first part of @at that is in no descriptor. */
static struct span uncovered(const struct leave *l, struct span at)
{
    for (const struct efi_range *r; at.start < at.end && (r = efi_map_at(l->map, at.start)) != NULL;)
        at.start = r->at.end;
    for (size_t i = 0; at.start < at.end && i < l->map->nr; i++)
        if (l->map->r[i].at.start > at.start && l->map->r[i].at.start < at.end)
            at.end = l->map->r[i].at.start;
    return at;
}

/* What no HOB declares has been told at the hand-off. */
void check_map_ram_missing(struct leave *l)
{
    unsigned told = 0;
    for (size_t i = 0; i < l->v.hobs->nr; i++) {
        const struct hob *h = &l->v.hobs->h[i];
        if (!hob_is_resource(h, HOB_RESOURCE_RAM))
            continue;
        struct span at = {page_up(h->range.start), page_down(h->range.end)};
        while (at.start < at.end && told < TOLD_MAX) {
            const struct span lost = uncovered(l, at);
            if (lost.start >= lost.end)
                break;
            const struct span ram = leave_first(l, lost, leave_is_ram);
            if (span_size(ram) != 0) {
                told++;
                leave_tell(l, RULE_MAP_RAM_MISSING, ram, (struct span){0, 0},
                           "%#llx-%#llx, RAM in the E820 and for the HOB list (%#llx-%#llx), is in no descriptor",
                           (unsigned long long)ram.start, (unsigned long long)ram.end,
                           (unsigned long long)h->range.start, (unsigned long long)h->range.end);
            }
            at.start = lost.end;
        }
    }
}

/* Where it is no RAM, another rule has told. */
void check_map_vga(struct leave *l)
{
    const struct span vga = {VGA_HOLE_START, VGA_HOLE_END};
    const struct efi_range *r = leave_taken(l, vga, true);
    char type[LEAVE_TYPE_SIZE];
    if (r == NULL || leave_told(l, RULE_HOB_VGA, vga))
        return;
    const struct span both = {r->at.start > vga.start ? r->at.start : vga.start,
                              r->at.end < vga.end ? r->at.end : vga.end};
    if (leave_is_ram(e820_find(&l->v.m->guest->e820, both.start)))
        leave_tell(l, RULE_MAP_VGA, both, r->bytes, "%#llx-%#llx, where a PC has its VGA memory, is %s",
                   (unsigned long long)both.start, (unsigned long long)both.end, leave_type(r->type, type));
}

/* --- runtime ------------------------------------------------------------------------------------------------------ */

/* What the runtime attribute is wrong for: an operating system takes it, and so must not map it for the firmware. */
static const char *wrong_at_run_time(const struct leave *l, const struct efi_range *r)
{
    const bool runtime = (r->attributes & EFI_ATTRIBUTE_RUNTIME) != 0;
    const struct plan_range *p = plan_find(l->v.m->plan, r->at.start);
    if (efi_type_is_runtime(r->type) && !runtime)
        return "it lacks the runtime attribute: the operating system will not map it";
    if (runtime && efi_type_is_taken(r->type))
        return "it has the runtime attribute, and the operating system takes it";
    if (!runtime)
        return NULL;
    if (r->at.end > 1ULL << l->v.m->layout->phys_bits)
        return "the processor cannot address it";
    if (!efi_type_is_runtime(r->type) && p != NULL && (p->cls == CLASS_IMAGE || p->kind == PLAN_HOLE))
        return "the firmware wants it at run time, and there is no device";
    return NULL;
}

void check_map_runtime(struct leave *l)
{
    unsigned told = 0;
    for (size_t i = 0; i < l->map->nr && told < TOLD_MAX; i++) {
        const struct efi_range *r = &l->map->r[i];
        const char *why = r->at.start < r->at.end ? wrong_at_run_time(l, r) : NULL;
        char type[LEAVE_TYPE_SIZE];
        if (why == NULL)
            continue;
        told++;
        leave_tell(l, RULE_MAP_RUNTIME, r->at, r->bytes, "descriptor %zu, %s %#llx-%#llx: %s", i,
                   leave_type(r->type, type), (unsigned long long)r->at.start, (unsigned long long)r->at.end, why);
    }
}
