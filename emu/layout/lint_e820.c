/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks of the table that the firmware is told: by itself, and for what must be in it besides RAM. */
#include "layout/lint_internal.h"

#include <inttypes.h>
#include <stdio.h>

/* X:tools/firmware/hvmloader/config.h, X:tools/libs/guest/xg_dom_x86.c. */
#define GIB4 (4ULL * GIB)
#define ACPI_BASE 0xFC000000ULL
#define RSDP_SIZE 64 /* X:tools/libs/light/libxl_x86_acpi.c:RSDP_LEN */
#define SPECIAL_HVM 0xFEFF0000ULL
#define SPECIAL_PVH 0xFEFF8000ULL
#define SPECIAL_END 0xFF000000ULL
#define SCRATCH_ENTRIES 16 /* X:tools/firmware/hvmloader/ovmf.c:ovmf_setup_bios_info */
#define OVMF_MAX_BITS 48   /* E:XenPlatformPei/MemDetect.c:AddressWidthInitialization */

/* --- the E820 by itself */

void lint_check_e820_wrap(struct lint *o)
{
    const struct e820_map *m = lint_map(o);
    for (unsigned i = 0; i < m->nr; i++)
        if (m->e[i].at.start >= m->e[i].at.end)
            lint_hit(o, lint_entry_line(o, i),
                     "E820 entry %u, 0x%" PRIx64 "-0x%" PRIx64
                     ", is empty, ends before it starts, or wraps; END is the "
                     "address after the last byte",
                     i, m->e[i].at.start, m->e[i].at.end);
}

