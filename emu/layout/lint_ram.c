/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks of the RAM that the table tells of against what there is. */
#include "layout/lint_internal.h"

#include <inttypes.h>
#include <stdio.h>

/* X:tools/firmware/hvmloader/config.h, X:tools/libs/guest/xg_dom_x86.c. */
#define GIB4 (4ULL * GIB)
#define SPECIAL_HVM 0xFEFF0000ULL
#define SPECIAL_PVH 0xFEFF8000ULL
#define SPECIAL_END 0xFF000000ULL
#define VGA_BASE 0xA0000ULL
#define VGA_END 0xC0000ULL

/* E:OvmfPkg/XenPlatformPei/Xen.c:XenPublishRamRegions rounds inwards. */
void lint_check_ram_unaligned(struct lint *o)
{
    const struct e820_map *m = lint_map(o);
    for (unsigned i = 0; i < m->nr; i++) {
        struct span e = m->e[i].at, whole = {page_up(e.start), page_down(e.end)};
        char say[64] = "; remove the entry";
        if (m->e[i].type != E820_TYPE_RAM || (e.start == whole.start && e.end == whole.end))
            continue;
        if (whole.start < whole.end)
            (void)snprintf(say, sizeof say, ": say 0x%" PRIx64 "-0x%" PRIx64, whole.start, whole.end);
        lint_hit(o, lint_entry_line(o, i), "RAM 0x%" PRIx64 "-0x%" PRIx64 " has parts of pages, which OVMF drops%s",
                 e.start, e.end, say);
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

void lint_check_ram_over_device(struct lint *o)
{
    const struct e820_map *m = lint_map(o);
    struct span image = o->in->guest->image;
    for (unsigned i = 0; i < m->nr; i++) {
        const char *first = NULL;
        struct span at = {0};
        unsigned n = 0;
        if (m->e[i].type != E820_TYPE_RAM)
            continue;
        for (size_t j = 0; j < NR_DEVICES; j++) {
            if ((devices[j].type & (lint_is_hvm(o) ? LINT_HVM : LINT_PVH)) != 0 &&
                span_overlaps(m->e[i].at, devices[j].at) && n++ == 0) {
                first = devices[j].what;
                at = devices[j].at;
            }
        }
        if (lint_is_hvm(o) && span_overlaps(m->e[i].at, image) && n++ == 0) {
            first = "the firmware image";
            at = image;
        }
        if (n == 0)
            continue;
        char more[32] = "";
        if (n > 1)
            (void)snprintf(more, sizeof more, " and %u more", n - 1);
        lint_hit(o, lint_entry_line(o, i),
                 "RAM 0x%" PRIx64 "-0x%" PRIx64 " covers %s at 0x%" PRIx64 "-0x%" PRIx64 "%s; cut the entry there",
                 m->e[i].at.start, m->e[i].at.end, first, at.start, at.end, more);
    }
}

void lint_check_ram_in_hole(struct lint *o)
{
    const struct e820_map *m = lint_map(o);
    struct span hole = {o->in->guest->mmio_start, GIB4};
    for (unsigned i = 0; i < m->nr; i++)
        if (m->e[i].type == E820_TYPE_RAM && span_overlaps(m->e[i].at, hole))
            lint_hit(o, lint_entry_line(o, i),
                     "RAM 0x%" PRIx64 "-0x%" PRIx64 " reaches into the hole from 0x%" PRIx64
                     " to 4 GiB, where Xen puts no RAM%s; end it there",
                     m->e[i].at.start, m->e[i].at.end, hole.start,
                     lint_is_hvm(o) ? " and hvmloader puts PCI devices" : "");
}

/* X:hvmloader/e820.c:adjust_memory_map does nothing once RAM above 4 GiB is used up. */
static bool is_lost_page(const struct lint *o, const struct e820_entry *e)
{
    return !o->in->layout->has_e820 && lint_is_hvm(o) && o->in->guest->high_end == 0 && e->type == E820_TYPE_RAM &&
           e->at.start == GIB4;
}

/* Xen 2c4f5125fd (4.6): RAM that nobody populated reads as ones, and what is written is lost. */
void lint_check_ram_unpopulated(struct lint *o)
{
    const struct e820_map *m = lint_map(o);
    struct e820_map real;
    struct span gap;
    lint_populated(o, &real);
    for (unsigned i = 0; i < m->nr; i++)
        if (m->e[i].type == E820_TYPE_RAM && !is_lost_page(o, &m->e[i]) &&
            lint_first_gap(&real, ANY_TYPE, m->e[i].at, &gap))
            lint_hit(o, lint_entry_line(o, i),
                     "RAM 0x%" PRIx64 "-0x%" PRIx64 ": nothing is populated from 0x%" PRIx64 " to 0x%" PRIx64
                     "; shorten the entry or raise memory",
                     m->e[i].at.start, m->e[i].at.end, gap.start, gap.end);
}

/* Xen 24e3e3553b (4.7): the guest loses what no entry tells of. */
void lint_check_ram_undeclared(struct lint *o)
{
    struct e820_map real;
    lint_populated(o, &real);
    for (unsigned i = 0; i < real.nr; i++) {
        struct span s = real.e[i].at, gap;
        /* hvmloader leaves C0000-F0000 out on purpose. */
        if (lint_is_hvm(o) && s.start == VGA_END)
            s.start = MIB;
        for (; lint_first_gap(lint_map(o), ANY_TYPE, s, &gap); s.start = gap.end)
            lint_hit(o, lint_table_line(o),
                     "RAM 0x%" PRIx64 "-0x%" PRIx64
                     " is populated, but no E820 entry tells of it; add one, or say RESERVED",
                     gap.start, gap.end);
    }
}

void lint_check_lost_page(struct lint *o)
{
    const struct e820_map *m = lint_map(o);
    for (unsigned i = 0; i < m->nr; i++)
        if (is_lost_page(o, &m->e[i]))
            lint_hit(o, lint_entry_line(o, i),
                     "hvmloader takes all RAM above 4 GiB (%" PRIu64 " pages) but leaves the page at 0x%" PRIx64
                     " in the E820, with nothing behind it; change memory by some MiB",
                     o->in->guest->stolen_pages, m->e[i].at.start);
}
