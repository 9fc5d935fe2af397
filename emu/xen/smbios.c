/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The SMBIOS tables that hvmloader writes (X:tools/firmware/hvmloader/smbios.c), the types that every guest has. */
#include <stdio.h>
#include <string.h>

#include "base/le.h"
#include "xen/abi.h"
#include "xen/builder.h"
#include "xen/lay.h"
#include "xen/xen.h"

#define ENTRY_POINT_SIZE 0x1F
#define MEMORY_DEVICE_MIB 16384u /* one type 17 structure for each 16 GiB */

/* Appends a structure of @n bytes, its strings, and the two zeros at its end. @strings: NULL-terminated list. */
static void add(struct smbios *b, uint8_t type, uint16_t handle, uint8_t *s, uint8_t n, const char *const *strings)
{
    size_t text = 0;
    for (size_t i = 0; strings != NULL && strings[i] != NULL; i++)
        text += strlen(strings[i]) + 1;
    const size_t total = n + (text != 0 ? text + 1 : 2);
    if (total > sizeof b->bytes - b->used) {
        b->full = true;
        return;
    }
    s[0] = type;
    s[1] = n;
    put_le16(s + 2, handle);
    uint8_t *p = b->bytes + b->used;
    memcpy(p, s, n);
    p += n;
    for (size_t i = 0; strings != NULL && strings[i] != NULL; i++) {
        memcpy(p, strings[i], strlen(strings[i]) + 1);
        p += strlen(strings[i]) + 1;
    }
    b->used += total;
    memset(p, 0, (size_t)(b->bytes + b->used - p));
    b->count++;
    if (total > b->largest)
        b->largest = total;
}

static void add_firmware_and_system(struct smbios *b, const struct layout *l)
{
    char version[24];
    (void)snprintf(version, sizeof version, "%u.%u.0", l->xen_major, l->xen_minor);

    uint8_t bios[24] = {[4] = 1, [5] = 2, [8] = 3};
    put_le16(bios + 0x06, 0xE800); /* start segment */
    bios[0x0A] = 0x80;             /* characteristics: PCI … */
    bios[0x0C] = 0x08;             /* … and a selectable boot device */
    bios[0x13] = 0x04;             /* targeted content distribution, as hvmloader says */
    bios[0x14] = (uint8_t)l->xen_major;
    bios[0x15] = (uint8_t)l->xen_minor;
    bios[0x16] = bios[0x17] = 0xFF;
    add(b, 0, 0, bios, sizeof bios, (const char *const[]){"Xen", version, "01/01/2026", NULL});

    uint8_t system[27] = {[4] = 1, [5] = 2, [6] = 3, [7] = 4};
    static const uint8_t uuid[16] = {'h', 'v', 'm', 'b', 'e', 'd', '@', 0, 0x80, [15] = 1}; /* as version.c has it */
    memcpy(system + 8, uuid, sizeof uuid);
    system[24] = 6; /* wake-up: power switch */
    add(b, 1, 0x100, system, sizeof system,
        (const char *const[]){"Xen", "HVM domU", version, "68766d62-6564-4000-8000-000000000001", NULL});

    uint8_t chassis[21] = {[4] = 1, [5] = 1, [9] = 3, [10] = 3, [11] = 3, [12] = 2};
    add(b, 3, 0x300, chassis, sizeof chassis, (const char *const[]){"Xen", NULL});
}

static void add_processors(struct smbios *b, const struct layout *l)
{
    uint32_t id[4];
    xen_cpuid_of(l, 0, 1, 0, id);
    for (unsigned i = 0; i < l->vcpus; i++) {
        char socket[16];
        (void)snprintf(socket, sizeof socket, "CPU %u", i + 1);
        uint8_t cpu[35] = {[4] = 1, [5] = 3, [6] = 1, [7] = 2, [0x18] = 0x41, [0x19] = 1};
        put_le32(cpu + 0x08, id[0]); /* signature and features */
        put_le32(cpu + 0x0C, id[3]);
        put_le16(cpu + 0x14, 2000); /* MHz, greatest and current: the bed's TSC */
        put_le16(cpu + 0x16, 2000);
        put_le16(cpu + 0x1A, 0xFFFF);
        put_le16(cpu + 0x1C, 0xFFFF);
        put_le16(cpu + 0x1E, 0xFFFF);
        add(b, 4, (uint16_t)(0x401 + i), cpu, sizeof cpu,
            (const char *const[]){socket, l->vendor == VENDOR_AMD ? "AMD" : "Intel", NULL});
    }
}

