/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ACPI tables that hvmloader (HVM) or the toolstack (PVH) leaves, in the order and with the values of
 * X:tools/libacpi/build.c:acpi_build_tables. The DSDT is a stub: no AML runs before the hand-off. Field offsets are
 * the ACPI specification's.
 */
#include <stdlib.h>
#include <string.h>

#include "base/le.h"
#include "xen/abi.h"
#include "xen/lay.h"

#define HEADER 36
#define FACS_SIZE 64
#define FADT_1_SIZE 116
#define FADT_4_SIZE 244
#define RSDP_SIZE 36
#define MAX_TABLES 8

/* Ports: xen/hvm/ioreq.h:ACPI_*_ADDRESS_V1. */
#define PM1A_EVT 0xB000u
#define PM1A_CNT 0xB004u
#define PM_TMR 0xB008u
#define GPE0 0xAFE0u

/* X:tools/libacpi/acpi2_0.h: flags of the FADT that libacpi sets. */
#define FADT_WBINVD (1u << 0)
#define FADT_PROC_C1 (1u << 2)
#define FADT_PWR_BUTTON (1u << 4)
#define FADT_SLP_BUTTON (1u << 5)
#define FADT_FIX_RTC (1u << 6)
#define FADT_TMR_VAL_EXT (1u << 8)
#define FADT_PLATFORM_CLOCK (1u << 15)
#define FADT_BOOT_8042 (1u << 1)
#define FADT_BOOT_NO_VGA (1u << 2)

/* Name (\_S3, Package (4) {1, 1, 0, 0}) and Name (\_S4, Package (4) {0, 0, 0, 0}): an SSDT each */
static const uint8_t s3_aml[] = {0x08, 0x5C, '_', 'S', '3', '_', 0x12, 0x06, 0x04, 1, 1, 0, 0};
static const uint8_t s4_aml[] = {0x08, 0x5C, '_', 'S', '4', '_', 0x12, 0x06, 0x04, 0, 0, 0, 0};
/* Name (\_S5, Package (4) {0, 0, 0, 0}) */
static const uint8_t dsdt_aml[] = {0x08, 0x5C, '_', 'S', '5', '_', 0x12, 0x06, 0x04, 0, 0, 0, 0};

struct builder {
    uint8_t *bytes; /* of the tables' pages */
    size_t size, used;
    bool full;
    uint8_t *none; /* where writes go once the pages are full */
};

static uint64_t gpa_of(const struct builder *b, const uint8_t *p)
{
    return ACPI_TABLES + (uint64_t)(p - b->bytes);
}

/* @n <= 4096 zero bytes at the next aligned place. Up to there all is zero, too. */
static uint8_t *take(struct builder *b, size_t n, size_t align)
{
    const size_t at = (b->used + align - 1) / align * align;
    if (at > b->size || n > b->size - at) {
        b->full = true;
        return memset(b->none, 0, n);
    }
    memset(b->bytes + b->used, 0, at + n - b->used);
    b->used = at + n;
    return b->bytes + at;
}

static uint8_t *table(struct builder *b, const char *signature, size_t n, uint8_t revision)
{
    uint8_t *t = take(b, n, 16);
    lay_text(t, signature);
    put_le32(t + 4, (uint32_t)n);
    t[8] = revision;
    lay_text(t + 10, "Xen");  /* ACPI_OEM_ID */
    lay_text(t + 16, "HVM");  /* ACPI_OEM_TABLE_ID */
    lay_text(t + 28, "HVML"); /* ACPI_CREATOR_ID */
    return t;
}

static void finish(uint8_t *t)
{
    t[9] = 0;
    t[9] = lay_checksum(t, le32(t + 4));
}

static void gas_io(uint8_t *p, uint8_t width, uint64_t port)
{
    p[0] = 1; /* system I/O */
    p[1] = width;
    put_le64(p + 4, port);
}

