/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the guest does that is not plain execution, answered: ports, MMIO, CPUID, MSRs, hypercalls by devices and Xen,
 * forbidden accesses by the watcher.
 */
#ifndef HVMBED_MACHINE_EXITS_H
#define HVMBED_MACHINE_EXITS_H

#include "engine/engine.h"

struct machine;

/* For an engine whose client is a struct machine. */
extern const struct engine_client machine_exits;

/* Turns the work done since the last time into virtual time. */
void machine_catch_up(struct machine *m);

#endif
