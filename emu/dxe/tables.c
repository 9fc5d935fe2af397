/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dxe/tables.h"

#include <string.h>
#include <zlib.h>

#include "base/le.h"
#include "image/guid_names.h"

/* EFI_TABLE_HEADER, and where EFI_SYSTEM_TABLE has what leads on (UEFI 2.10, 4.3). */
#define HEADER_SIZE 24u
#define HEADER_MAX 4096u
#define CRC_AT 16u
#define SYSTEM_RUNTIME 0x58
#define SYSTEM_BOOT 0x60
#define SYSTEM_TABLES_NR 0x68
#define SYSTEM_TABLES 0x70
#define CONFIGURATION_SIZE 24u

const struct guid efi_acpi_guid = GUID(0x8868e871, 0xe4f1, 0x11d3, 0xbc, 0x22, 0x00, 0x80, 0xc7, 0x3c, 0x88, 0x81);
const struct guid efi_acpi1_guid = GUID(0xeb9d2d30, 0x2d88, 0x11d3, 0x9a, 0x16, 0x00, 0x90, 0x27, 0x3f, 0xc1, 0x4d);
const struct guid efi_smbios_guid = GUID(0xeb9d2d31, 0x2d88, 0x11d3, 0x9a, 0x16, 0x00, 0x90, 0x27, 0x3f, 0xc1, 0x4d);
const struct guid efi_smbios3_guid = GUID(0xf2fd1544, 0x9794, 0x4a2c, 0x99, 0x2e, 0xe5, 0xbb, 0xcf, 0x20, 0xe3, 0x94);
const struct guid efi_attributes_guid =
    GUID(0xdcfa911d, 0x26eb, 0x469f, 0xa2, 0x20, 0x38, 0xb7, 0xdc, 0x46, 0x12, 0x20);

static uint64_t read_word(const struct efi_reader *r, uint64_t gva)
{
    uint8_t raw[8];
    return r->read(r->self, gva, raw, sizeof raw) ? le64(raw) : 0;
}

static const struct {
    const char *name;
    uint64_t signature;
    unsigned in_system; /* where its address is; 0: it is the system table */
    unsigned least;     /* bytes, of revision 1.02 */
} headers[] = {
    [EFI_SYSTEM] = {"system table", 0x5453595320494249ull, 0, 0x78},
    [EFI_BOOT] = {"boot services", 0x56524553544f4f42ull, SYSTEM_BOOT, 0x140},
    [EFI_RUNTIME] = {"runtime services", 0x56524553544e5552ull, SYSTEM_RUNTIME, 0x70},
};

void efi_header_look(const struct efi_reader *r, uint64_t system, enum efi_header which, struct efi_header_look *out)
{
    uint8_t raw[HEADER_MAX];
    const uint64_t at = headers[which].in_system != 0 ? read_word(r, system + headers[which].in_system) : system;
    *out = (struct efi_header_look){headers[which].name, {at, at}, NULL};
    if (at == 0) {
        out->why = "there is none";
        return;
    }
    if (!r->read(r->self, at, raw, HEADER_SIZE)) {
        out->why = "it is not in memory";
        return;
    }
    if (le64(raw) != headers[which].signature) {
        out->why = "its signature is not there";
        return;
    }
    const uint32_t size = le32(raw + 12), crc = le32(raw + CRC_AT);
    if (size < headers[which].least || size > sizeof raw || !r->read(r->self, at, raw, size)) {
        out->why = "its size makes no sense";
        return;
    }
    out->at.end = at + size;
    memset(raw + CRC_AT, 0, 4);
    if (crc32(0, raw, size) != crc)
        out->why = "its CRC is not that of its bytes";
}

void efi_configuration_read(const struct efi_reader *r, uint64_t system, struct efi_configuration *out)
{
    const uint64_t nr = read_word(r, system + SYSTEM_TABLES_NR), at = read_word(r, system + SYSTEM_TABLES);
    *out = (struct efi_configuration){.at = {at, at}};
    if (nr > EFI_CONFIGURATION_MAX || (at == 0 && nr != 0))
        return;
    out->at.end = at + nr * CONFIGURATION_SIZE;
    for (out->nr = 0; out->nr < nr; out->nr++) {
        uint8_t raw[CONFIGURATION_SIZE];
        if (!r->read(r->self, at + out->nr * CONFIGURATION_SIZE, raw, sizeof raw))
            return;
        memcpy(out->e[out->nr].guid.b, raw, 16);
        out->e[out->nr].table = le64(raw + 16);
    }
    out->readable = true;
}

uint64_t efi_configuration_table(const struct efi_configuration *c, const struct guid *g)
{
    for (size_t i = 0; i < c->nr; i++)
        if (guid_equal(&c->e[i].guid, g))
            return c->e[i].table;
    return 0;
}
