/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What answers behind a BAR. */
#ifndef HVMBED_DEV_PCI_BAR_H
#define HVMBED_DEV_PCI_BAR_H

#include "dev/bus.h"
#include "layout/pci_table.h"

extern const struct device_ops pci_bar_ops;
/* The instance for pci_bar_ops, which the bus owns; NULL when out of memory. */
void *pci_bar_new(struct bus *b, const struct pci_bar *bar);

#endif
