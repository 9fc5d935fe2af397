/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tables that firmware hands on to an operating system, read from outside: the system table with its services, the
 * configuration table, ACPI and SMBIOS. Guest bytes are hostile: everything is bounded. Pure.
 */
#ifndef HVMBED_DXE_TABLES_H
#define HVMBED_DXE_TABLES_H

#include "base/span.h"
#include "dxe/efi.h"

/* A table with a header of UEFI's (UEFI 2.10, 4.2): the system table, boot or runtime services. */
enum efi_header { EFI_SYSTEM, EFI_BOOT, EFI_RUNTIME };
struct efi_header_look {
    const char *name; /* "boot services" */
    struct span at;   /* gva; empty when there is none */
    const char *why;  /* what is wrong with it; NULL: nothing */
};
void efi_header_look(const struct efi_reader *r, uint64_t system, enum efi_header which, struct efi_header_look *out);

/* UEFI 2.10, 4.6 */
extern const struct guid efi_acpi_guid, efi_acpi1_guid, efi_smbios_guid, efi_smbios3_guid, efi_attributes_guid;
#define EFI_CONFIGURATION_MAX 128
struct efi_configuration {
    struct span at; /* gva of the array */
    struct {
        struct guid guid;
        uint64_t table; /* gva */
    } e[EFI_CONFIGURATION_MAX];
    size_t nr;
    bool readable;
};
void efi_configuration_read(const struct efi_reader *r, uint64_t system, struct efi_configuration *out);
/* 0: there is none. */
uint64_t efi_configuration_table(const struct efi_configuration *c, const struct guid *g);

/* ACPI (ACPI 6.5, 5.2): all that the RSDP leads to. */
#define ACPI_TABLES_MAX 64
struct acpi_table {
    char signature[5]; /* "RSD ", "XSDT"; printable */
    uint64_t at;       /* gpa */
    uint32_t length;   /* bytes */
    const char *why;   /* what is wrong with it; NULL: nothing */
};
struct acpi_tables {
    struct acpi_table t[ACPI_TABLES_MAX]; /* the RSDP first, then root tables, what they name, what the FADT names */
    size_t nr;
};
void acpi_tables_read(const struct efi_reader *r, uint64_t rsdp, struct acpi_tables *out);
/* Are the two the same but for what changes when a table is copied: checksums, and addresses in an FADT? */
bool acpi_table_is_copy(const struct efi_reader *r, const struct acpi_table *a, const struct acpi_table *b);

/* SMBIOS (SMBIOS 3.7, 5.2): an entry point of either form, and the structures that it leads to. */
struct smbios_look {
    struct span entry, tables; /* gpa; empty when not known */
    unsigned structures;
    const char *why; /* what is wrong; NULL: nothing */
};
void smbios_look(const struct efi_reader *r, uint64_t entry, struct smbios_look *out);

#endif
