/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the plan to the engine's address space: rights by permission, so that good accesses cost nothing. */
#ifndef HVMBED_MACHINE_MAPPING_H
#define HVMBED_MACHINE_MAPPING_H

#include "engine/engine.h"
#include "layout/plan.h"
#include "machine/memory.h"

/* Maps everything up to the processor's width. @guarded false: all RAM gets all rights. */
bool mapping_all(struct engine *e, const struct memory *m, const struct plan *p, enum phase phase, bool guarded,
                 unsigned phys_bits);
/* Changes what differs between two phases. */
bool mapping_phase(struct engine *e, const struct memory *m, const struct plan *p, enum phase before, enum phase now,
                   bool guarded);
/* Begins to enforce the rights of @phase on what was mapped unguarded. */
bool mapping_guard(struct engine *e, const struct memory *m, const struct plan *p, enum phase phase);
/* Maps one page anew after Xen has moved it. */
bool mapping_page(struct engine *e, const struct memory *m, const struct plan *p, enum phase phase, bool guarded,
                  uint64_t gpa);

#endif
