/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ACPI tables: those that are handed on, and those that Xen gave. */
#include <string.h>

#include "check/leave/leave.h"
#include "xen/abi.h"

#define TOLD_MAX 4u

static struct span extent(const struct acpi_table *t)
{
    return (struct span){t->at, t->at + (t->length != 0 ? t->length : 1)};
}

/* gpa of the RSDP that Xen gave; 0: none. */
static uint64_t given_rsdp(const struct leave *l)
{
    if (!l->v.m->layout->acpi && l->v.m->layout->type == GUEST_HVM)
        return 0;
    return l->v.m->layout->type == GUEST_HVM ? HVMLOADER_RSDP : handoff_rsdp(l->v.m->plan);
}

/* gpa of the RSDP that is handed on; 0: none. */
static uint64_t left_rsdp(const struct leave *l)
{
    const uint64_t second = efi_configuration_table(&l->config, &efi_acpi_guid);
    return second != 0 ? second : efi_configuration_table(&l->config, &efi_acpi1_guid);
}

void check_acpi_tables(struct leave *l)
{
    const uint64_t rsdp = left_rsdp(l), given = given_rsdp(l);
    struct acpi_tables all;
    unsigned told = 0;
    if (rsdp == 0 && given != 0 && l->v.xen_info != NULL)
        leave_tell(l, RULE_ACPI_TABLES, (struct span){given, given + 1}, (struct span){0, 0},
                   "Xen's ACPI tables are not handed on: the configuration table has none");
    if (rsdp == 0)
        return;
    acpi_tables_read(&l->r, rsdp, &all);
    for (size_t i = 0; i < all.nr && told < TOLD_MAX; i++) {
        const struct acpi_table *t = &all.t[i];
        const struct efi_range *taken = leave_taken(l, extent(t), true);
        char type[LEAVE_TYPE_SIZE];
        if (t->why == NULL && (taken == NULL || leave_told(l, RULE_MAP_RAM, taken->at)))
            continue;
        told++;
        if (t->why != NULL)
            leave_tell(l, RULE_ACPI_TABLES, extent(t), extent(t), "%s at %#llx: %s", t->signature,
                       (unsigned long long)t->at, t->why);
        else
            leave_tell(l, RULE_ACPI_TABLES, extent(t), (struct span){0, 0},
                       "%s at %#llx is in %s, which the operating system takes for its own", t->signature,
                       (unsigned long long)t->at, leave_type(taken->type, type));
    }
}

static bool is_root(const struct acpi_table *t)
{
    return strcmp(t->signature, "RSDP") == 0 || strcmp(t->signature, "RSDT") == 0 || strcmp(t->signature, "XSDT") == 0;
}

/* Is the chain from the RSDP on broken? Then what was lost says nothing more. */
static bool is_broken(const struct acpi_tables *all)
{
    for (size_t i = 0; i < all->nr; i++)
        if (all->t[i].why != NULL)
            return true;
    return false;
}

void check_acpi_lost(struct leave *l)
{
    struct acpi_tables given, left;
    const uint64_t from = given_rsdp(l), rsdp = left_rsdp(l);
    if (from == 0 || rsdp == 0 || l->v.xen_info == NULL)
        return;
    acpi_tables_read(&l->r, from, &given);
    acpi_tables_read(&l->r, rsdp, &left);
    for (size_t i = 0; i < given.nr && !is_broken(&left); i++) {
        const struct acpi_table *t = &given.t[i];
        bool same = is_root(t) || t->why != NULL, named = false;
        for (size_t j = 0; j < left.nr && !same; j++) {
            named = named || strcmp(left.t[j].signature, t->signature) == 0;
            same = acpi_table_is_copy(&l->r, t, &left.t[j]);
        }
        if (!same)
            leave_tell(l, RULE_ACPI_LOST, extent(t), (struct span){0, 0},
                       "Xen's %s, %u bytes at %#llx, is not handed on%s", t->signature, t->length,
                       (unsigned long long)t->at, named ? " as it was" : "");
    }
}
