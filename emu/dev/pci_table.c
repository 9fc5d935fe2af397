/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dev/pci_table.h"

#include "base/span.h"

#define IO_START 0xC000u

/*
 * QEMU's i440FX/PIIX3 machine as libxl starts it, with the register values of X:tools/firmware/hvmloader/pci.c:
 * pci_setup. Subsystem ids and revisions are QEMU's. The video card comes last and only with video RAM.
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
     .reg = {{0x72, 0x02}}},
    /* PIIX3 ISA */
    {.devfn = 0x08,
     .vendor = 0x8086,
     .device = 0x7000,
     .class_code = 0x060100,
     .header_type = 0x80,
     .subsystem_vendor = 0x1AF4,
     .subsystem = 0x1100,
     .reg = {{0x60, 5}, {0x61, 10}, {0x62, 11}, {0x63, 5}}},
    /* PIIX3 IDE */
    {.devfn = 0x09,
     .vendor = 0x8086,
     .device = 0x7010,
     .class_code = 0x010180,
     .subsystem_vendor = 0x1AF4,
     .subsystem = 0x1100,
     .bar = {{4, PCI_BAR_IO, 16, 0}},
     .reg = {{0x41, 0x80}, {0x43, 0x80}}},
    /* PIIX4 PM */
    {.devfn = 0x0B,
     .vendor = 0x8086,
     .device = 0x7113,
     .class_code = 0x068000,
     .revision = 3,
     .subsystem_vendor = 0x1AF4,
     .subsystem = 0x1100,
     .pin = 1,
     .reg = {{0x3C, 9}, {0x40, 0x01}, {0x41, 0xB0}, {0x80, 0x01}}},
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

size_t pci_table(struct pci_desc out[PCI_MAX_FUNCTIONS], uint64_t videoram)
{
    size_t nr = 0;
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
        out[nr++] = fixed[i];
    if (videoram == 0)
        return nr;
    /* xl's defaults: 16 MiB for the standard card, 8 MiB for Cirrus, and neither may have less (xl.cfg(5)). */
    out[nr] = videoram >= 16 * MIB ? vga_std : vga_cirrus;
    if (videoram >= 16 * MIB)
        while (out[nr].bar[0].size < videoram && out[nr].bar[0].size < 256 * MIB)
            out[nr].bar[0].size *= 2;
    return nr + 1;
}

/* hvmloader walks the bus by devfn and sorts by size, so of two equal ones the lower devfn comes first. */
static struct pci_bar *largest_unplaced(struct pci_desc *d, size_t nr)
{
    struct pci_bar *best = NULL;
    uint8_t best_devfn = 0;
    for (size_t i = 0; i < nr; i++)
        for (size_t b = 0; b < PCI_MAX_BARS && d[i].bar[b].size != 0; b++) {
            struct pci_bar *bar = &d[i].bar[b];
            if (bar->placed != 0)
                continue;
            if (best == NULL || bar->size > best->size || (bar->size == best->size && d[i].devfn < best_devfn)) {
                best = bar;
                best_devfn = d[i].devfn;
            }
        }
    return best;
}

void pci_place(struct pci_desc *d, size_t nr, uint64_t mem_start)
{
    uint64_t io = IO_START, mem = mem_start;
    struct pci_bar *bar;
    while ((bar = largest_unplaced(d, nr)) != NULL) {
        uint64_t *next = (bar->flags & PCI_BAR_IO) != 0 ? &io : &mem;
        bar->placed = (*next + bar->size - 1) & ~((uint64_t)bar->size - 1);
        *next = bar->placed + bar->size;
    }
}
