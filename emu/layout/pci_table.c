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
};

static const struct pci_desc xen_platform = {
    .owner = "PCI BAR of the Xen platform device",
    .vendor = 0x5853,
    .device = 0x0001,
    .class_code = 0xFF8000,
    .revision = 1,
    .pin = 1,
    .subsystem_vendor = 0x5853,
    .subsystem = 0x0001,
    .bar = {{0, PCI_BAR_IO, 256, 0, BEHIND_ZEROES}, {1, PCI_BAR_PREFETCH, 16 * MIB, 0, BEHIND_ZEROES}},
};

static const struct pci_desc nics[] = {
    [NIC_RTL8139] = {.owner = "PCI BAR of the network card",
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
    [NIC_E1000] = {.owner = "PCI BAR of the network card",
                   .vendor = 0x8086,
                   .device = 0x100E,
                   .class_code = 0x020000,
                   .revision = 3,
                   .pin = 1,
                   .subsystem_vendor = 0x1AF4,
                   .subsystem = 0x1100,
                   .bar = {{0, 0, 128 * KIB, 0, BEHIND_ZEROES},
                           {1, PCI_BAR_IO, 64, 0, BEHIND_ZEROES},
                           {PCI_ROM, 0, 256 * KIB, 0, BEHIND_ONES}}},
};

/* hw/usb/hcd-uhci.c, as a function of the PIIX3. */
static const struct pci_desc usb = {
    .owner = "PCI BAR of the USB controller",
    .devfn = 0x0A,
    .vendor = 0x8086,
    .device = 0x7020,
    .class_code = 0x0C0300,
    .revision = 1,
    .subsystem_vendor = 0x1AF4,
    .subsystem = 0x1100,
    .pin = 4,
    .bar = {{4, PCI_BAR_IO, 32, 0, BEHIND_ZEROES}},
    .reg = {{0x60, 0x10, 0x10}},
};

/* hw/ide/ich.c */
static const struct pci_desc ahci = {
    .owner = "PCI BAR of the SATA controller",
    .vendor = 0x8086,
    .device = 0x2922,
    .class_code = 0x010601,
    .revision = 2,
    .subsystem_vendor = 0x1AF4,
    .subsystem = 0x1100,
    .pin = 1,
    .bar = {{4, PCI_BAR_IO, 32, 0, BEHIND_ZEROES}, {5, 0, 4096, 0, BEHIND_ZEROES}},
};

/*
 * Intel's graphics, passed through: a Haswell with an aperture of 128 MiB, so that all fits into the usual hole. QEMU
 * keeps slot 2 free for it (hw/xen/xen_pt.c); hvmloader writes the OpRegion's address to register FC.
 */
static const struct pci_desc igd = {
    .owner = "PCI BAR of Intel's graphics",
    .devfn = 0x10,
    .vendor = 0x8086,
    .device = 0x0412,
    .class_code = 0x030000,
    .revision = 6,
    .subsystem_vendor = 0x8086,
    .subsystem = 0x2010,
    .pin = 1,
    .bar = {{0, PCI_BAR_64, 4 * MIB, 0, BEHIND_DEVICE},
            {2, PCI_BAR_64 | PCI_BAR_PREFETCH, 128 * MIB, 0, BEHIND_DEVICE},
            {4, PCI_BAR_IO, 64, 0, BEHIND_ZEROES}},
    .reg = {{0xFD, 0, (uint8_t)(IGD_OPREGION_START >> 8)},
            {0xFE, 0, (uint8_t)(IGD_OPREGION_START >> 16)},
            {0xFF, 0, (uint8_t)(IGD_OPREGION_START >> 24)}},
};

static const struct pci_desc vga_std = {
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
        .vendor = 0x1B36,
        .device = 0xBED0,
        .class_code = 0x120000, /* processing accelerator */
        .bar = {{0, PCI_BAR_64 | PCI_BAR_PREFETCH, size, 0, BEHIND_DEVICE}},
    };
}

