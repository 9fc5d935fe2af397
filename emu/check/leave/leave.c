/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/leave/leave.h"
#include "check/leave/when.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* What a check cannot do without; where it is not there, another rule has said so. */
enum {
    NEEDS_E820 = 1,  /* a firmware that was told the table which the checks know */
    NEEDS_MAP = 2,   /* a memory map that is whole and sound */
    NEEDS_GIVEN = 4, /* one that the loader was given: the core's own list has not been merged yet, nor completed */
};

static const struct {
    enum rule_id rule;
    unsigned needs;
    void (*check)(struct leave *l);
} checks[] = {
    {RULE_GCD_LIST, 0, check_gcd_list},
    {RULE_GCD_RAM, NEEDS_E820, check_gcd_ram},
    {RULE_GCD_MMIO, NEEDS_E820, check_gcd_mmio},
    {RULE_MAP_LIST, 0, check_map_list},
    {RULE_MAP_OVERLAP, 0, check_map_overlap},
    {RULE_MAP_RAM, NEEDS_E820, check_map_ram},
    {RULE_MAP_RAM_MISSING, NEEDS_E820 | NEEDS_MAP, check_map_ram_missing},
    {RULE_MAP_VGA, NEEDS_E820, check_map_vga},
    {RULE_MAP_RUNTIME, 0, check_map_runtime},
    {RULE_PROCESSOR_TABLES, NEEDS_MAP, check_processor_tables},
    {RULE_PAGE_ATTRIBUTES, NEEDS_MAP, check_page_attributes},
    {RULE_SYSTEM_TABLE, NEEDS_MAP, check_system_table},
    {RULE_MEMORY_ATTRIBUTES, NEEDS_MAP | NEEDS_GIVEN, check_memory_attributes},
    {RULE_ACPI_TABLES, NEEDS_MAP, check_acpi_tables},
    {RULE_ACPI_LOST, 0, check_acpi_lost},
    {RULE_SMBIOS_TABLES, NEEDS_MAP, check_smbios_tables},
    {RULE_BYTES_CHANGED, 0, check_bytes_left},
};

bool leave_tell(struct leave *l, enum rule_id rule, struct span at, struct span bytes, const char *fmt, ...)
{
    char text[sizeof((struct finding *)0)->text];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (!handoff_tell(&l->v, rule, NULL, at, "%s", text))
        return false;
    handoff_blame(&l->v, bytes);
    return true;
}

bool leave_is_ram(const struct e820_entry *e)
{
    return e != NULL && e->type == E820_TYPE_RAM;
}

bool leave_is_no_ram(const struct e820_entry *e)
{
    return !leave_is_ram(e);
}

struct span leave_first(const struct leave *l, struct span at, bool (*is)(const struct e820_entry *e))
{
    const struct e820_index table = e820_index(&l->v.m->guest->e820);
    struct span found = {at.end, at.end};
    for (uint64_t p = at.start, edge; p < at.end; p = edge) {
        edge = at.end;
        if (is(e820_look(&table, p, &edge)))
            found = (struct span){found.start == at.end ? p : found.start, edge};
        else if (found.start != at.end)
            break;
    }
    return found;
}

bool leave_told(const struct leave *l, enum rule_id rule, struct span at)
{
    const struct findings *list = &l->v.mon->v->findings;
    for (size_t i = 0; i < list->nr; i++)
        if (list->f[i].rule == rule && span_overlaps(list->f[i].touched, at))
            return true;
    return false;
}

const char *leave_e820(const struct leave *l, uint64_t gpa)
{
    const struct e820_entry *e = e820_find(&l->v.m->guest->e820, gpa);
    const char *name = e != NULL ? e820_type_name(e->type) : NULL;
    return e == NULL ? "nothing" : name != NULL ? name : "an unknown type";
}

const struct efi_range *leave_taken(const struct leave *l, struct span at, bool boot_too)
{
    for (size_t i = 0; i < l->map->nr; i++) {
        const struct efi_range *r = &l->map->r[i];
        const bool boot = r->type == EFI_BOOT_CODE || r->type == EFI_BOOT_DATA;
        if (span_overlaps(r->at, at) && efi_type_is_taken(r->type) && (boot_too || !boot))
            return r;
    }
    return NULL;
}

const char *leave_type(uint32_t type, char out[LEAVE_TYPE_SIZE])
{
    const char *name = hob_memory_name(type);
    if (name != NULL)
        (void)snprintf(out, LEAVE_TYPE_SIZE, "%s", name);
    else
        (void)snprintf(out, LEAVE_TYPE_SIZE, "type %#x", (unsigned)type);
    return out;
}

/* --- what is looked at -------------------------------------------------------------------------------------------- */

/* What GetMemoryMap would add to the core's list: E:MdeModulePkg/Core/Dxe/Mem/Page.c:CoreGetMemoryMap. */
static void complete(const struct efi_map *gcd, struct efi_map *map)
{
    for (size_t i = 0; i < map->nr; i++)
        if (efi_type_is_runtime(map->r[i].type))
            map->r[i].attributes |= EFI_ATTRIBUTE_RUNTIME;
    for (size_t i = 0; i < gcd->nr && map->nr < EFI_RANGES_MAX; i++) {
        struct efi_range r = gcd->r[i];
        if (r.type != GCD_RESERVED && (r.type != GCD_MMIO || (r.attributes & EFI_ATTRIBUTE_RUNTIME) == 0))
            continue;
        r.type = r.type == GCD_RESERVED ? EFI_RESERVED : EFI_MMIO;
        map->r[map->nr++] = r;
    }
}

bool leave_read(struct monitor *mon, const struct efi_reader *r, const struct dxe_given *given, const char *when)
{
    struct dxe_memory *mem = mon->v->memory != NULL ? mon->v->memory : calloc(1, sizeof *mem);
    const struct efi_lists *lists = &mon->dxe->lists;
    mon->v->memory = mem;
    if (mem == NULL)
        return false;
    mem->when = when;
    mem->given = given != NULL;
    (void)efi_core_gcd_read(r, lists, &mem->gcd);
    if (given != NULL)
        (void)efi_map_read(r, given->buffer, given->size, given->step, &mem->map);
    else if (efi_core_map_read(r, lists, &mem->map))
        complete(&mem->gcd, &mem->map);
    return true;
}

void leave_look(struct monitor *mon, const struct efi_reader *r, uint64_t pc)
{
    const struct dxe_memory *mem = mon->v->memory;
    struct leave l = {.r = *r, .map = &mem->map, .gcd = &mem->gcd, .system = mon->dxe->system};
    l.v = (struct view){.mon = mon, .m = mon->m, .hobs = &mon->v->hobs, .pc = pc, .later = true};
    l.v.xen_info = hob_find(l.v.hobs, HOB_GUID, &hob_guid_xen_info);
    if (!mon->m->guard_firmware)
        return;
    engine_regs(mon->m->engine, &l.v.regs);
    efi_configuration_read(r, l.system, &l.config);
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        const bool sound = !leave_told(&l, RULE_MAP_LIST, (struct span){0, UINT64_MAX});
        const unsigned has =
            (mon->e820_told ? NEEDS_E820 : 0u) | (sound ? NEEDS_MAP : 0u) | (mem->given ? NEEDS_GIVEN : 0u);
        if ((checks[i].needs & ~has) == 0)
            checks[i].check(&l);
    }
}
