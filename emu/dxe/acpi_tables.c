/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ACPI tables, from the RSDP on. */
#include <string.h>

#include "base/le.h"
#include "dxe/tables.h"

#define RSDP1_SIZE 20u
#define RSDP_SIZE 36u
#define HEADER_SIZE 36u
#define CHECKSUM_AT 9u
#define TABLE_MAX (16 * MIB)
#define FACS_LEAST 64u
#define FACS_ALIGN 64u
/* FADT */
#define FADT_FACS 36u
#define FADT_DSDT 40u
#define FADT_X_FACS 132u
#define FADT_X_DSDT 140u

static bool read_at(const struct efi_reader *r, uint64_t at, void *dst, size_t n)
{
    return at != 0 && r->read(r->self, at, dst, n);
}

/* False when a byte is not there. */
static bool sum_of(const struct efi_reader *r, uint64_t at, uint32_t size, uint8_t *sum)
{
    uint8_t raw[PAGE_SIZE];
    *sum = 0;
    for (uint32_t done = 0, n; done < size; done += n) {
        n = size - done < sizeof raw ? size - done : (uint32_t)sizeof raw;
        if (!read_at(r, at + done, raw, n))
            return false;
        for (uint32_t i = 0; i < n; i++)
            *sum = (uint8_t)(*sum + raw[i]);
    }
    return true;
}

static struct acpi_table *add(struct acpi_tables *all, const uint8_t signature[4], uint64_t at)
{
    if (all->nr == ACPI_TABLES_MAX)
        return NULL;
    struct acpi_table *t = &all->t[all->nr++];
    *t = (struct acpi_table){.at = at};
    for (unsigned i = 0; i < 4; i++)
        t->signature[i] = (char)(signature[i] >= 0x20 && signature[i] < 0x7f ? signature[i] : '?');
    return t;
}

/* @expected: "XSDT", or NULL for any. NULL when there is no room. */
static const struct acpi_table *add_table(const struct efi_reader *r, struct acpi_tables *all, uint64_t at,
                                          const char *expected)
{
    uint8_t h[HEADER_SIZE] = "????";
    const bool there = read_at(r, at, h, 8);
    struct acpi_table *t = add(all, there || expected == NULL ? h : (const uint8_t *)expected, at);
    if (t == NULL)
        return NULL;
    if (!there) {
        t->why = "it is not in memory";
        return t;
    }
    const bool facs = memcmp(h, "FACS", 4) == 0;
    t->length = le32(h + 4);
    uint8_t sum;
    if (expected != NULL && memcmp(h, expected, 4) != 0)
        t->why = "its signature is another";
    else if (t->length < (facs ? FACS_LEAST : HEADER_SIZE) || t->length > TABLE_MAX)
        t->why = "its length makes no sense";
    else if (!sum_of(r, at, t->length, &sum))
        t->why = "it is not all in memory";
    else if (facs && at % FACS_ALIGN != 0)
        t->why = "it is not aligned to 64 bytes";
    else if (!facs && sum != 0)
        t->why = "its checksum is wrong";
    return t;
}

/* The extended address counts where there is one. */
static uint64_t address_in(const uint8_t *fadt, uint32_t length, unsigned plain, unsigned extended)
{
    const uint64_t x = length >= extended + 8 ? le64(fadt + extended) : 0;
    return x != 0 ? x : le32(fadt + plain);
}

static void add_named_by_fadt(const struct efi_reader *r, struct acpi_tables *all, const struct acpi_table *t)
{
    uint8_t raw[FADT_X_DSDT + 8] = {0};
    if (t->length < FADT_DSDT + 4 || !read_at(r, t->at, raw, t->length < sizeof raw ? t->length : sizeof raw))
        return;
    const uint64_t facs = address_in(raw, t->length, FADT_FACS, FADT_X_FACS);
    const uint64_t dsdt = address_in(raw, t->length, FADT_DSDT, FADT_X_DSDT);
    if (facs != 0)
        (void)add_table(r, all, facs, "FACS");
    (void)add_table(r, all, dsdt, "DSDT");
}

static void add_named_by_root(const struct efi_reader *r, struct acpi_tables *all, const struct acpi_table *root,
                              unsigned width)
{
    const uint64_t at = root->at;
    const uint32_t length = root->length;
    for (uint32_t i = HEADER_SIZE; i + width <= length && all->nr < ACPI_TABLES_MAX; i += width) {
        uint8_t raw[8] = {0};
        if (!read_at(r, at + i, raw, width))
            return;
        const struct acpi_table *t = add_table(r, all, le64(raw), NULL);
        if (t != NULL && t->why == NULL && strcmp(t->signature, "FACP") == 0)
            add_named_by_fadt(r, all, t);
    }
}

void acpi_tables_read(const struct efi_reader *r, uint64_t rsdp, struct acpi_tables *out)
{
    uint8_t raw[RSDP_SIZE] = {0}, sum;
    out->nr = 0;
    struct acpi_table *t = add(out, (const uint8_t *)"RSDP", rsdp);
    if (!read_at(r, rsdp, raw, RSDP1_SIZE)) {
        t->why = "it is not in memory";
        return;
    }
    const bool second = raw[15] >= 2;
    t->length = second ? RSDP_SIZE : RSDP1_SIZE;
    if (memcmp(raw, "RSD PTR ", 8) != 0)
        t->why = "its signature is another";
    else if (!sum_of(r, rsdp, RSDP1_SIZE, &sum) || sum != 0)
        t->why = "its checksum is wrong";
    else if (second && (!read_at(r, rsdp, raw, RSDP_SIZE) || !sum_of(r, rsdp, RSDP_SIZE, &sum) || sum != 0))
        t->why = "its extended checksum is wrong";
    if (t->why != NULL)
        return;
    const uint64_t rsdt = le32(raw + 16), xsdt = second ? le64(raw + 24) : 0;
    const struct acpi_table *old = rsdt != 0 || xsdt == 0 ? add_table(r, out, rsdt, "RSDT") : NULL;
    const struct acpi_table *root = xsdt != 0 ? add_table(r, out, xsdt, "XSDT") : old;
    if (root != NULL && root->why == NULL)
        add_named_by_root(r, out, root, xsdt != 0 ? 8 : 4);
}

/* Is the byte one that another place makes another? */
static bool is_of_place(const struct acpi_table *t, uint32_t i)
{
    const bool fadt = strcmp(t->signature, "FACP") == 0;
    return i == CHECKSUM_AT ||
           (fadt && ((i >= FADT_FACS && i < FADT_DSDT + 4) || (i >= FADT_X_FACS && i < FADT_X_DSDT + 8)));
}

bool acpi_table_is_copy(const struct efi_reader *r, const struct acpi_table *a, const struct acpi_table *b)
{
    if (a->length != b->length || strcmp(a->signature, b->signature) != 0)
        return false;
    for (uint32_t done = 0, n; done < a->length; done += n) {
        uint8_t x[256], y[256];
        n = a->length - done < sizeof x ? a->length - done : (uint32_t)sizeof x;
        if (!read_at(r, a->at + done, x, n) || !read_at(r, b->at + done, y, n))
            return false;
        for (uint32_t i = 0; i < n; i++)
            if (x[i] != y[i] && !is_of_place(a, done + i))
                return false;
    }
    return true;
}
