/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the checks ask of a layout, and how they say what they have found. For the lint_*.c files only. */
#ifndef HVMBED_LAYOUT_LINT_INTERNAL_H
#define HVMBED_LAYOUT_LINT_INTERNAL_H

#include "layout/lint.h"

/* In the layout, at @line (0: nowhere in particular); for the check that runs. */
void lint_hit(struct lint *o, unsigned line, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* In the firmware image. */
void lint_hit_firmware(struct lint *o, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The line of memory=, from which all follows that no other key says; 0: nowhere. */
unsigned lint_memory_line(const struct lint *o);
/* The line of a key, or of what everything follows from when the key is not there. */
#define LINE_OF(o, key) ((o)->in->at != NULL && (o)->in->at->key != 0 ? (o)->in->at->key : lint_memory_line(o))
/* The line of entry @i of the E820; an entry that Xen makes follows from memory=. */
unsigned lint_entry_line(const struct lint *o, unsigned i);
unsigned lint_table_line(const struct lint *o);

const struct e820_map *lint_map(const struct lint *o);
bool lint_is_hvm(const struct lint *o);
/* Is it a Xen before 4.@minor? */
bool lint_xen_before(const struct layout *l, unsigned minor);
const char *lint_type_text(uint32_t type, char buf[16]);

#define ANY_TYPE 0u
/* The first bytes of @s that no entry of @type covers; false when there are none. */
bool lint_first_gap(const struct e820_map *m, uint32_t type, struct span s, struct span *gap);
/* What the toolstack populates and hvmloader leaves, as RAM entries. */
void lint_populated(const struct lint *o, struct e820_map *m);
/* The end of the highest RAM below 4 GiB that the E820 tells of. */
uint64_t lint_low_end(const struct e820_map *m);
/* Where PEI's memory will be (E:MemDetect.c:PublishPeiMemory). Empty when RAM ends too low. */
struct span lint_pei_memory(const struct lint *o);

/* E:OvmfPkg/XenPlatformPei/MemDetect.c:PublishPeiMemory: above DXEFV. */
#define PEI_FLOOR 0x1300000ULL
#define PEI_CAP (64 * MIB)

/* The checks: one finds or does not, and calls no other. lint_checks.c says what each is for. */
void lint_check_e820_wrap(struct lint *o);
void lint_check_e820_overlap(struct lint *o);
void lint_check_e820_unsorted(struct lint *o);
void lint_check_pvh_unsorted(struct lint *o);
void lint_check_e820_type(struct lint *o);
void lint_check_e820_over_16(struct lint *o);
void lint_check_e820_full(struct lint *o);
void lint_check_phys_bits(struct lint *o);
void lint_check_phys_bits_over_48(struct lint *o);
void lint_check_ram_unaligned(struct lint *o);
void lint_check_ram_over_device(struct lint *o);
void lint_check_ram_in_hole(struct lint *o);
void lint_check_ram_unpopulated(struct lint *o);
void lint_check_ram_undeclared(struct lint *o);
void lint_check_lost_page(struct lint *o);
void lint_check_special_undeclared(struct lint *o);
void lint_check_acpi_undeclared(struct lint *o);
void lint_check_acpi_type(struct lint *o);
void lint_check_cmos_above_ram(struct lint *o);
void lint_check_cmos_below_ram(struct lint *o);
void lint_check_cmos_rounding(struct lint *o);
void lint_check_work_area(struct lint *o);
void lint_check_pei_memory_least(struct lint *o);
void lint_check_pei_cap(struct lint *o);
void lint_check_pei_not_ram(struct lint *o);
void lint_check_fill(struct lint *o);
void lint_check_vcpus_over_64(struct lint *o);
void lint_check_unknown_key(struct lint *o);
void lint_check_not_honoured(struct lint *o);
void lint_check_image_size(struct lint *o);
void lint_check_pvh_no_entry(struct lint *o);
void lint_check_pvh_elf_short(struct lint *o);

#endif
