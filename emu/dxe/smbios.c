/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SMBIOS: the entry point and the structures behind it. */
#include <stdlib.h>
#include <string.h>

#include "base/le.h"
#include "dxe/tables.h"

#define ENTRY_MAX 0x20u
#define TABLES_MAX (1 * MIB)
#define LAST_STRUCTURE 127u
#define INTERMEDIATE 0x10u
#define INTERMEDIATE_SIZE 0x0fu

static uint8_t sum_of(const uint8_t *p, size_t n)
{
    uint8_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum = (uint8_t)(sum + p[i]);
    return sum;
}

/* Behind the structure at @at and its strings; 0 when they do not end in @n bytes. */
static size_t behind(const uint8_t *p, size_t n, size_t at)
{
    if (n - at < 4 || p[at + 1] < 4 || p[at + 1] > n - at)
        return 0;
    for (size_t i = at + p[at + 1]; i + 2 <= n; i++)
        if (p[i] == 0 && p[i + 1] == 0)
            return i + 2;
    return 0;
}

static const char *walk(const struct efi_reader *r, struct smbios_look *out)
{
    const size_t n = (size_t)span_size(out->tables);
    uint8_t *p = n != 0 && n <= TABLES_MAX ? malloc(n) : NULL;
    const char *why =
        p == NULL || !r->read(r->self, out->tables.start, p, n) ? "its structures are not in memory" : NULL;
    for (size_t at = 0; why == NULL;) {
        const size_t next = behind(p, n, at);
        if (next == 0) {
            why = "its structures do not end where they should";
            break;
        }
        out->structures++;
        if (p[at] == LAST_STRUCTURE)
            break;
        at = next;
    }
    free(p);
    return why;
}

static const char *look(const struct efi_reader *r, uint64_t entry, struct smbios_look *out)
{
    uint8_t raw[ENTRY_MAX] = {0};
    out->entry = (struct span){entry, entry};
    if (entry == 0 || !r->read(r->self, entry, raw, 0x18))
        return "its entry point is not in memory";
    const bool third = memcmp(raw, "_SM3_", 5) == 0;
    if (!third && memcmp(raw, "_SM_", 4) != 0)
        return "its entry point has no anchor";
    const uint8_t size = raw[third ? 6 : 5];
    /* 2.1 of the specification said 1Eh, which some believe. */
    if (size < (third ? 0x18 : 0x1e) || size > ENTRY_MAX || !r->read(r->self, entry, raw, size))
        return "its entry point's length makes no sense";
    out->entry.end = entry + size;
    if (sum_of(raw, size) != 0)
        return "its entry point's checksum is wrong";
    if (third) {
        out->tables = (struct span){le64(raw + 0x10), le64(raw + 0x10) + le32(raw + 0x0c)};
        return walk(r, out);
    }
    if (memcmp(raw + INTERMEDIATE, "_DMI_", 5) != 0 || sum_of(raw + INTERMEDIATE, INTERMEDIATE_SIZE) != 0)
        return "its entry point's second checksum is wrong";
    out->tables = (struct span){le32(raw + 0x18), (uint64_t)le32(raw + 0x18) + le16(raw + 0x16)};
    const char *why = walk(r, out);
    return why == NULL && out->structures != le16(raw + 0x1c) ? "its entry point counts other structures than there are"
                                                              : why;
}

void smbios_look(const struct efi_reader *r, uint64_t entry, struct smbios_look *out)
{
    *out = (struct smbios_look){.why = NULL};
    out->why = look(r, entry, out);
}
