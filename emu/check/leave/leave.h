/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What DXE leaves to the operating system, looked at when ready to boot is signalled and when boot services are left: the
 * memory map and the GCD against the E820, the tables that are handed on, the processor's. One function a check, one row
 * a check in leave.c.
 */
#ifndef HVMBED_CHECK_LEAVE_LEAVE_H
#define HVMBED_CHECK_LEAVE_LEAVE_H

#include "check/handoff/handoff.h"
#include "dxe/tables.h"

struct leave {
    struct view v; /* what the checks at the hand-off see */
    struct efi_reader r;
    const struct efi_map *map, *gcd; /* the map: what the loader was given, or else the core's own */
    uint64_t system;                 /* gva of the system table */
    struct efi_configuration config;
};

/*
 * A finding of @rule about @at (guest-physical), with @bytes (gva = gpa; empty: none) to blame; or an entry among the
 * known differences. What was told at the last look is not told again. True when it is a new finding.
 */
bool leave_tell(struct leave *l, enum rule_id rule, struct span at, struct span bytes, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

/*
 * The first part of @at for which @is is true, told the E820's entry there, or NULL; empty when there is none. It ends
 * where that changes.
 */
struct span leave_first(const struct leave *l, struct span at, bool (*is)(const struct e820_entry *e));
bool leave_is_ram(const struct e820_entry *e);
bool leave_is_no_ram(const struct e820_entry *e);
/* "RAM", "RESERVED", "nothing": what the E820 has at @gpa. */
const char *leave_e820(const struct leave *l, uint64_t gpa);
/* Has a finding of @rule told of some of @at? */
bool leave_told(const struct leave *l, enum rule_id rule, struct span at);
/*
 * The descriptor that lets an operating system take some of @at, by the time it has left boot services: free memory and
 * loaders'; boot services', too, unless what is there is only needed at first. NULL: it keeps away.
 */
const struct efi_range *leave_taken(const struct leave *l, struct span at, bool boot_too);
/* "BootServicesData", "type 0x70000001" */
#define LEAVE_TYPE_SIZE 32
const char *leave_type(uint32_t type, char out[LEAVE_TYPE_SIZE]);

/* map.c, gcd.c */
void check_map_list(struct leave *l);
void check_map_overlap(struct leave *l);
void check_map_ram(struct leave *l);
void check_map_ram_missing(struct leave *l);
void check_map_vga(struct leave *l);
void check_map_runtime(struct leave *l);
void check_gcd_list(struct leave *l);
void check_gcd_ram(struct leave *l);
void check_gcd_mmio(struct leave *l);
/* tables.c, acpi.c */
void check_system_table(struct leave *l);
void check_memory_attributes(struct leave *l);
void check_acpi_tables(struct leave *l);
void check_acpi_lost(struct leave *l);
void check_smbios_tables(struct leave *l);
/* cpu.c, pages.c; handoff/preserve.c */
void check_processor_tables(struct leave *l);
void check_page_attributes(struct leave *l);
void check_bytes_left(struct leave *l);

#endif