static uint8_t *fadt(struct builder *b, size_t n, uint8_t revision, bool hvm, uint64_t facs, uint64_t dsdt)
{
    uint8_t *t = table(b, "FACP", n, revision);
    put_le32(t + 36, (uint32_t)facs);
    put_le32(t + 40, (uint32_t)dsdt);
    put_le16(t + 46, 9); /* SCI_INT */
    put_le32(t + 56, PM1A_EVT);
    put_le32(t + 64, PM1A_CNT);
    put_le32(t + 76, hvm ? PM_TMR : 0);
    put_le32(t + 80, GPE0);
    t[88] = 4;                /* PM1_EVT_LEN */
    t[89] = 2;                /* PM1_CNT_LEN */
    t[91] = hvm ? 4 : 0;      /* PM_TMR_LEN */
    t[92] = 4;                /* GPE0_BLK_LEN */
    put_le16(t + 96, 0x0FFF); /* P_LVL2_LAT: no C2 */
    put_le16(t + 98, 0x0FFF); /* P_LVL3_LAT: no C3 */
    put_le32(t + 112, FADT_WBINVD | FADT_PROC_C1 | FADT_FIX_RTC | FADT_TMR_VAL_EXT | FADT_PLATFORM_CLOCK |
                          (hvm ? 0 : FADT_PWR_BUTTON | FADT_SLP_BUTTON));
    if (n >= FADT_4_SIZE) {
        put_le16(t + 109, hvm ? FADT_BOOT_8042 : FADT_BOOT_NO_VGA);
        gas_io(t + 116, 8, 0xCF9); /* RESET_REG, RESET_VALUE */
        t[128] = 6;
        put_le64(t + 132, facs);
        put_le64(t + 140, dsdt);
        gas_io(t + 148, 32, PM1A_EVT);
        gas_io(t + 172, 16, PM1A_CNT);
        if (hvm)
            gas_io(t + 208, 32, PM_TMR);
    }
    finish(t);
    return t;
}

/* An interrupt source override of an ISA interrupt. */
static uint8_t * override(uint8_t *p, uint8_t irq, uint8_t gsi, uint16_t flags)
{
    p[0] = 2;
    p[1] = 10;
    p[3] = irq;
    put_le32(p + 4, gsi);
    put_le16(p + 8, flags);
    return p + 10;
}

static uint8_t *madt(struct builder *b, const struct layout *l, bool hvm, uint8_t **lapic0)
{
    const size_t n = HEADER + 8u + (hvm ? 4u * 10u + 12u : 0u) + 8u * (size_t)l->vcpus;
    uint8_t *t = table(b, "APIC", n, 2);
    put_le32(t + 36, (uint32_t)LAPIC_START);
    put_le32(t + 40, 1); /* PC/AT compatible */
    uint8_t *p = t + 44;
    if (hvm) {
        p = override(p, 0, 2, 0);
        p = override(p, 5, 5, 0xF); /* hvmloader's PCI interrupts: active low, level */
        p = override(p, 10, 10, 0xF);
        p = override(p, 11, 11, 0xF);
        p[0] = 1; /* I/O APIC, id 1 */
        p[1] = 12;
        p[2] = 1;
        put_le32(p + 4, (uint32_t)IOAPIC_START);
        p += 12;
    }
    *lapic0 = p;
    for (unsigned i = 0; i < l->vcpus; i++, p += 8) {
        p[0] = 0; /* local APIC */
        p[1] = 8;
        p[2] = (uint8_t)i;
        p[3] = (uint8_t)(2 * i);
        put_le32(p + 4, 1); /* enabled */
    }
    finish(t);
    return t;
}

static uint8_t *hpet(struct builder *b)
{
    uint8_t *t = table(b, "HPET", 56, 1);
    put_le32(t + 36, 0x8086A201);
    put_le64(t + 44, HPET_START);
    finish(t);
    return t;
}

