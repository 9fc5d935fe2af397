/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The functions on bus 0 of a Xen HVM guest, and where hvmloader puts their BARs. Pure. */
#ifndef HVMBED_LAYOUT_PCI_TABLE_H
#define HVMBED_LAYOUT_PCI_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "layout/layout.h"

#define PCI_MAX_FUNCTIONS 20
#define PCI_MAX_BARS 4
#define PCI_MAX_REGS 8

#define PCI_COMMAND_IO 1u
#define PCI_COMMAND_MEMORY 2u
#define PCI_COMMAND_MASTER 4u

#define PCI_BAR_IO 1u
#define PCI_BAR_64 4u
#define PCI_BAR_PREFETCH 8u
#define PCI_ROM 6 /* bar index of the expansion ROM */

#define PCI_WINDOW_END 0xFC000000ull /* X:tools/firmware/hvmloader/config.h:RESERVED_MEMBASE */

/* What answers behind a BAR, and whether RAM or the BAR wins where both are. */
enum pci_behind {
    BEHIND_ZEROES, /* registers of which none is modelled; RAM wins, the device model never hears of the access */
    BEHIND_ONES,   /* an option ROM that is none; likewise */
    BEHIND_VRAM,   /* memory that QEMU puts into the p2m, where it takes the place of RAM */
    BEHIND_DEVICE, /* registers of a real device, which Xen puts into the p2m: likewise; read as zeroes */
};

struct pci_bar {
    uint8_t index;
    uint8_t flags;   /* the read-only low bits */
    uint64_t size;   /* power of two; 0 ends the list */
    uint64_t placed; /* by pci_place; 0: there was no room */
    enum pci_behind behind;
};

struct pci_desc {
    const char *owner;   /* of what its BARs decode, for findings */
    uint32_t class_code; /* class, subclass, programming interface */
    uint16_t vendor, device, subsystem_vendor, subsystem;
    uint8_t devfn, revision, header_type, pin;
    struct pci_bar bar[PCI_MAX_BARS];
    struct {
        uint8_t offset, reset, loaded;
    } reg[PCI_MAX_REGS]; /* what QEMU resets to, and what hvmloader makes of it; offset 0 ends the list */
};

/* Fills @out, in the order of devfn, for this guest; the number of functions. */
size_t pci_table(struct pci_desc out[PCI_MAX_FUNCTIONS], const struct layout *l);

/* Where hvmloader lets BARs lie. */
struct pci_windows {
    uint64_t start;   /* pci_mem_start: from here to PCI_WINDOW_END */
    struct span high; /* above 4 GiB; empty when no BAR lies there */
};

/*
 * Places all BARs as hvmloader does (X:tools/firmware/hvmloader/pci.c:pci_setup): the largest first, memory upwards in
 * its window, ports from C000. One without room stays away. Of @g, what the builder made is used: mmio_start, built_low, built_end, rdm.
 */
void pci_place(struct pci_desc *d, size_t nr, const struct layout *l, const struct guest_memory *g,
               struct pci_windows *w);

#endif
