/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The checks. A check never calls another: what must be looked at first is in its `after`, and a check that is off
 * still runs, silently, for those that come after it (as in dtc's checks.c).
 */
#include "layout/lint_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define GIB4 (4ULL * GIB)

/* X:tools/firmware/hvmloader/config.h, X:tools/libs/guest/xg_dom_x86.c. */
#define ACPI_BASE 0xFC000000ULL
#define RSDP_SIZE 64 /* X:tools/libs/light/libxl_x86_acpi.c:RSDP_LEN */
#define SPECIAL_HVM 0xFEFF0000ULL
#define SPECIAL_PVH 0xFEFF8000ULL
#define SPECIAL_END 0xFF000000ULL
#define VGA_BASE 0xA0000ULL
#define VGA_END 0xC0000ULL
#define SCRATCH_ENTRIES 16 /* X:tools/firmware/hvmloader/ovmf.c:ovmf_setup_bios_info */
#define CMOS_BASE (16 * MIB)
#define CMOS_UNIT (64 * KIB)

/* E:OvmfPkg/OvmfXen.fdf, [FD.MEMFD]: page tables to the end of the decompression scratch. */
#define WORK_START 0x800000ULL
#define WORK_END 0x1510000ULL
/* E:OvmfPkg/XenPlatformPei/MemDetect.c:PublishPeiMemory: above DXEFV. */
#define PEI_FLOOR 0x1300000ULL
#define PEI_CAP (64 * MIB)
#define PEI_LEAST (4 * MIB) /* seen in PEI besides page tables: stack, HOBs and DXE core, 2.6 MiB; NV spare, 0.5 MiB */
#define OVMF_MAX_BITS 48    /* E:XenPlatformPei/MemDetect.c:AddressWidthInitialization */

static unsigned memory_line(const struct lint *o)
{
    return o->in->at != NULL ? o->in->at->memory : 0;
}

/* The line of a key, or of what everything follows from when the key is not there. */
#define LINE_OF(o, key) ((o)->in->at != NULL && (o)->in->at->key != 0 ? (o)->in->at->key : memory_line(o))

/* The line of entry @i of the E820; an entry that Xen makes follows from memory=. */
static unsigned entry_line(const struct lint *o, unsigned i)
{
    const struct layout_lines *at = o->in->at;
    if (at == NULL)
        return 0;
    return o->in->layout->has_e820 && at->entry[i] != 0 ? at->entry[i] : at->memory;
}

static unsigned table_line(const struct lint *o)
{
    return o->in->layout->has_e820 ? LINE_OF(o, e820) : memory_line(o);
}

/* --- what the checks ask */

static const struct e820_map *map_of(const struct lint *o)
{
    return &o->in->guest->e820;
}

static bool is_hvm(const struct lint *o)
{
    return o->in->layout->type == GUEST_HVM;
}

static bool xen_before(const struct layout *l, unsigned minor)
{
    return l->xen_major < 4 || (l->xen_major == 4 && l->xen_minor < minor);
}

static const char *type_text(uint32_t type, char buf[16])
{
    const char *name = e820_type_name(type);
    (void)snprintf(buf, 16, "type %" PRIu32, type);
    return name != NULL ? name : buf;
}

#define ANY_TYPE 0u

/* The first bytes of @s that no entry of @type covers; false when there are none. */
static bool first_gap(const struct e820_map *m, uint32_t type, struct span s, struct span *gap)
{
    uint64_t at = s.start;
    while (at < s.end) {
        uint64_t covered = at, next = s.end;
        for (unsigned i = 0; i < m->nr; i++) {
            struct span e = m->e[i].at;
            if (type != ANY_TYPE && m->e[i].type != type)
                continue;
            if (span_has(e, at) && e.end > covered)
                covered = e.end;
            else if (e.start > at && e.start < e.end && e.start < next)
                next = e.start;
        }
        if (covered == at) {
            *gap = (struct span){at, next};
            return true;
        }
        at = covered;
    }
    return false;
}

/* What the toolstack populates and hvmloader leaves, as RAM entries. */
static void populated(const struct lint *o, struct e820_map *m)
{
    const struct guest_memory *g = o->in->guest;
    m->nr = 0;
    e820_add(m, 0, is_hvm(o) ? VGA_BASE : g->low_end, E820_TYPE_RAM);
    if (is_hvm(o))
        e820_add(m, VGA_END, g->low_end, E820_TYPE_RAM);
    e820_add(m, GIB4, g->high_end, E820_TYPE_RAM); /* refused when there is none */
}

/* The end of the highest RAM below 4 GiB that the E820 tells of. */
static uint64_t e820_low_end(const struct e820_map *m)
{
    uint64_t end = 0;
    for (unsigned i = 0; i < m->nr; i++)
        if (m->e[i].type == E820_TYPE_RAM && m->e[i].at.end <= GIB4 && m->e[i].at.end > end)
            end = m->e[i].at.end;
    return end;
}

/* Pages of tables for an identity map: E:MemDetect.c:GetPeiMemoryCap. */
static uint64_t table_bytes(const struct layout *l)
{
    unsigned bits = l->phys_bits < OVMF_MAX_BITS ? l->phys_bits : OVMF_MAX_BITS;
    uint64_t pml4 = bits <= 39 ? 1 : 1ULL << (bits - 39);
    uint64_t pdp = bits <= 39 ? 1ULL << (bits - 30) : 512;
    return (l->page_1g ? pml4 + 1 : (pdp + 1) * pml4 + 1) << PAGE_SHIFT;
}

/* E:MemDetect.c:PublishPeiMemory; HVM guests ask CMOS, PVH guests the E820. Empty when RAM ends too low. */
static struct span pei_memory(const struct lint *o)
{
    uint64_t top = is_hvm(o) ? o->in->guest->cmos_low_ram : page_down(e820_low_end(map_of(o)));
    uint64_t cap = PEI_CAP + table_bytes(o->in->layout);
    if (top <= PEI_FLOOR)
        return (struct span){PEI_FLOOR, PEI_FLOOR};
    return (struct span){top - PEI_FLOOR > cap ? top - cap : PEI_FLOOR, top};
}

/* --- the E820 by itself */

static void e820_wrap(struct lint *o)
{
    const struct e820_map *m = map_of(o);
    for (unsigned i = 0; i < m->nr; i++)
        if (m->e[i].at.start >= m->e[i].at.end)
            lint_hit(o, entry_line(o, i),
                     "E820 entry %u, 0x%" PRIx64 "-0x%" PRIx64
                     ", is empty, ends before it starts, or wraps; END is the "
                     "address after the last byte",
                     i, m->e[i].at.start, m->e[i].at.end);
}

static void e820_overlap(struct lint *o)
{
    const struct e820_map *m = map_of(o);
    for (unsigned i = 0; i < m->nr; i++)
        for (unsigned j = 0; j < i; j++)
            if (span_overlaps(m->e[i].at, m->e[j].at))
                lint_hit(o, entry_line(o, i),
                         "E820 entry %u, 0x%" PRIx64 "-0x%" PRIx64 ", overlaps entry %u, 0x%" PRIx64 "-0x%" PRIx64
                         "; cut one of them",
                         i, m->e[i].at.start, m->e[i].at.end, j, m->e[j].at.start, m->e[j].at.end);
}

/* The first entry that lies below the one before it, 0 when they ascend. */
static unsigned step_back(const struct e820_map *m)
{
    for (unsigned i = 1; i < m->nr; i++)
        if (m->e[i].at.start < m->e[i - 1].at.start)
            return i;
    return 0;
}

static void e820_unsorted(struct lint *o)
{
    unsigned i = step_back(map_of(o));
    if (i != 0)
        lint_hit(
            o, entry_line(o, i),
            "E820 entry %u lies below entry %u; hvmloader hands over a sorted table, so sort the entries by address", i,
            i - 1);
}

static void pvh_unsorted(struct lint *o)
{
    unsigned i = step_back(map_of(o));
    if (i != 0)
        lint_hit(
            o, entry_line(o, i),
            "E820 entry %u lies below entry %u; this is how Xen's toolstack makes it for PVH: nothing to do in the "
            "layout, but firmware must sort its copy",
            i, i - 1);
}

static void e820_type(struct lint *o)
{
    const struct e820_map *m = map_of(o);
    for (unsigned i = 0; i < m->nr; i++)
        if (e820_type_name(m->e[i].type) == NULL)
            lint_hit(o, entry_line(o, i),
                     "E820 entry %u has type %" PRIu32 ", which ACPI does not define and OVMF ignores; say RESERVED", i,
                     m->e[i].type);
}

static void e820_over_16(struct lint *o)
{
    unsigned nr = map_of(o)->nr;
    if (nr > SCRATCH_ENTRIES)
        lint_hit(
            o, table_line(o),
            "the E820 has %u entries; hvmloader sets aside room for 16 and does not look, so the others lie on whatever "
            "it allocates next: join neighbours of one type",
            nr);
}

static void e820_full(struct lint *o)
{
    if (map_of(o)->nr >= E820_MAX)
        lint_hit(
            o, table_line(o),
            "the E820 has %u entries, as many as Xen's and OvmfXen's buffers hold; one more is lost: join neighbours of "
            "one type",
            map_of(o)->nr);
}

static void phys_bits(struct lint *o)
{
    const struct e820_map *m = map_of(o);
    const struct layout *l = o->in->layout;
    uint64_t top = 1ULL << l->phys_bits;
    for (unsigned i = 0; i < m->nr; i++)
        if (m->e[i].at.end > top)
            lint_hit(o, entry_line(o, i),
                     "E820 entry %u ends at 0x%" PRIx64
                     ", above what %u physical address bits reach; raise bed_phys_bits",
                     i, m->e[i].at.end, l->phys_bits);
    if (o->in->guest->high_end > top)
        lint_hit(o, LINE_OF(o, phys_bits),
                 "RAM ends at 0x%" PRIx64
                 ", above what %u physical address bits reach; raise bed_phys_bits or lower memory",
                 o->in->guest->high_end, l->phys_bits);
}

static void phys_bits_over_48(struct lint *o)
{
    if (o->in->layout->phys_bits > OVMF_MAX_BITS)
        lint_hit(
            o, LINE_OF(o, phys_bits),
            "%u physical address bits: OVMF uses 48 of them, and firmware before 202102 or Xen before 4.16 gets them "
            "wrong; say at most 48 unless that is the test",
            o->in->layout->phys_bits);
}

/* --- RAM in the E820 against what there is */

/* E:OvmfPkg/XenPlatformPei/Xen.c:XenPublishRamRegions rounds inwards. */
static void ram_unaligned(struct lint *o)
{
    const struct e820_map *m = map_of(o);
    for (unsigned i = 0; i < m->nr; i++) {
        struct span e = m->e[i].at, whole = {page_up(e.start), page_down(e.end)};
        char say[64] = "; remove the entry";
        if (m->e[i].type != E820_TYPE_RAM || (e.start == whole.start && e.end == whole.end))
            continue;
        if (whole.start < whole.end)
            (void)snprintf(say, sizeof say, ": say 0x%" PRIx64 "-0x%" PRIx64, whole.start, whole.end);
        lint_hit(o, entry_line(o, i), "RAM 0x%" PRIx64 "-0x%" PRIx64 " has parts of pages, which OVMF drops%s", e.start,
                 e.end, say);
    }
}

/* X:hvmloader/config.h; X:libs/guest/xg_dom_x86.c; FEF00000: E:XenPlatformPei/Platform.c maps the shared info there. */
static const struct {
    struct span at;
    unsigned type; /* enum lint_for */
    const char *what;
} devices[] = {
    {{VGA_BASE, VGA_END}, LINT_HVM, "the VGA window"},
    {{0xEA000, MIB}, LINT_HVM, "hvmloader's RSDP, SMBIOS tables and copy of the image's end"},
    {{0xFEC00000, 0xFEC01000}, LINT_HVM, "the I/O APIC"},
    {{0xFED00000, 0xFED01000}, LINT_HVM, "the HPET"},
    {{0xFED40000, 0xFED45000}, LINT_HVM, "the TPM"},
    {{0xFEE00000, 0xFEE01000}, LINT_BOTH, "the local APIC"},
    {{0xFEF00000, 0xFEF01000}, LINT_BOTH, "the page where OvmfXen maps the shared info"},
    {{SPECIAL_HVM, SPECIAL_END}, LINT_HVM, "Xen's special pages"},
    {{SPECIAL_PVH, SPECIAL_END}, LINT_PVH, "Xen's special pages"},
};
#define NR_DEVICES (sizeof devices / sizeof devices[0])

static void ram_over_device(struct lint *o)
{
    const struct e820_map *m = map_of(o);
    struct span image = o->in->guest->image;
    for (unsigned i = 0; i < m->nr; i++) {
        const char *first = NULL;
        struct span at = {0};
        unsigned n = 0;
        if (m->e[i].type != E820_TYPE_RAM)
            continue;
        for (size_t j = 0; j < NR_DEVICES; j++) {
            if ((devices[j].type & (is_hvm(o) ? LINT_HVM : LINT_PVH)) != 0 &&
                span_overlaps(m->e[i].at, devices[j].at) && n++ == 0) {
                first = devices[j].what;
                at = devices[j].at;
            }
        }
        if (is_hvm(o) && span_overlaps(m->e[i].at, image) && n++ == 0) {
            first = "the firmware image";
            at = image;
        }
        if (n == 0)
            continue;
        char more[32] = "";
        if (n > 1)
            (void)snprintf(more, sizeof more, " and %u more", n - 1);
        lint_hit(o, entry_line(o, i),
                 "RAM 0x%" PRIx64 "-0x%" PRIx64 " covers %s at 0x%" PRIx64 "-0x%" PRIx64 "%s; cut the entry there",
                 m->e[i].at.start, m->e[i].at.end, first, at.start, at.end, more);
    }
}

static void ram_in_hole(struct lint *o)
{
    const struct e820_map *m = map_of(o);
    struct span hole = {o->in->guest->mmio_start, GIB4};
    for (unsigned i = 0; i < m->nr; i++)
        if (m->e[i].type == E820_TYPE_RAM && span_overlaps(m->e[i].at, hole))
            lint_hit(o, entry_line(o, i),
                     "RAM 0x%" PRIx64 "-0x%" PRIx64 " reaches into the hole from 0x%" PRIx64
                     " to 4 GiB, where Xen puts no RAM%s; end it there",
                     m->e[i].at.start, m->e[i].at.end, hole.start, is_hvm(o) ? " and hvmloader puts PCI devices" : "");
}

/* X:hvmloader/e820.c:adjust_memory_map does nothing once RAM above 4 GiB is used up. */
static bool is_lost_page(const struct lint *o, const struct e820_entry *e)
{
    return !o->in->layout->has_e820 && is_hvm(o) && o->in->guest->high_end == 0 && e->type == E820_TYPE_RAM &&
           e->at.start == GIB4;
}

/* Xen 2c4f5125fd (4.6): RAM that nobody populated reads as ones, and what is written is lost. */
static void ram_unpopulated(struct lint *o)
{
    const struct e820_map *m = map_of(o);
    struct e820_map real;
    struct span gap;
    populated(o, &real);
    for (unsigned i = 0; i < m->nr; i++)
        if (m->e[i].type == E820_TYPE_RAM && !is_lost_page(o, &m->e[i]) && first_gap(&real, ANY_TYPE, m->e[i].at, &gap))
            lint_hit(o, entry_line(o, i),
                     "RAM 0x%" PRIx64 "-0x%" PRIx64 ": nothing is populated from 0x%" PRIx64 " to 0x%" PRIx64
                     "; shorten the entry or raise memory",
                     m->e[i].at.start, m->e[i].at.end, gap.start, gap.end);
}

/* Xen 24e3e3553b (4.7): the guest loses what no entry tells of. */
static void ram_undeclared(struct lint *o)
{
    struct e820_map real;
    populated(o, &real);
    for (unsigned i = 0; i < real.nr; i++) {
        struct span s = real.e[i].at, gap;
        /* hvmloader leaves C0000-F0000 out on purpose. */
        if (is_hvm(o) && s.start == VGA_END)
            s.start = MIB;
        for (; first_gap(map_of(o), ANY_TYPE, s, &gap); s.start = gap.end)
            lint_hit(o, table_line(o),
                     "RAM 0x%" PRIx64 "-0x%" PRIx64
                     " is populated, but no E820 entry tells of it; add one, or say RESERVED",
                     gap.start, gap.end);
    }
}

static void lost_page(struct lint *o)
{
    const struct e820_map *m = map_of(o);
    for (unsigned i = 0; i < m->nr; i++)
        if (is_lost_page(o, &m->e[i]))
            lint_hit(o, entry_line(o, i),
                     "hvmloader takes all RAM above 4 GiB (%" PRIu64 " pages) but leaves the page at 0x%" PRIx64
                     " in the E820, with nothing behind it; change memory by some MiB",
                     o->in->guest->stolen_pages, m->e[i].at.start);
}

/* --- what must be told of besides RAM */

static void special_undeclared(struct lint *o)
{
    struct span gap, s = {is_hvm(o) ? SPECIAL_HVM : SPECIAL_PVH, is_hvm(o) ? GIB4 : SPECIAL_END};
    if (first_gap(map_of(o), ANY_TYPE, s, &gap))
        lint_hit(o, table_line(o),
                 "no E820 entry covers 0x%" PRIx64 "-0x%" PRIx64
                 " (%s), so that an OS may put devices there; add a RESERVED "
                 "entry",
                 gap.start, gap.end, is_hvm(o) ? "Xen's special pages and the image" : "Xen's special pages");
}

/* The ACPI tables; PVH: with the RSDP behind them. Empty when there are none. */
static struct span acpi_tables(const struct lint *o)
{
    uint64_t end = ACPI_BASE + ((1 + (uint64_t)o->in->guest->acpi_pages) << PAGE_SHIFT);
    if (!is_hvm(o))
        return (struct span){ACPI_BASE, end + RSDP_SIZE};
    return (struct span){ACPI_BASE, o->in->layout->acpi ? end : ACPI_BASE};
}

static void acpi_undeclared(struct lint *o)
{
    struct span gap;
    if (first_gap(map_of(o), ANY_TYPE, acpi_tables(o), &gap))
        lint_hit(o, table_line(o),
                 "no E820 entry covers the ACPI tables at 0x%" PRIx64 "-0x%" PRIx64
                 ", so that they do not reach the OS; add "
                 "an NVS entry",
                 gap.start, gap.end);
}

/* Xen 8efa46516c and de6d188a51 (4.15), d6dab805f1 (4.21): ACPI is memory that an OS may reclaim, NVS is not. */
static void acpi_type(struct lint *o)
{
    const struct e820_map *m = map_of(o);
    const struct layout *l = o->in->layout;
    for (unsigned i = 0; i < m->nr; i++) {
        uint32_t type = m->e[i].type;
        bool good = type == E820_TYPE_NVS || (is_hvm(o) ? type == E820_TYPE_RESERVED && xen_before(l, 15)
                                                        : type == E820_TYPE_ACPI && xen_before(l, 21));
        char buf[16];
        if (!good && span_overlaps(m->e[i].at, acpi_tables(o)))
            lint_hit(o, entry_line(o, i),
                     "E820 entry %u calls the ACPI tables at 0x%" PRIx64 "-0x%" PRIx64 " %s; Xen %u.%u says %s", i,
                     acpi_tables(o).start, acpi_tables(o).end, type_text(type, buf), l->xen_major, l->xen_minor,
                     is_hvm(o) ? (xen_before(l, 15) ? "RESERVED" : "NVS") : (xen_before(l, 21) ? "ACPI" : "NVS"));
    }
}

/* --- CMOS 34/35, which OVMF takes for the end of RAM below 4 GiB in an HVM guest */

static void cmos_above_ram(struct lint *o)
{
    uint64_t cmos = o->in->guest->cmos_low_ram, end = e820_low_end(map_of(o));
    if (cmos > end)
        lint_hit(o, LINE_OF(o, cmos_low_ram),
                 "CMOS says that RAM ends at 0x%" PRIx64 ", the E820 at 0x%" PRIx64
                 "; OVMF puts PEI's memory below the former, where there is none: make them agree",
                 cmos, end);
}

static void cmos_below_ram(struct lint *o)
{
    uint64_t cmos = o->in->guest->cmos_low_ram, end = e820_low_end(map_of(o));
    if (cmos < end && end - cmos >= CMOS_UNIT)
        lint_hit(o, LINE_OF(o, cmos_low_ram),
                 "CMOS says that RAM ends at 0x%" PRIx64 ", the E820 at 0x%" PRIx64
                 "; more than rounding to 64 KiB explains: make them agree",
                 cmos, end);
}

static void cmos_rounding(struct lint *o)
{
    uint64_t cmos = o->in->guest->cmos_low_ram, end = e820_low_end(map_of(o));
    if (cmos < end && end - cmos < CMOS_UNIT)
        lint_hit(o, LINE_OF(o, cmos_low_ram),
                 "RAM ends at 0x%" PRIx64 ", CMOS counts units of 64 KiB and says 0x%" PRIx64
                 "; normal where hvmloader takes pages, and PEI's memory ends at the latter",
                 end, cmos);
}

/* --- what OVMF needs */

/* Whether all of @s is RAM, told of and populated; @gap is the first that is not. */
static bool is_ram(const struct lint *o, struct span s, struct span *gap, const char **why)
{
    struct e820_map real;
    populated(o, &real);
    *why = "not RAM in the E820";
    if (first_gap(map_of(o), E820_TYPE_RAM, s, gap))
        return false;
    *why = "not populated";
    return !first_gap(&real, ANY_TYPE, s, gap);
}

static void work_area(struct lint *o)
{
    struct span gap;
    const char *why;
    if (!is_ram(o, (struct span){WORK_START, WORK_END}, &gap, &why))
        lint_hit(o, table_line(o),
                 "0x%" PRIx64 "-0x%" PRIx64 " is %s; OVMF has its page tables, temporary RAM and volumes at "
                 "0x800000-0x1510000, so there must be RAM",
                 gap.start, gap.end, why);
}

static void pei_memory_least(struct lint *o)
{
    const struct layout *l = o->in->layout;
    struct span pei = pei_memory(o);
    uint64_t need = table_bytes(l) + PEI_LEAST;
    if (span_size(pei) < need)
        lint_hit(
            o, memory_line(o),
            "PEI gets %llu MiB of RAM below 4 GiB, and needs at least %llu: %llu for page tables (%u address bits, %s "
            "1 GiB pages); raise memory%s",
            span_size(pei) / MIB, (need + MIB - 1) / MIB, (table_bytes(l) + MIB - 1) / MIB, l->phys_bits,
            l->page_1g ? "with" : "no", l->page_1g ? "" : ", lower bed_phys_bits or say bed_page_1g=1");
}

static void pei_cap(struct lint *o)
{
    struct span pei = pei_memory(o);
    uint64_t cap = PEI_CAP + table_bytes(o->in->layout);
    if (span_size(pei) < cap)
        lint_hit(
            o, memory_line(o),
            "PEI gets %llu MiB of RAM below 4 GiB, less than the %llu that it asks for; it takes all from 0x1300000 on: "
            "raise memory unless that is the test",
            span_size(pei) / MIB, (cap + MIB - 1) / MIB);
}

static void pei_not_ram(struct lint *o)
{
    struct span gap, pei = pei_memory(o);
    const char *why;
    if (!is_ram(o, pei, &gap, &why))
        lint_hit(o, table_line(o),
                 "0x%" PRIx64 "-0x%" PRIx64 " is %s, but PEI's memory will lie at 0x%" PRIx64 "-0x%" PRIx64
                 "; keep that free, or lower the end of RAM in CMOS",
                 gap.start, gap.end, why, pei.start, pei.end);
}

static void fill(struct lint *o)
{
    const struct layout *l = o->in->layout;
    if (l->fill != 0)
        lint_hit(
            o, LINE_OF(o, fill),
            "RAM starts as %016" PRIx64
            ", where Xen scrubs it to zero: good for finding firmware that trusts fresh memory; remove bed_fill to see "
            "what a guest sees",
            l->fill);
}

/* --- the image */

/* X:hvmloader/ovmf.c:ovmf_load rounds the place, not the size. */
static void notes(struct lint *o, bool unknown)
{
    const struct layout_lines *at = o->in->at;
    for (unsigned i = 0; at != NULL && i < at->nr_notes; i++)
        if (at->note[i].unknown == unknown)
            lint_hit(o, at->note[i].line, "%s", at->note[i].text);
}

static void unknown_key(struct lint *o)
{
    notes(o, true);
}

static void not_honoured(struct lint *o)
{
    notes(o, false);
}

static void image_size(struct lint *o)
{
    uint64_t size = o->in->firmware->size;
    if (size % MIB != 0)
        lint_hit_firmware(o,
                          "%" PRIu64
                          " bytes are not a whole number of MiB: hvmloader would put the image's end below 4 GiB, "
                          "where the reset vector jumps to nothing; give the combined OVMF.fd",
                          size);
}

static void pvh_no_entry(struct lint *o)
{
    if (!o->in->firmware->pvh)
        lint_hit_firmware(o,
                          "no ELF header with a PVH entry, so that Xen cannot start it as a PVH guest's kernel; build "
                          "OvmfXen, or say type=\"hvm\"");
}

/* E:OvmfPkg/Include/Fdf/XenElfHeader.fdf.inc is written for a FD of 2 MiB. */
static void pvh_elf_short(struct lint *o)
{
    const struct lint_firmware *f = o->in->firmware;
    if (f->pvh && f->pvh_filesz != f->size)
        lint_hit_firmware(o,
                          "the ELF header has Xen load %" PRIu32
                          " KiB, the image has %llu: part of it is missing and the "
                          "entry lands elsewhere; build OvmfXen with FD_SIZE_2MB, or correct the header",
                          f->pvh_filesz / 1024, f->size / KIB);
}

/* --- the table */

#define AFTER(...) .nr_after = sizeof((enum lint_id[]){__VA_ARGS__}) / sizeof(enum lint_id), .after = {__VA_ARGS__}
#define ALONE .nr_after = 0
#define TABLE_IS_SOUND LINT_E820_WRAP, LINT_E820_OVERLAP

/* In the order of enum lint_id; the unit test looks. */
const struct lint_check lint_checks[LINT_COUNT] = {
    {LINT_E820_WRAP, LINT_ERROR, "e820-wrap", "an E820 entry is empty, reversed or wraps", e820_wrap, LINT_BOTH, ALONE},
    {LINT_E820_OVERLAP, LINT_ERROR, "e820-overlap", "two E820 entries overlap", e820_overlap, LINT_BOTH,
     AFTER(LINT_E820_WRAP)},
    {LINT_E820_UNSORTED, LINT_WARNING, "e820-unsorted", "an HVM guest's E820 is not sorted", e820_unsorted, LINT_HVM,
     ALONE},
    {LINT_PVH_UNSORTED, LINT_NOTE, "pvh-unsorted", "a PVH guest's E820 is not sorted, as Xen makes it", pvh_unsorted,
     LINT_PVH, ALONE},
    {LINT_E820_TYPE, LINT_WARNING, "e820-type", "an E820 entry has a type that ACPI does not define", e820_type,
     LINT_BOTH, ALONE},
    {LINT_E820_OVER_16, LINT_WARNING, "e820-over-16", "more E820 entries than hvmloader sets room aside for",
     e820_over_16, LINT_HVM, ALONE},
    {LINT_E820_FULL, LINT_WARNING, "e820-full", "128 E820 entries: the buffers are full", e820_full, LINT_BOTH, ALONE},
    {LINT_PHYS_BITS, LINT_ERROR, "phys-bits", "RAM or an entry ends above the physical address bits", phys_bits,
     LINT_BOTH, AFTER(LINT_E820_WRAP)},
    {LINT_PHYS_BITS_OVER_48, LINT_NOTE, "phys-bits-over-48", "more address bits than OVMF uses", phys_bits_over_48,
     LINT_BOTH, ALONE},
    {LINT_RAM_UNALIGNED, LINT_WARNING, "ram-unaligned", "an entry of RAM is not made of whole pages", ram_unaligned,
     LINT_BOTH, AFTER(LINT_E820_WRAP)},
    {LINT_RAM_OVER_DEVICE, LINT_ERROR, "ram-over-device",
     "an entry of RAM covers devices, Xen's special pages or the image", ram_over_device, LINT_BOTH,
     AFTER(LINT_E820_WRAP)},
    {LINT_RAM_IN_HOLE, LINT_ERROR, "ram-in-hole", "an entry of RAM reaches into the hole below 4 GiB", ram_in_hole,
     LINT_BOTH, AFTER(LINT_E820_WRAP, LINT_RAM_OVER_DEVICE)},
    {LINT_RAM_UNPOPULATED, LINT_ERROR, "ram-unpopulated", "an entry of RAM has nothing behind it", ram_unpopulated,
     LINT_BOTH, AFTER(LINT_E820_WRAP, LINT_RAM_OVER_DEVICE, LINT_RAM_IN_HOLE)},
    {LINT_RAM_UNDECLARED, LINT_WARNING, "ram-undeclared", "populated RAM that no entry tells of", ram_undeclared,
     LINT_BOTH, AFTER(LINT_E820_WRAP)},
    {LINT_LOST_PAGE, LINT_WARNING, "lost-page", "hvmloader's E820 keeps a page that it has taken away", lost_page,
     LINT_HVM, ALONE},
    {LINT_SPECIAL_UNDECLARED, LINT_WARNING, "special-undeclared", "Xen's special pages or the image are in no entry",
     special_undeclared, LINT_BOTH, AFTER(LINT_E820_WRAP)},
    {LINT_ACPI_UNDECLARED, LINT_ERROR, "acpi-undeclared", "ACPI tables are in no entry", acpi_undeclared, LINT_BOTH,
     AFTER(LINT_E820_WRAP)},
    {LINT_ACPI_TYPE, LINT_WARNING, "acpi-type", "the entry of the ACPI tables has not the type that Xen says",
     acpi_type, LINT_BOTH, AFTER(LINT_E820_WRAP, LINT_ACPI_UNDECLARED)},
    {LINT_CMOS_ABOVE_RAM, LINT_ERROR, "cmos-above-ram", "CMOS says more RAM below 4 GiB than the E820", cmos_above_ram,
     LINT_HVM, AFTER(LINT_E820_WRAP)},
    {LINT_CMOS_BELOW_RAM, LINT_WARNING, "cmos-below-ram",
     "CMOS says at least 64 KiB less RAM below 4 GiB than the E820", cmos_below_ram, LINT_HVM,
     AFTER(LINT_E820_WRAP, LINT_RAM_UNPOPULATED)},
    {LINT_CMOS_ROUNDING, LINT_NOTE, "cmos-rounding", "RAM below 4 GiB does not end at a multiple of 64 KiB",
     cmos_rounding, LINT_HVM, AFTER(LINT_E820_WRAP, LINT_RAM_UNPOPULATED)},
    {LINT_WORK_AREA, LINT_ERROR, "work-area", "OVMF's fixed area 0x800000-0x1510000 is not all RAM", work_area,
     LINT_BOTH, AFTER(TABLE_IS_SOUND)},
    {LINT_PEI_MEMORY, LINT_ERROR, "pei-memory", "too little RAM below 4 GiB for PEI and its page tables",
     pei_memory_least, LINT_BOTH, AFTER(TABLE_IS_SOUND, LINT_WORK_AREA)},
    {LINT_PEI_CAP, LINT_NOTE, "pei-cap", "less RAM below 4 GiB than PEI asks for", pei_cap, LINT_BOTH,
     AFTER(TABLE_IS_SOUND, LINT_WORK_AREA, LINT_PEI_MEMORY)},
    {LINT_PEI_NOT_RAM, LINT_ERROR, "pei-not-ram", "where PEI's memory will lie is not all RAM", pei_not_ram, LINT_BOTH,
     AFTER(TABLE_IS_SOUND, LINT_CMOS_ABOVE_RAM, LINT_RAM_UNPOPULATED)},
    {LINT_FILL, LINT_NOTE, "fill", "RAM does not start as zeroes", fill, LINT_BOTH, ALONE},
    {LINT_UNKNOWN_KEY, LINT_WARNING, "unknown-key", "a key that xl does not know either", unknown_key, LINT_BOTH,
     ALONE},
    {LINT_NOT_HONOURED, LINT_NOTE, "not-honoured", "a key that the bed reads and does not follow", not_honoured,
     LINT_BOTH, ALONE},
    {LINT_IMAGE_SIZE, LINT_ERROR, "image-size", "the image is not a whole number of MiB", image_size,
     LINT_HVM | LINT_NEEDS_FIRMWARE, ALONE},
    {LINT_PVH_NO_ENTRY, LINT_ERROR, "pvh-no-entry", "the image has no PVH entry", pvh_no_entry,
     LINT_PVH | LINT_NEEDS_FIRMWARE, ALONE},
    {LINT_PVH_ELF_SHORT, LINT_ERROR, "pvh-elf-short", "the image's ELF header is for another size", pvh_elf_short,
     LINT_PVH | LINT_NEEDS_FIRMWARE, AFTER(LINT_PVH_NO_ENTRY)},
};
