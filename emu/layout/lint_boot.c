/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks of what the firmware needs to come up: CMOS, room, an image that fits. */
#include "layout/lint_internal.h"

#include <inttypes.h>
#include <stdio.h>

#define CMOS_UNIT (64 * KIB)
/* E:OvmfPkg/OvmfXen.fdf, [FD.MEMFD]: page tables to the end of the decompression scratch. */
#define WORK_START 0x800000ULL
#define WORK_END 0x1510000ULL
#define OVMF_VCPUS 64u      /* E:OvmfPkg/OvmfXen.dsc, OvmfPkgX64.dsc: PcdCpuMaxLogicalProcessorNumber */
#define PEI_LEAST (4 * MIB) /* seen in PEI besides page tables: stack, HOBs and DXE core, 2.6 MiB; NV spare, 0.5 MiB */

/* --- CMOS 34/35, which OVMF takes for the end of RAM below 4 GiB in an HVM guest */

void lint_check_cmos_above_ram(struct lint *o)
{
    uint64_t cmos = o->in->guest->cmos_low_ram, end = lint_low_end(lint_map(o));
    if (cmos > end)
        lint_hit(o, LINE_OF(o, cmos_low_ram),
                 "CMOS says that RAM ends at 0x%" PRIx64 ", the E820 at 0x%" PRIx64
                 "; OVMF puts PEI's memory below the former, where there is none: make them agree",
                 cmos, end);
}

void lint_check_cmos_below_ram(struct lint *o)
{
    uint64_t cmos = o->in->guest->cmos_low_ram, end = lint_low_end(lint_map(o));
    if (cmos < end && end - cmos >= CMOS_UNIT)
        lint_hit(o, LINE_OF(o, cmos_low_ram),
                 "CMOS says that RAM ends at 0x%" PRIx64 ", the E820 at 0x%" PRIx64
                 "; more than rounding to 64 KiB explains: make them agree",
                 cmos, end);
}

void lint_check_cmos_rounding(struct lint *o)
{
    uint64_t cmos = o->in->guest->cmos_low_ram, end = lint_low_end(lint_map(o));
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
    lint_populated(o, &real);
    *why = "not RAM in the E820";
    if (lint_first_gap(lint_map(o), E820_TYPE_RAM, s, gap))
        return false;
    *why = "not populated";
    return !lint_first_gap(&real, ANY_TYPE, s, gap);
}

void lint_check_work_area(struct lint *o)
{
    struct span gap;
    const char *why;
    if (!is_ram(o, (struct span){WORK_START, WORK_END}, &gap, &why))
        lint_hit(o, lint_table_line(o),
                 "0x%" PRIx64 "-0x%" PRIx64 " is %s; OVMF has its page tables, temporary RAM and volumes at "
                 "0x800000-0x1510000, so there must be RAM",
                 gap.start, gap.end, why);
}

void lint_check_pei_memory_least(struct lint *o)
{
    const struct layout *l = o->in->layout;
    struct span pei = lint_pei_memory(o);
    uint64_t need = lint_table_bytes(l) + PEI_LEAST;
    if (span_size(pei) < need)
        lint_hit(
            o, lint_memory_line(o),
            "PEI gets %llu MiB of RAM below 4 GiB, and needs at least %llu: %llu for page tables (%u address bits, %s "
            "1 GiB pages); raise memory%s",
            span_size(pei) / MIB, (need + MIB - 1) / MIB, (lint_table_bytes(l) + MIB - 1) / MIB, l->phys_bits,
            l->page_1g ? "with" : "no", l->page_1g ? "" : ", lower bed_phys_bits or say bed_page_1g=1");
}

void lint_check_pei_cap(struct lint *o)
{
    struct span pei = lint_pei_memory(o);
    uint64_t cap = PEI_CAP + lint_table_bytes(o->in->layout);
    if (span_size(pei) < cap)
        lint_hit(
            o, lint_memory_line(o),
            "PEI gets %llu MiB of RAM below 4 GiB, less than the %llu that it asks for; it takes all from 0x1300000 on: "
            "raise memory unless that is the test",
            span_size(pei) / MIB, (cap + MIB - 1) / MIB);
}

void lint_check_pei_not_ram(struct lint *o)
{
    struct span gap, pei = lint_pei_memory(o);
    const char *why;
    if (!is_ram(o, pei, &gap, &why))
        lint_hit(o, lint_table_line(o),
                 "0x%" PRIx64 "-0x%" PRIx64 " is %s, but PEI's memory will lie at 0x%" PRIx64 "-0x%" PRIx64
                 "; keep that free, or lower the end of RAM in CMOS",
                 gap.start, gap.end, why, pei.start, pei.end);
}

void lint_check_fill(struct lint *o)
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

void lint_check_vcpus_over_64(struct lint *o)
{
    if (o->in->layout->vcpus > OVMF_VCPUS)
        lint_hit(
            o, LINE_OF(o, vcpus),
            "%u vCPUs, and OVMF has stacks for %u (PcdCpuMaxLogicalProcessorNumber): the others' lie beyond, some of them "
            "above RAM; say vcpus=%u unless that is the test",
            o->in->layout->vcpus, OVMF_VCPUS, OVMF_VCPUS);
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

void lint_check_unknown_key(struct lint *o)
{
    notes(o, true);
}

void lint_check_not_honoured(struct lint *o)
{
    notes(o, false);
}

void lint_check_image_size(struct lint *o)
{
    uint64_t size = o->in->firmware->size;
    if (size % MIB != 0)
        lint_hit_firmware(o,
                          "%" PRIu64
                          " bytes are not a whole number of MiB: hvmloader would put the image's end below 4 GiB, "
                          "where the reset vector jumps to nothing; give the combined OVMF.fd",
                          size);
}

void lint_check_pvh_no_entry(struct lint *o)
{
    if (!o->in->firmware->pvh)
        lint_hit_firmware(o,
                          "no ELF header with a PVH entry, so that Xen cannot start it as a PVH guest's kernel; build "
                          "OvmfXen, or say type=\"hvm\"");
}

/* E:OvmfPkg/Include/Fdf/XenElfHeader.fdf.inc is written for a FD of 2 MiB. */
void lint_check_pvh_elf_short(struct lint *o)
{
    const struct lint_firmware *f = o->in->firmware;
    if (f->pvh && f->pvh_filesz != f->size)
        lint_hit_firmware(o,
                          "the ELF header has Xen load %" PRIu32
                          " KiB, the image has %llu: part of it is missing and the "
                          "entry lands elsewhere; build OvmfXen with FD_SIZE_2MB, or correct the header",
                          f->pvh_filesz / 1024, f->size / KIB);
}
