/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The functions on bus 0 of a Xen HVM guest, and where hvmloader puts their BARs. Pure. */
#ifndef HVMBED_DEV_PCI_TABLE_H
#define HVMBED_DEV_PCI_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

#define PCI_MAX_FUNCTIONS 8
#define PCI_MAX_BARS 4
#define PCI_MAX_REGS 8

#define PCI_COMMAND_IO 1u
#define PCI_COMMAND_MEMORY 2u
#define PCI_COMMAND_MASTER 4u

#define PCI_BAR_IO 1u
#define PCI_BAR_PREFETCH 8u
#define PCI_ROM 6 /* bar index of the expansion ROM */

struct pci_bar {
    uint8_t index;
    uint8_t flags;   /* the read-only low bits */
    uint32_t size;   /* power of two; 0 ends the list */
    uint64_t placed; /* by pci_place; 0: there was no room */
};

struct pci_desc {
    uint32_t class_code; /* class, subclass, programming interface */
    uint16_t vendor, device, subsystem_vendor, subsystem;
    uint8_t devfn, revision, header_type, pin;
    struct pci_bar bar[PCI_MAX_BARS];
    struct {
        uint8_t offset, reset, loaded;
    } reg[PCI_MAX_REGS]; /* what QEMU resets to, and what hvmloader makes of it; offset 0 ends the list */
};

/* Fills @out, in the order of devfn, for a guest with so much video RAM (0: no video card); the number of functions. */
size_t pci_table(struct pci_desc out[PCI_MAX_FUNCTIONS], uint64_t videoram);
/* Places all BARs, the largest first, memory in @window and I/O from C000, upwards. One without room stays away. */
void pci_place(struct pci_desc *d, size_t nr, struct span window);

#endif