struct table {
    struct pci_desc *out;
    size_t nr;
    uint8_t slot; /* the next free one */
};

static void add(struct table *t, const struct pci_desc *d)
{
    t->out[t->nr++] = *d;
}

/* QEMU gives the lowest free slot to each, in the order of its command line (X:libxl_dm.c). */
static void add_in_slot(struct table *t, const struct pci_desc *d)
{
    add(t, d);
    t->out[t->nr - 1].devfn = (uint8_t)(t->slot++ << 3);
}

static void add_fixed(struct table *t, bool with_usb)
{
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
        if (with_usb && fixed[i].devfn > usb.devfn && fixed[i - 1].devfn < usb.devfn)
            add(t, &usb);
        add(t, &fixed[i]);
    }
}

size_t pci_table(struct pci_desc out[PCI_MAX_FUNCTIONS], const struct layout *l)
{
    const struct guest_devices *dev = &l->dev;
    struct table t = {.out = out, .slot = 2};
    add_fixed(&t, dev->usb);
    if (dev->igd) {
        add(&t, &igd);
        t.slot++;
    }
    if (dev->platform)
        add_in_slot(&t, &xen_platform);
    if (l->videoram != 0) {
        const struct pci_desc video = video_card(l->videoram);
        add_in_slot(&t, &video);
    }
    for (unsigned i = 0; i < dev->nics; i++)
        add_in_slot(&t, &nics[dev->nic[i]]);
    if (dev->ahci)
        add_in_slot(&t, &ahci);
    if (l->pci_bar64 != 0) {
        const struct pci_desc d = passed_through(l->pci_bar64);
        add_in_slot(&t, &d);
    }
    return t.nr;
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

/* With an RMRR in it, the window begins where RAM ends: BARs are to find room beside it. */
static uint64_t widened(uint64_t start, const struct guest_memory *g)
{
    for (unsigned i = 0; i < g->nr_rdms; i++)
        if (start > g->built_low && span_overlaps(g->rdm[i], (struct span){start, PCI_WINDOW_END}))
            return g->built_low;
    return start;
}

/* As large as needed, but no further down than RAM reaches: libxl does not allow hvmloader to move RAM. */
static uint64_t window_start(const struct setup *s, const struct layout *l, const struct guest_memory *g)
{
    if (l->mmio_hole != 0 && 4 * GIB - l->mmio_hole <= HVM_MMIO_START)
        return g->mmio_start;
    uint64_t start = HVM_MMIO_START;
    for (;;) {
        const uint64_t next = (uint32_t)(start << 1);
        if (s->total <= PCI_WINDOW_END - start || next == 0 || next < g->built_low)
            return widened(start, g);
        start = next;
    }
}

/* pci.c:find_next_rmrr, check_overlap_all: the next place for @size from @at on that no RMRR takes. */
static uint64_t clear_of_rdms(const struct guest_memory *g, uint64_t at, uint64_t size)
{
    for (unsigned i = 0; i < g->nr_rdms;) {
        if (span_overlaps((struct span){at, at + size}, g->rdm[i])) {
            at = (g->rdm[i].end + size - 1) & ~(size - 1);
            i = 0; /* once more from the first */
        } else {
            i++;
        }
    }
    return at;
}

static void place(struct setup *s, const struct guest_memory *g, struct pci_bar *b)
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
    uint64_t at = (room->start + b->size - 1) & ~(b->size - 1);
    if (room == &s->mem)
        at = clear_of_rdms(g, at, b->size);
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
        place(&s, g, s.order[i]);
    /* Its end is aligned as its start is, so that few MTRRs cover it. */
    w->high = (struct span){s.high_start, 0};
    if (s.high_start != 0)
        w->high.end = ((s.high.start - 1) | ((s.high_start & (0 - s.high_start)) - 1)) + 1;
}
