/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files of this room only. */
#ifndef HVMBED_COMPARE_INTERNAL_H
#define HVMBED_COMPARE_INTERNAL_H

#include "compare/compare.h"
#include "compare/hoblist.h"
#include "compare/lineage.h"
#include "compare/trace.h"

/* One machine, watched and traced. Large: on the heap. */
struct lane {
    struct layout layout;
    struct machine machine;
    struct monitor monitor;
    struct verdict verdict;
    struct trace trace; /* lane_off() leaves it; trace_free() */
};
/* Boots with @fill, as far as @want says. The machine stays on until lane_off(). */
bool lane_run(struct lane *lane, const struct compare_setup *s, uint64_t fill, const struct trace_want *want,
              struct diag *d);
void lane_off(struct lane *lane);

/*
 * zoom.c: looks closer at two runs. Fills r->flow when they go different ways, in the window @differ of their traces;
 * when they do not (TRACE_NEVER), who wrote r->hob.
 */
bool zoom(const struct compare_setup *s, const unsigned pair[2], uint64_t differ, struct compare_result *r,
          struct diag *d);

/* findings.c: what was found, as findings of the verdict. What is added to it is taken out of @all. */
void findings_merge(const struct compare_setup *s, struct verdict *const *all, const struct compare_result *r,
                    struct verdict *v);
void findings_add(const struct compare_setup *s, const struct compare_result *r, const struct cpu_regs *at_handoff,
                  struct verdict *v);

#endif
