/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PCI BARs against RAM: what a BAR that lies in the p2m does to the RAM that was there. */
#ifndef HVMBED_MACHINE_BARS_H
#define HVMBED_MACHINE_BARS_H

#include "machine/memory.h"

/* The first stretch of RAM in @at; empty when there is none. */
struct span bars_ram(const struct memory *m, struct span at);
/* Takes all RAM away that is there, until memory_apply() only from the table. False: out of memory. */
bool bars_displace(struct memory *m, struct span at);

#endif
