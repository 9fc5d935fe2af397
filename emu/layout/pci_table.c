/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "layout/pci_table.h"

#include <stdbool.h>

#define IO_START 0xC000u
#define IO_END 0x10000u
#define HVM_MMIO_START 0xF0000000ull /* X:xen/include/public/hvm/e820.h:HVM_BELOW_4G_MMIO_START */
#define RELOC_THRESHOLD GIB          /* pci.c:BAR_RELOC_THRESH, since 4.19 (57acad12a0); Debian's 4.17 has it */

/*
 * QEMU's i440FX/PIIX3 machine as libxl starts it. Ids, revisions and reset values are QEMU's (hw/pci-host/i440fx.c,
 * hw/isa/piix3.c, hw/acpi/piix4.c), the loaded ones those of X:tools/firmware/hvmloader/pci.c:pci_setup.
 */
static const struct pci_desc fixed[] = {
    /* i440FX */
    {.devfn = 0x00,
     .owner = "PCI BAR of the host bridge",
     .vendor = 0x8086,
     .device = 0x1237,
     .class_code = 0x060000,
     .revision = 2,
     .subsystem_vendor = 0x1AF4,
     .subsystem = 0x1100,
     .reg = {{0x72, 0x02, 0x02}}},
    /* PIIX3 ISA */
    {.devfn = 0x08,
     .owner = "PCI BAR of the ISA bridge",
     .vendor = 0x8086,
     .device = 0x7000,
     .class_code = 0x060100,
     .header_type = 0x80,
     .subsystem_vendor = 0x1AF4,
     .subsystem = 0x1100,
     .reg = {{0x60, 0x80, 5}, {0x61, 0x80, 10}, {0x62, 0x80, 11}, {0x63, 0x80, 5}}},
    /* PIIX3 IDE */
    {.devfn = 0x09,
     .owner = "PCI BAR of the IDE controller",
     .vendor = 0x8086,
     .device = 0x7010,
     .class_code = 0x010180,
     .subsystem_vendor = 0x1AF4,
     .subsystem = 0x1100,
     .bar = {{4, PCI_BAR_IO, 16, 0, BEHIND_ZEROES}},
     .reg = {{0x41, 0, 0x80}, {0x43, 0, 0x80}}},
    /* PIIX4 PM */
    {.devfn = 0x0B,
     .owner = "PCI BAR of the PIIX4",
     .vendor = 0x8086,
     .device = 0x7113,
     .class_code = 0x068000,
     .revision = 3,
     .subsystem_vendor = 0x1AF4,
     .subsystem = 0x1100,
     .pin = 1,
     .reg = {{0x40, 0x01, 0x01}, {0x41, 0, 0xB0}, {0x80, 0, 0x01}, {0xD2, 0x09, 0}}},
    /* Xen */
    {.devfn = 0x10,
     .owner = "PCI BAR of the Xen platform device",
     .vendor = 0x5853,
     .device = 0x0001,
     .class_code = 0xFF8000,
     .revision = 1,
     .pin = 1,
     .subsystem_vendor = 0x5853,
     .subsystem = 0x0001,
     .bar = {{0, PCI_BAR_IO, 256, 0, BEHIND_ZEROES}, {1, PCI_BAR_PREFETCH, 16 * MIB, 0, BEHIND_ZEROES}}},
    /* NIC */
    {.devfn = 0x20,
     .owner = "PCI BAR of the network card",
     .vendor = 0x10EC,
     .device = 0x8139,
     .class_code = 0x020000,
     .revision = 0x20,
     .pin = 1,
     .subsystem_vendor = 0x1AF4,
     .subsystem = 0x1100,
     .bar = {{0, PCI_BAR_IO, 256, 0, BEHIND_ZEROES},
             {1, 0, 256, 0, BEHIND_ZEROES},
             {PCI_ROM, 0, 256 * KIB, 0, BEHIND_ONES}}},
};

static const struct pci_desc vga_std = {
    .devfn = 0x18,
    .owner = "PCI BAR of the VGA card",
    .vendor = 0x1234,
    .device = 0x1111,
    .class_code = 0x030000,
    .revision = 2,
    .subsystem_vendor = 0x1AF4,
    .subsystem = 0x1100,
    .bar = {{0, PCI_BAR_PREFETCH, 16 * MIB, 0, BEHIND_VRAM},
            {2, 0, 4096, 0, BEHIND_ZEROES},
            {PCI_ROM, 0, 64 * KIB, 0, BEHIND_ONES}},
};
static const struct pci_desc vga_cirrus = {
    .devfn = 0x18,
    .owner = "PCI BAR of the VGA card",
    .vendor = 0x1013,
    .device = 0x00B8,
    .class_code = 0x030000,
    .subsystem_vendor = 0x1AF4,
    .subsystem = 0x1100,
    .bar = {{0, PCI_BAR_PREFETCH, 32 * MIB, 0, BEHIND_VRAM},
            {1, 0, 4096, 0, BEHIND_ZEROES},
            {PCI_ROM, 0, 64 * KIB, 0, BEHIND_ONES}},
};

/* xl's defaults: 16 MiB for the standard card, 8 MiB for Cirrus, and neither may have less (xl.cfg(5)). */
static struct pci_desc video_card(uint64_t videoram)
{
    if (videoram < 16 * MIB)
        return vga_cirrus;
    struct pci_desc d = vga_std;
    while (d.bar[0].size < videoram && d.bar[0].size < 256 * MIB)
        d.bar[0].size *= 2;
    return d;
}