void lint_check_e820_overlap(struct lint *o)
{
    const struct e820_map *m = lint_map(o);
    for (unsigned i = 0; i < m->nr; i++)
        for (unsigned j = 0; j < i; j++)
            if (span_overlaps(m->e[i].at, m->e[j].at))
                lint_hit(o, lint_entry_line(o, i),
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

void lint_check_e820_unsorted(struct lint *o)
{
    unsigned i = step_back(lint_map(o));
    if (i != 0)
        lint_hit(
            o, lint_entry_line(o, i),
            "E820 entry %u lies below entry %u; hvmloader hands over a sorted table, so sort the entries by address", i,
            i - 1);
}

void lint_check_pvh_unsorted(struct lint *o)
{
    unsigned i = step_back(lint_map(o));
    if (i != 0)
        lint_hit(
            o, lint_entry_line(o, i),
            "E820 entry %u lies below entry %u; this is how Xen's toolstack makes it for PVH: nothing to do in the "
            "layout, but firmware must sort its copy",
            i, i - 1);
}

void lint_check_e820_type(struct lint *o)
{
    const struct e820_map *m = lint_map(o);
    for (unsigned i = 0; i < m->nr; i++)
        if (e820_type_name(m->e[i].type) == NULL)
            lint_hit(o, lint_entry_line(o, i),
                     "E820 entry %u has type %" PRIu32 ", which ACPI does not define and OVMF ignores; say RESERVED", i,
                     m->e[i].type);
}

void lint_check_e820_over_16(struct lint *o)
{
    unsigned nr = lint_map(o)->nr;
    if (nr > SCRATCH_ENTRIES)
        lint_hit(
            o, lint_table_line(o),
            "the E820 has %u entries; hvmloader sets aside room for 16 and does not look, so the others lie on whatever "
            "it allocates next: join neighbours of one type",
            nr);
}

void lint_check_e820_full(struct lint *o)
{
    if (lint_map(o)->nr >= E820_MAX)
        lint_hit(
            o, lint_table_line(o),
            "the E820 has %u entries, as many as Xen's and OvmfXen's buffers hold; one more is lost: join neighbours of "
            "one type",
            lint_map(o)->nr);
}

void lint_check_phys_bits(struct lint *o)
{
    const struct e820_map *m = lint_map(o);
    const struct layout *l = o->in->layout;
    uint64_t top = 1ULL << l->phys_bits;
    for (unsigned i = 0; i < m->nr; i++)
        if (m->e[i].at.end > top)
            lint_hit(o, lint_entry_line(o, i),
                     "E820 entry %u ends at 0x%" PRIx64
                     ", above what %u physical address bits reach; raise bed_phys_bits",
                     i, m->e[i].at.end, l->phys_bits);
    if (o->in->guest->high_end > top)
        lint_hit(o, LINE_OF(o, phys_bits),
                 "RAM ends at 0x%" PRIx64
                 ", above what %u physical address bits reach; raise bed_phys_bits or lower memory",
                 o->in->guest->high_end, l->phys_bits);
}

void lint_check_phys_bits_over_48(struct lint *o)
{
    if (o->in->layout->phys_bits > OVMF_MAX_BITS)
        lint_hit(
            o, LINE_OF(o, phys_bits),
            "%u physical address bits: OVMF uses 48 of them, and firmware before 202102 or Xen before 4.16 gets them "
            "wrong; say at most 48 unless that is the test",
            o->in->layout->phys_bits);
}

/* --- what must be told of besides RAM */

void lint_check_special_undeclared(struct lint *o)
{
    struct span gap, s = {lint_is_hvm(o) ? SPECIAL_HVM : SPECIAL_PVH, lint_is_hvm(o) ? GIB4 : SPECIAL_END};
    if (lint_first_gap(lint_map(o), ANY_TYPE, s, &gap))
        lint_hit(o, lint_table_line(o),
                 "no E820 entry covers 0x%" PRIx64 "-0x%" PRIx64
                 " (%s), so that an OS may put devices there; add a RESERVED "
                 "entry",
                 gap.start, gap.end, lint_is_hvm(o) ? "Xen's special pages and the image" : "Xen's special pages");
}

/* The ACPI tables; PVH: with the RSDP behind them. Empty when there are none. */
static struct span acpi_tables(const struct lint *o)
{
    uint64_t end = ACPI_BASE + ((1 + (uint64_t)o->in->guest->acpi_pages) << PAGE_SHIFT);
    if (!lint_is_hvm(o))
        return (struct span){ACPI_BASE, end + RSDP_SIZE};
    return (struct span){ACPI_BASE, o->in->layout->acpi ? end : ACPI_BASE};
}

void lint_check_acpi_undeclared(struct lint *o)
{
    struct span gap;
    if (lint_first_gap(lint_map(o), ANY_TYPE, acpi_tables(o), &gap))
        lint_hit(o, lint_table_line(o),
                 "no E820 entry covers the ACPI tables at 0x%" PRIx64 "-0x%" PRIx64
                 ", so that they do not reach the OS; add "
                 "an NVS entry",
                 gap.start, gap.end);
}

/* Xen 8efa46516c and de6d188a51 (4.15), d6dab805f1 (4.21): ACPI is memory that an OS may reclaim, NVS is not. */
void lint_check_acpi_type(struct lint *o)
{
    const struct e820_map *m = lint_map(o);
    const struct layout *l = o->in->layout;
    for (unsigned i = 0; i < m->nr; i++) {
        uint32_t type = m->e[i].type;
        bool good = type == E820_TYPE_NVS || (lint_is_hvm(o) ? type == E820_TYPE_RESERVED && lint_xen_before(l, 15)
                                                             : type == E820_TYPE_ACPI && lint_xen_before(l, 21));
        char buf[16];
        if (!good && span_overlaps(m->e[i].at, acpi_tables(o)))
            lint_hit(o, lint_entry_line(o, i),
                     "E820 entry %u calls the ACPI tables at 0x%" PRIx64 "-0x%" PRIx64 " %s; Xen %u.%u says %s", i,
                     acpi_tables(o).start, acpi_tables(o).end, lint_type_text(type, buf), l->xen_major, l->xen_minor,
                     lint_is_hvm(o) ? (lint_xen_before(l, 15) ? "RESERVED" : "NVS")
                                    : (lint_xen_before(l, 21) ? "ACPI" : "NVS"));
    }
}
