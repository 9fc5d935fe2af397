/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the plan to the engine's address space: rights by permission, so that good accesses cost nothing. */
#ifndef HVMBED_MACHINE_MAPPING_H
#define HVMBED_MACHINE_MAPPING_H

#include "engine/engine.h"
#include "layout/plan.h"
#include "machine/memory.h"

/* A run of pages that the plan has mapped alike, from @gpa to at most @end; both whole pages. */
struct mapping_run {
    struct span at;
    bool ram;
    unsigned allow; /* of the strictest range in each page */
};
struct mapping_run mapping_run_at(const struct plan *p, enum phase phase, bool guarded, uint64_t gpa, uint64_t end);

/* Maps everything up to the processor's width. @guarded false: all RAM gets all rights. */
bool mapping_all(struct engine *e, const struct memory *m, const struct plan *p, enum phase phase, bool guarded,
                 unsigned phys_bits);
/* Changes what differs between two phases. */
bool mapping_phase(struct engine *e, const struct memory *m, const struct plan *p, enum phase before, enum phase now,
                   bool guarded);
/* Begins to enforce the rights of @phase on what was mapped unguarded. */
bool mapping_guard(struct engine *e, const struct memory *m, const struct plan *p, enum phase phase);
/* Maps anew what Xen has moved. */
bool mapping_changed(struct engine *e, const struct memory *m, const struct plan *p, enum phase phase, bool guarded,
                     struct span at);
/*
 * From now on the plan is true: what it says itself is no override any more, and no other gives more rights than the
 * plan. The mapper has been told afterwards.
 */
bool mapping_settle(struct memory *m, const struct plan *p, enum phase phase);

#endif