/* bed_pci_bar64: one big BAR, and nothing else that anybody would want. The id is of no real card. */
static struct pci_desc passed_through(uint64_t size)
{
    return (struct pci_desc){
        .owner = "PCI BAR of the passed-through device",
        .devfn = 0x28,
        .vendor = 0x1B36,
        .device = 0xBED0,
        .class_code = 0x120000, /* processing accelerator */
        .bar = {{0, PCI_BAR_64 | PCI_BAR_PREFETCH, size, 0, BEHIND_DEVICE}},
    };
}

size_t pci_table(struct pci_desc out[PCI_MAX_FUNCTIONS], const struct layout *l)
{
    const struct pci_desc video = video_card(l->videoram);
    bool waiting = l->videoram != 0;
    size_t nr = 0;
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
        if (waiting && fixed[i].devfn > video.devfn) {
            out[nr++] = video;
            waiting = false;
        }
        out[nr++] = fixed[i];
    }
    if (l->pci_bar64 != 0)
        out[nr++] = passed_through(l->pci_bar64);
    return nr;
}

/* --- pci_setup ---------------------------------------------------------------------------------------------------- */

#define ALL_BARS (PCI_MAX_FUNCTIONS * PCI_MAX_BARS)

struct setup {
    struct pci_bar *order[ALL_BARS];
    size_t nr;
    bool threshold; /* a 64-bit BAR of more than a GiB always goes above 4 GiB */
    bool relocate;  /* BARs that can go there do, until the others fit */
    uint64_t total; /* of the memory BARs that are not placed yet */
    struct span io, mem, high;
    uint64_t high_start;
};

static bool is_huge(const struct setup *s, const struct pci_bar *b)
{
    return s->threshold && b->size > RELOC_THRESHOLD;
}

/* hvmloader walks the bus by devfn and inserts by size: of two equal ones the first stays first. */
static void collect(struct setup *s, struct pci_desc *d, size_t nr)
{
    for (size_t i = 0; i < nr; i++)
        for (size_t b = 0; b < PCI_MAX_BARS && d[i].bar[b].size != 0; b++) {
            struct pci_bar *const bar = &d[i].bar[b];
            size_t at = s->nr++;
            for (; at > 0 && s->order[at - 1]->size < bar->size; at--)
                s->order[at] = s->order[at - 1];
            s->order[at] = bar;
            if ((bar->flags & PCI_BAR_64) != 0 && is_huge(s, bar))
                s->relocate = true;
            else if ((bar->flags & PCI_BAR_IO) == 0)
                s->total += bar->size;
        }
}

/* As large as needed, but no further down than RAM reaches: libxl does not allow hvmloader to move RAM. */
static uint64_t window_start(const struct setup *s, const struct layout *l, const struct guest_memory *g)
{
    const uint64_t ram = page_down(l->maxmem - l->videoram);
    const uint64_t low_end = ram < g->mmio_start ? ram : g->mmio_start;
    if (l->mmio_hole != 0 && 4 * GIB - l->mmio_hole <= HVM_MMIO_START)
        return g->mmio_start;
    uint64_t start = HVM_MMIO_START;
    for (;;) {
        const uint64_t next = (uint32_t)(start << 1);
        if (s->total <= PCI_WINDOW_END - start || next == 0 || next < low_end)
            return start;
        start = next;
    }
}

static void place(struct setup *s, struct pci_bar *b)
{
    struct span *room = &s->mem;
    if ((b->flags & PCI_BAR_IO) != 0) {
        room = &s->io;
    } else {
        if ((b->flags & PCI_BAR_64) != 0 && s->relocate && (s->total > span_size(s->mem) || is_huge(s, b))) {
            room = &s->high;
            room->start = (room->start + b->size - 1) & ~(b->size - 1);
            if (s->high_start == 0)
                s->high_start = room->start;
        }
        if (!is_huge(s, b))
            s->total -= b->size;
    }
    const uint64_t at = (room->start + b->size - 1) & ~(b->size - 1);
    b->placed = at + b->size >= room->start && at + b->size <= room->end ? at : 0;
    if (b->placed != 0)
        room->start = at + b->size;
}

void pci_place(struct pci_desc *d, size_t nr, const struct layout *l, const struct guest_memory *g,
               struct pci_windows *w)
{
    struct setup s = {
        .threshold = l->xen_major > 4 || l->xen_minor >= 17,
        .io = {IO_START, IO_END},
        .high = {g->built_end != 0 ? g->built_end : 4 * GIB, 1ull << l->phys_bits},
    };
    collect(&s, d, nr);
    s.mem = (struct span){window_start(&s, l, g), PCI_WINDOW_END};
    w->start = s.mem.start;
    if (s.total > span_size(s.mem))
        s.relocate = true;
    for (size_t i = 0; i < s.nr; i++)
        place(&s, s.order[i]);
    /* Its end is aligned as its start is, so that few MTRRs cover it. */
    w->high = (struct span){s.high_start, 0};
    if (s.high_start != 0)
        w->high.end = ((s.high.start - 1) | ((s.high_start & (0 - s.high_start)) - 1)) + 1;
}
