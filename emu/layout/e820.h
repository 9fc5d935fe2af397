/* SPDX-License-Identifier: GPL-2.0-or-later */
/* E820 tables as Xen's toolstack and hvmloader make them. Pure. */
#ifndef HVMBED_LAYOUT_E820_H
#define HVMBED_LAYOUT_E820_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/span.h"

/* Wire values: ACPI specification, "System Address Map Interfaces"; X:tools/include/xenctrl.h:E820_*. */
enum e820_type {
    E820_TYPE_RAM = 1,
    E820_TYPE_RESERVED = 2,
    E820_TYPE_ACPI = 3,
    E820_TYPE_NVS = 4,
    E820_TYPE_UNUSABLE = 5,
    E820_TYPE_DISABLED = 6,
    E820_TYPE_PMEM = 7,
};

/* X:xen/include/public and X:xenctrl.h:E820MAX. OvmfXen's and hvmloader's buffers have this many entries. */
#define E820_MAX 128

/* The wire form: 20 bytes packed, addr u64 @0, size u64 @8, type u32 @16. */
#define E820_WIRE_SIZE 20

struct e820_entry {
    struct span at;
    uint32_t type; /* enum e820_type, or any number a layout gives */
};

struct e820_map {
    unsigned nr;
    struct e820_entry e[E820_MAX];
};

/* "RAM", "RESERVED", "ACPI", "NVS", "UNUSABLE" … as hvmloader prints them; NULL when unknown. */
const char *e820_type_name(uint32_t type);
/* Case-insensitive inverse, also accepts a number; 0 when not known. */
uint32_t e820_type_parse(const char *name);

/* Appends; false when full or the span is empty. Order is kept: PVH maps are not sorted. */
bool e820_add(struct e820_map *m, uint64_t start, uint64_t end, uint32_t type);
void e820_sort(struct e820_map *m);
/* The entry that holds @gpa (the last that does, where entries overlap), or NULL. */
const struct e820_entry *e820_find(const struct e820_map *m, uint64_t gpa);

/* A table that is asked again and again and does not change meanwhile: in order it need not be searched from its end. */
struct e820_index {
    const struct e820_map *map;
    bool apart;              /* no entry is empty or overlaps another; else the map is asked */
    uint8_t order[E820_MAX]; /* where they are apart: their numbers, by address */
};
_Static_assert(E820_MAX <= 256, "a byte holds the number of an entry");
struct e820_index e820_index(const struct e820_map *m);
/* As e820_find(); *@until becomes the first address above @gpa where some entry begins or ends, if it is lower. */
const struct e820_entry *e820_look(const struct e820_index *x, uint64_t gpa, uint64_t *until);
uint64_t e820_ram_bytes(const struct e820_map *m);
/* Writes nr * E820_WIRE_SIZE bytes. */
void e820_encode(const struct e820_map *m, uint8_t *out);
/* The table in hvmloader's own style (X:tools/firmware/hvmloader/e820.c:dump_e820_table), HOLE and OVERLAP marked. */
void e820_write(const struct e820_map *m, FILE *out);

#endif
