/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dev/pci_table.h"

#include <stdbool.h>

#define IO_START 0xC000u
#define IO_END 0x10000u

/*
 * QEMU's i440FX/PIIX3 machine as libxl starts it. Ids, revisions and reset values are QEMU's (hw/pci-host/i440fx.c,
 * hw/isa/piix3.c, hw/acpi/piix4.c), the loaded ones those of X:tools/firmware/hvmloader/pci.c:pci_setup.
 */
static const struct pci_desc fixed[] = {
    /* i440FX */
    {.devfn = 0x00,
     .vendor = 0x8086,
     .device = 0x1237,
     .class_code = 0x060000,
     .revision = 2,
     .subsystem_vendor = 0x1AF4,
     .subsystem = 0x1100,
     .reg = {{0x72, 0x02, 0x02}}},
    /* PIIX3 ISA */
    {.devfn = 0x08,
     .vendor = 0x8086,
     .device = 0x7000,
     .class_code = 0x060100,
     .header_type = 0x80,
     .subsystem_vendor = 0x1AF4,
     .subsystem = 0x1100,
     .reg = {{0x60, 0x80, 5}, {0x61, 0x80, 10}, {0x62, 0x80, 11}, {0x63, 0x80, 5}}},
    /* PIIX3 IDE */
    {.devfn = 0x09,
     .vendor = 0x8086,
     .device = 0x7010,
     .class_code = 0x010180,
     .subsystem_vendor = 0x1AF4,
     .subsystem = 0x1100,
     .bar = {{4, PCI_BAR_IO, 16, 0}},
     .reg = {{0x41, 0, 0x80}, {0x43, 0, 0x80}}},
    /* PIIX4 PM */
    {.devfn = 0x0B,
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
     .vendor = 0x5853,
     .device = 0x0001,
     .class_code = 0xFF8000,
     .revision = 1,
     .pin = 1,
     .subsystem_vendor = 0x5853,
     .subsystem = 0x0001,
     .bar = {{0, PCI_BAR_IO, 256, 0}, {1, PCI_BAR_PREFETCH, 16u << 20, 0}}},
    /* NIC */
    {.devfn = 0x20,
     .vendor = 0x10EC,
     .device = 0x8139,
     .class_code = 0x020000,
     .revision = 0x20,
     .pin = 1,
     .subsystem_vendor = 0x1AF4,
     .subsystem = 0x1100,
     .bar = {{0, PCI_BAR_IO, 256, 0}, {1, 0, 256, 0}, {PCI_ROM, 0, 256u << 10, 0}}},
};

static const struct pci_desc vga_std = {
    .devfn = 0x18,
    .vendor = 0x1234,
    .device = 0x1111,
    .class_code = 0x030000,
    .revision = 2,
    .subsystem_vendor = 0x1AF4,
    .subsystem = 0x1100,
    .bar = {{0, PCI_BAR_PREFETCH, 16u << 20, 0}, {2, 0, 4096, 0}, {PCI_ROM, 0, 64u << 10, 0}},
};
static const struct pci_desc vga_cirrus = {
    .devfn = 0x18,
    .vendor = 0x1013,
    .device = 0x00B8,
    .class_code = 0x030000,
    .subsystem_vendor = 0x1AF4,
    .subsystem = 0x1100,
    .bar = {{0, PCI_BAR_PREFETCH, 32u << 20, 0}, {1, 0, 4096, 0}, {PCI_ROM, 0, 64u << 10, 0}},
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

size_t pci_table(struct pci_desc out[PCI_MAX_FUNCTIONS], uint64_t videoram)
{
    const struct pci_desc video = video_card(videoram);
    bool waiting = videoram != 0;
    size_t nr = 0;
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
        if (waiting && fixed[i].devfn > video.devfn) {
            out[nr++] = video;
            waiting = false;
        }
        out[nr++] = fixed[i];
    }
    return nr;
}

void pci_place(struct pci_desc *d, size_t nr, struct span window)
{
    /* hvmloader walks the bus by devfn and inserts by size: of two equal ones the first stays first. */
    struct pci_bar *order[PCI_MAX_FUNCTIONS * PCI_MAX_BARS];
    size_t bars = 0;
    for (size_t i = 0; i < nr; i++)
        for (size_t b = 0; b < PCI_MAX_BARS && d[i].bar[b].size != 0; b++) {
            size_t at = bars++;
            for (; at > 0 && order[at - 1]->size < d[i].bar[b].size; at--)
                order[at] = order[at - 1];
            order[at] = &d[i].bar[b];
        }

    struct span io = {IO_START, IO_END}, mem = window;
    for (size_t i = 0; i < bars; i++) {
        struct span *room = (order[i]->flags & PCI_BAR_IO) != 0 ? &io : &mem;
        const uint64_t size = order[i]->size, at = (room->start + size - 1) & ~(size - 1);
        order[i]->placed = at + size <= room->end ? at : 0;
        if (order[i]->placed != 0)
            room->start = at + size;
    }
}