static uint8_t *waet(struct builder *b)
{
    uint8_t *t = table(b, "WAET", 40, 1);
    put_le32(t + 36, 3); /* the RTC needs no acknowledge, the PM timer one read */
    finish(t);
    return t;
}

/* What iasl compiled when Xen was built. */
static uint8_t *ssdt(struct builder *b, const uint8_t *aml, size_t n)
{
    uint8_t *t = table(b, "SSDT", HEADER + n, 2);
    lay_text(t + 28, "INTL");
    put_le32(t + 32, 0x20200925);
    memcpy(t + HEADER, aml, n);
    finish(t);
    return t;
}

/* The root tables: XSDT with 64-bit entries, RSDT with 32-bit ones. */
static uint8_t *root(struct builder *b, const char *signature, size_t width, const uint64_t *entry, size_t nr)
{
    uint8_t *t = table(b, signature, HEADER + nr * width, 1);
    for (size_t i = 0; i < nr; i++) {
        if (width == 8)
            put_le64(t + HEADER + 8 * i, entry[i]);
        else
            put_le32(t + HEADER + 4 * i, (uint32_t)entry[i]);
    }
    finish(t);
    return t;
}

static void make_rsdp(uint8_t r[RSDP_SIZE], uint64_t rsdt, uint64_t xsdt)
{
    memset(r, 0, RSDP_SIZE);
    lay_text(r, "RSD PTR ");
    lay_text(r + 9, "Xen");
    r[15] = 2;
    put_le32(r + 16, (uint32_t)rsdt);
    put_le32(r + 20, RSDP_SIZE);
    put_le64(r + 24, xsdt);
    r[8] = lay_checksum(r, 20);
    r[32] = lay_checksum(r, RSDP_SIZE);
}

/* What AML reads at run time (X:tools/libacpi/build.c:struct acpi_info). */
static void make_info(uint8_t info[40], const struct layout *l, const struct guest_memory *g, bool hvm,
                      uint64_t madt_checksum, uint64_t lapic0)
{
    memset(info, 0, 40);
    info[0] = hvm && l->dev.hpet ? 8 : 0; /* hpet_present */
    put_le16(info + 2, lapic0 != 0 ? (uint16_t)l->vcpus : 0);
    if (hvm) {
        put_le32(info + 4, (uint32_t)g->pci_start);
        put_le32(info + 8, (uint32_t)(XEN_AREA_START - g->pci_start));
        put_le64(info + 24, g->pci_high.start);
        put_le64(info + 32, span_size(g->pci_high));
    }
    put_le32(info + 12, (uint32_t)madt_checksum);
    put_le32(info + 16, (uint32_t)lapic0);
}

/* X:tools/libacpi/build.c:new_vm_gid, which takes the next free place; the real tables are longer. */
uint64_t acpi_generation_id_at(const struct guest_memory *g)
{
    return ACPI_TABLES + ((uint64_t)g->acpi_pages << PAGE_SHIFT) - 16;
}

