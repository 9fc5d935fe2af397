/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the DXE core knows of memory, read from outside: its list behind GetMemoryMap (E:MdeModulePkg/Core/Dxe/Mem/Imem.h),
 * the GCD's memory space map (E:…/Gcd/Gcd.h), both the same since 2006 but for attributes, and the map that
 * GetMemoryMap has handed out. Guest bytes are hostile: everything is bounded, nothing is trusted but signatures.
 */
#ifndef HVMBED_DXE_MEMORY_H
#define HVMBED_DXE_MEMORY_H

#include "base/span.h"
#include "dxe/efi.h"

/* UEFI 2.10, 7.2.1 */
enum efi_memory_type {
    EFI_RESERVED,
    EFI_LOADER_CODE,
    EFI_LOADER_DATA,
    EFI_BOOT_CODE,
    EFI_BOOT_DATA,
    EFI_RUNTIME_CODE,
    EFI_RUNTIME_DATA,
    EFI_CONVENTIONAL,
    EFI_UNUSABLE,
    EFI_ACPI_RECLAIM,
    EFI_ACPI_NVS,
    EFI_MMIO,
    EFI_MMIO_PORT,
    EFI_PAL_CODE,
    EFI_PERSISTENT,
    EFI_UNACCEPTED,
    EFI_MEMORY_TYPES,
    EFI_OEM_TYPES = 0x70000000, /* from here on: an OEM's or an operating system's own */
};
#define EFI_ATTRIBUTE_RP (1ULL << 13)
#define EFI_ATTRIBUTE_XP (1ULL << 14)
#define EFI_ATTRIBUTE_RO (1ULL << 17)
#define EFI_ATTRIBUTE_RUNTIME (1ULL << 63)
/* "UC WC WT WB RUNTIME"; "" for none. Bits without a name are written as a number. */
#define EFI_ATTRIBUTES_SIZE 96
void efi_attributes_format(uint64_t attributes, char out[EFI_ATTRIBUTES_SIZE]);

/* PI 1.7, volume 2, 7.2.4 */
enum gcd_memory_type { GCD_NONE, GCD_RESERVED, GCD_RAM, GCD_MMIO, GCD_PERSISTENT, GCD_RELIABLE, GCD_UNACCEPTED };
/* "RAM", "MMIO"; NULL for what has no name. */
const char *gcd_memory_name(uint32_t type);

struct efi_range {
    struct span at; /* as it says: may be empty, wrap, or not be pages */
    uint32_t type;  /* enum efi_memory_type, or of the GCD enum gcd_memory_type */
    uint64_t attributes;
    struct span bytes; /* gva of the descriptor */
};
#define EFI_RANGES_MAX 2048
struct efi_map {
    struct efi_range r[EFI_RANGES_MAX]; /* in their order */
    size_t nr;
    const char *damage; /* static; NULL: read to its end */
    uint64_t damage_at; /* gva */
};

/* Where the core keeps them: gva of the heads; 0: not found. */
struct efi_lists {
    uint64_t map, gcd;
};
/*
 * Looks through the core's image, @size bytes at @core, for heads of lists of descriptors, one of which must cover the
 * image itself. True when both are there.
 */
bool efi_lists_find(const struct efi_reader *r, uint64_t core, size_t size, struct efi_lists *out);
/* Both fill @out as far as the list goes; false when it is damaged. */
bool efi_core_map_read(const struct efi_reader *r, const struct efi_lists *l, struct efi_map *out);
bool efi_core_gcd_read(const struct efi_reader *r, const struct efi_lists *l, struct efi_map *out);
/* The type that the core's list gives the page at @gva; false when it is in none, or the list cannot be walked so far. */
bool efi_core_type_of(const struct efi_reader *r, const struct efi_lists *l, uint64_t gva, uint32_t *type);
/* What GetMemoryMap has written: @size bytes of descriptors, @step apart. False when that makes no sense. */
bool efi_map_read(const struct efi_reader *r, uint64_t buffer, uint64_t size, uint64_t step, struct efi_map *out);

/* The descriptor that holds @gpa, NULL for none. */
const struct efi_range *efi_map_at(const struct efi_map *m, uint64_t gpa);
/* Is it memory that an operating system takes for its own, at once or when boot services are gone? */
bool efi_type_is_taken(uint32_t type);
bool efi_type_is_runtime(uint32_t type);

#endif
