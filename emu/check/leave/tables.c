/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The system table and what the configuration table leads to, but for ACPI. */
#include "base/le.h"
#include "check/leave/leave.h"

static struct span or_one(struct span at)
{
    return at.start < at.end ? at : (struct span){at.start, at.start + 1};
}

static bool is_runtime(const struct leave *l, uint64_t gva)
{
    const struct efi_range *r = efi_map_at(l->map, gva);
    return r != NULL && efi_type_is_runtime(r->type);
}

void check_system_table(struct leave *l)
{
    for (unsigned i = EFI_SYSTEM; i <= EFI_RUNTIME; i++) {
        struct efi_header_look h;
        efi_header_look(&l->r, l->system, (enum efi_header)i, &h);
        if (h.why != NULL)
            leave_tell(l, RULE_SYSTEM_TABLE, or_one(h.at), h.at, "%s at %#llx: %s", h.name,
                       (unsigned long long)h.at.start, h.why);
        else if (i != EFI_BOOT && !is_runtime(l, h.at.start)) /* UEFI 2.10, 2.3.4: it outlives boot services */
            leave_tell(l, RULE_SYSTEM_TABLE, h.at, (struct span){0, 0}, "%s at %#llx: it is not in runtime memory",
                       h.name, (unsigned long long)h.at.start);
    }
    const struct span at = l->config.at;
    if (!l->config.readable)
        leave_tell(l, RULE_SYSTEM_TABLE, or_one(at), (struct span){0, 0},
                   "the configuration table at %#llx cannot be read", (unsigned long long)at.start);
    else if (l->config.nr != 0 && leave_taken(l, at, false) != NULL)
        leave_tell(l, RULE_SYSTEM_TABLE, at, (struct span){0, 0},
                   "the configuration table at %#llx is in memory that nobody keeps", (unsigned long long)at.start);
}

/* --- memory attributes: UEFI 2.10, 4.6 ---------------------------------------------------------------------------- */

#define ATTRIBUTES_HEADER 16u
#define ATTRIBUTES_MAX 4096u
#define TOLD_MAX 4u

static const char *wrong_with(const struct leave *l, const struct efi_range *r)
{
    const struct efi_range *in = efi_map_at(l->map, r->at.start);
    if (r->at.start % PAGE_SIZE != 0 || r->at.start >= r->at.end)
        return "it is not whole pages";
    if (!efi_type_is_runtime(r->type))
        return "its type is not a runtime one";
    if (in == NULL || !span_contains(in->at, r->at) || in->type != r->type)
        return "it is not part of one descriptor of its type in the memory map";
    if ((r->attributes & EFI_ATTRIBUTE_RUNTIME) == 0)
        return "it lacks the runtime attribute";
    return (r->attributes & (EFI_ATTRIBUTE_RO | EFI_ATTRIBUTE_XP)) == 0 ? "it is neither read-only nor not executable"
                                                                        : NULL;
}

void check_memory_attributes(struct leave *l)
{
    const uint64_t at = efi_configuration_table(&l->config, &efi_attributes_guid);
    uint8_t raw[ATTRIBUTES_HEADER];
    unsigned told = 0;
    if (at == 0)
        return;
    const bool there = l->r.read(l->r.self, at, raw, sizeof raw);
    const uint32_t nr = there ? le32(raw + 4) : 0, step = there ? le32(raw + 8) : 0;
    if (!there || step < 40 || step > 256 || nr > ATTRIBUTES_MAX) {
        leave_tell(l, RULE_MEMORY_ATTRIBUTES, (struct span){at, at + sizeof raw}, (struct span){at, at + sizeof raw},
                   "the table at %#llx makes no sense: %u entries of %u bytes", (unsigned long long)at, nr, step);
        return;
    }
    for (uint32_t i = 0; i < nr && told < TOLD_MAX; i++) {
        uint8_t e[40] = {0};
        const uint64_t place = at + ATTRIBUTES_HEADER + (uint64_t)i * step;
        (void)l->r.read(l->r.self, place, e, sizeof e);
        const struct efi_range r = {{le64(e + 8), le64(e + 8) + (le64(e + 24) << PAGE_SHIFT)},
                                    le32(e),
                                    le64(e + 32),
                                    {place, place + sizeof e}};
        const char *why = wrong_with(l, &r);
        char type[LEAVE_TYPE_SIZE];
        if (why == NULL)
            continue;
        told++;
        leave_tell(l, RULE_MEMORY_ATTRIBUTES, or_one(r.at), r.bytes,
                   "entry %u of the table at %#llx, %s %#llx-%#llx: %s", i, (unsigned long long)at,
                   leave_type(r.type, type), (unsigned long long)r.at.start, (unsigned long long)r.at.end, why);
    }
}

/* --- SMBIOS ------------------------------------------------------------------------------------------------------- */

static bool check_smbios(struct leave *l, const struct guid *which, const char *name)
{
    const uint64_t at = efi_configuration_table(&l->config, which);
    struct smbios_look s;
    if (at == 0)
        return false;
    smbios_look(&l->r, at, &s);
    /* UEFI 2.10, 2.3.4: boot services' memory is allowed; whoever needs the tables reads them first. */
    const struct span part[] = {s.entry, s.tables};
    for (unsigned i = 0; s.why == NULL && i < 2; i++)
        if (span_size(part[i]) != 0 && leave_taken(l, part[i], false) != NULL) {
            leave_tell(l, RULE_SMBIOS_TABLES, part[i], (struct span){0, 0},
                       "the %s %s at %#llx-%#llx are in memory that nobody keeps", name,
                       i == 0 ? "entry" : "structures", (unsigned long long)part[i].start,
                       (unsigned long long)part[i].end);
            return true;
        }
    if (s.why != NULL)
        leave_tell(l, RULE_SMBIOS_TABLES, or_one((struct span){at, at}), or_one(s.entry), "the %s table at %#llx: %s",
                   name, (unsigned long long)at, s.why);
    return true;
}

void check_smbios_tables(struct leave *l)
{
    const bool second = check_smbios(l, &efi_smbios_guid, "SMBIOS");
    const bool third = check_smbios(l, &efi_smbios3_guid, "SMBIOS 3");
    /* hvmloader always has some; a PVH guest has none. */
    if (!second && !third && l->v.xen_info != NULL && l->v.m->layout->type == GUEST_HVM)
        leave_tell(l, RULE_SMBIOS_TABLES, (struct span){0xEB000, 0xEB01F}, (struct span){0, 0},
                   "hvmloader's SMBIOS tables are not handed on: the configuration table has none");
}