static void add_memory(struct smbios *b, const struct layout *l, const struct guest_memory *g)
{
    const struct built_ram ram = builder_ram(l, g); /* written before pages are taken for the image */
    const uint64_t bytes = ram.low_end + (ram.high_end != 0 ? ram.high_end - 4 * GIB : 0);
    const uint64_t mib = (bytes + MIB - 1) / MIB;
    const unsigned devices = (unsigned)((mib + MEMORY_DEVICE_MIB - 1) / MEMORY_DEVICE_MIB);

    uint8_t array[15] = {[4] = 1, [5] = 3, [6] = 6};
    put_le32(array + 7, (uint32_t)(mib * KIB));
    put_le16(array + 11, 0xFFFE);
    put_le16(array + 13, (uint16_t)devices);
    add(b, 16, 0x1000, array, sizeof array, NULL);

    for (unsigned i = 0; i < devices; i++) {
        const uint64_t left = mib - (uint64_t)i * MEMORY_DEVICE_MIB;
        char locator[16];
        (void)snprintf(locator, sizeof locator, "DIMM %u", i);
        uint8_t dimm[27] = {[0x0E] = 9, [0x10] = 1, [0x12] = 7};
        put_le16(dimm + 4, 0x1000);
        put_le16(dimm + 8, 64);
        put_le16(dimm + 10, 64);
        put_le16(dimm + 12, (uint16_t)(left < MEMORY_DEVICE_MIB ? left : MEMORY_DEVICE_MIB));
        add(b, 17, (uint16_t)(0x1100 + i), dimm, sizeof dimm, (const char *const[]){locator, NULL});

        /* Where it is mapped, in KiB, as hvmloader counts: in one piece from 0. */
        const uint32_t start = (uint32_t)i * MEMORY_DEVICE_MIB * 1024u;
        const uint32_t end = start + (uint32_t)(left < MEMORY_DEVICE_MIB ? left : MEMORY_DEVICE_MIB) * 1024u - 1;
        uint8_t array_mapped[15] = {[14] = 1};
        put_le32(array_mapped + 4, start);
        put_le32(array_mapped + 8, end);
        put_le16(array_mapped + 12, 0x1000);
        add(b, 19, (uint16_t)(0x1300 + i), array_mapped, sizeof array_mapped, NULL);
        uint8_t device_mapped[19] = {[16] = 1};
        put_le32(device_mapped + 4, start);
        put_le32(device_mapped + 8, end);
        put_le16(device_mapped + 12, (uint16_t)(0x1100 + i));
        put_le16(device_mapped + 14, (uint16_t)(0x1300 + i));
        add(b, 20, (uint16_t)(0x1400 + i), device_mapped, sizeof device_mapped, NULL);
    }
}

static void entry_point(struct smbios *b)
{
    uint8_t *e = b->bytes;
    memset(e, 0, ENTRY_POINT_SIZE);
    lay_text(e, "_SM_");
    e[5] = ENTRY_POINT_SIZE;
    e[6] = 2; /* SMBIOS 2.4 */
    e[7] = 4;
    put_le16(e + 8, (uint16_t)b->largest);
    lay_text(e + 16, "_DMI_");
    put_le16(e + 22, (uint16_t)(b->used - ENTRY_POINT_SIZE));
    put_le32(e + 24, (uint32_t)(HVMLOADER_SMBIOS + ENTRY_POINT_SIZE));
    put_le16(e + 28, (uint16_t)b->count);
    e[30] = 0x24;
    e[21] = lay_checksum(e + 16, 15);
    e[4] = lay_checksum(e, ENTRY_POINT_SIZE);
}

bool smbios_build(struct smbios *b, const struct layout *l, const struct guest_memory *g, struct diag *d)
{
    b->used = ENTRY_POINT_SIZE;
    b->largest = b->count = 0;
    b->full = false;
    add_firmware_and_system(b, l);
    add_processors(b, l);
    uint8_t oem[5] = {[4] = 1}, boot[11] = {0}, end[4] = {0};
    add(b, 11, 0xB00, oem, sizeof oem, (const char *const[]){"Xen", NULL});
    add_memory(b, l, g);
    add(b, 32, 0x2000, boot, sizeof boot, NULL);
    add(b, 127, 0x7F00, end, sizeof end, NULL);
    if (b->full)
        return diag_fail(d, l->path, 0, "the SMBIOS tables do not fit below 0x%llx",
                         (unsigned long long)HVMLOADER_SMBIOS_END);
    entry_point(b);
    return true;
}

bool lay_smbios(struct plan *p, const struct smbios *b, struct diag *d)
{
    const struct lay_range at = {{HVMLOADER_SMBIOS, HVMLOADER_SMBIOS + b->used}, PLAN_RAM, CLASS_PRESERVED, "SMBIOS"};
    return lay(p, at, b->bytes, b->used, d);
}

bool lay_smbios_scratch(struct plan *p, const struct smbios *b, struct diag *d)
{
    const size_t size = b->used - ENTRY_POINT_SIZE;
    const struct lay_range at = {
        {HVMLOADER_SCRATCH, HVMLOADER_SCRATCH + size}, PLAN_RAM, CLASS_FREE, "SMBIOS in the making (stale)"};
    return lay(p, at, b->bytes + ENTRY_POINT_SIZE, size, d);
}