static void build(struct builder *b, const struct layout *l, const struct guest_memory *g, bool hvm,
                  uint8_t rsdp[RSDP_SIZE], uint8_t info[40])
{
    uint8_t *facs = take(b, FACS_SIZE, 64);
    lay_text(facs, "FACS");
    put_le32(facs + 4, FACS_SIZE);
    facs[32] = 1; /* version */

    uint8_t *dsdt = table(b, "DSDT", HEADER + sizeof dsdt_aml, 2);
    memcpy(dsdt + HEADER, dsdt_aml, sizeof dsdt_aml);
    finish(dsdt);

    /* Old systems take the short FADT through the RSDT, others the long one through the XSDT. */
    const uint64_t fadt_1 = gpa_of(b, fadt(b, FADT_1_SIZE, 1, hvm, gpa_of(b, facs), gpa_of(b, dsdt)));
    uint64_t entry[MAX_TABLES];
    unsigned nr = 0;
    uint8_t *lapic0 = NULL, *apic = NULL;
    entry[nr++] = gpa_of(b, fadt(b, FADT_4_SIZE, 4, hvm, gpa_of(b, facs), gpa_of(b, dsdt)));
    if (!hvm || l->dev.apic || l->vcpus > 1) {
        apic = madt(b, l, hvm, &lapic0);
        entry[nr++] = gpa_of(b, apic);
    }
    if (hvm && l->dev.hpet)
        entry[nr++] = gpa_of(b, hpet(b));
    if (hvm)
        entry[nr++] = gpa_of(b, waet(b));
    if (hvm && l->dev.acpi_s3)
        entry[nr++] = gpa_of(b, ssdt(b, s3_aml, sizeof s3_aml));
    if (hvm && l->dev.acpi_s4)
        entry[nr++] = gpa_of(b, ssdt(b, s4_aml, sizeof s4_aml));
    const uint64_t xsdt = gpa_of(b, root(b, "XSDT", 8, entry, nr));
    entry[0] = fadt_1;
    const uint64_t rsdt = gpa_of(b, root(b, "RSDT", 4, entry, nr));
    make_rsdp(rsdp, rsdt, xsdt);
    make_info(info, l, g, hvm, apic != NULL ? gpa_of(b, apic + 9) : 0, apic != NULL ? gpa_of(b, lapic0) : 0);
    if (hvm && l->genid) {
        uint8_t *id = b->bytes + (acpi_generation_id_at(g) - ACPI_TABLES);
        if (id + 16 > b->bytes + b->used)
            (void)take(b, (size_t)(id + 16 - (b->bytes + b->used)), 1);
        put_le64(id, BED_GENERATION_ID_LOW);
        put_le64(id + 8, BED_GENERATION_ID_HIGH);
        put_le32(info + 20, (uint32_t)acpi_generation_id_at(g));
    }
}

/* The info page is wanted before the tables and the TSS: when it was moved there, it keeps what it held. */
bool lay_acpi(struct plan *p, const struct layout *l, const struct guest_memory *g, uint64_t *rsdp_gpa, struct diag *d)
{
    const bool hvm = l->type == GUEST_HVM;
    const size_t size = (size_t)g->acpi_pages << PAGE_SHIFT;
    const uint64_t end = ACPI_TABLES + size;
    struct builder b = {.size = size};
    uint8_t rsdp[RSDP_SIZE], info[40];

    b.bytes = malloc(size + PAGE_SIZE);
    if (b.bytes == NULL)
        return diag_fail(d, "", 0, "out of memory for the ACPI tables");
    b.none = b.bytes + size;
    build(&b, l, g, hvm, rsdp, info);
    bool ok = !b.full || diag_fail(d, l->path, 0, "the ACPI tables do not fit into %u pages", g->acpi_pages);

    *rsdp_gpa = hvm ? HVMLOADER_RSDP : end;
    const uint64_t rsdp_end = hvm ? HVMLOADER_RSDP + RSDP_SIZE : end + PAGE_SIZE;
    ok =
        ok &&
        lay_page(p, (struct lay_range){{ACPI_INFO_PAGE, ACPI_TABLES}, PLAN_RAM, CLASS_PRESERVED, "ACPI info"}, info,
                 sizeof info, hvm && g->stolen_pages > g->acpi_pages + 1 ? l->fill : 0, d) &&
        lay(p, (struct lay_range){{ACPI_TABLES, end}, PLAN_RAM, CLASS_PRESERVED, "ACPI tables"}, b.bytes, b.used, d) &&
        lay(p, (struct lay_range){{*rsdp_gpa, rsdp_end}, PLAN_RAM, CLASS_PRESERVED, "ACPI RSDP"}, rsdp, sizeof rsdp, d);
    free(b.bytes);
    return ok;
}
