/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a DXE core keeps in memory: its lists, a map that it gave, the tables that it hands on. */
#include "../fuzz.h"

#include "dxe/memory.h"
#include "dxe/tables.h"

#define BASE 0x10000u
#define CORE_SIZE 0x200u
#define SYSTEM (BASE + 0x400u)
#define GIVEN (BASE + 0x800u)
#define GIVEN_SIZE 96u
#define RSDP (BASE + 0xA00u)
#define SMBIOS (BASE + 0xE00u)

static void look_at_memory(const struct efi_reader *r)
{
    static struct efi_map m;
    struct efi_lists l;
    uint32_t type;
    char text[EFI_ATTRIBUTES_SIZE];
    if (efi_lists_find(r, BASE, CORE_SIZE, &l))
        (void)efi_core_type_of(r, &l, 0, &type);
    (void)efi_core_map_read(r, &l, &m);
    (void)efi_core_gcd_read(r, &l, &m);
    (void)efi_map_read(r, GIVEN, GIVEN_SIZE, 48, &m);
    for (size_t i = 0; i < m.nr; i++)
        efi_attributes_format(m.r[i].attributes, text);
}

static void look_at_tables(const struct efi_reader *r)
{
    static struct efi_configuration c;
    static struct acpi_tables all;
    struct efi_header_look h;
    struct smbios_look s;
    for (int i = EFI_SYSTEM; i <= EFI_RUNTIME; i++)
        efi_header_look(r, SYSTEM, (enum efi_header)i, &h);
    efi_configuration_read(r, SYSTEM, &c);
    (void)efi_configuration_table(&c, &efi_acpi_guid);
    acpi_tables_read(r, RSDP, &all);
    for (size_t i = 1; i < all.nr; i++)
        (void)acpi_table_is_copy(r, &all.t[i - 1], &all.t[i]);
    smbios_look(r, SMBIOS, &s);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    const struct fuzz_memory b = {bytes, n, BASE};
    const struct efi_reader r = {fuzz_memory_read, &b};
    look_at_memory(&r);
    look_at_tables(&r);
    return 0;
}
