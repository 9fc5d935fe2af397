/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When things happened in a run, and how often the guest came out of it: phases, the decompressor, hypercalls by name
 * and all other exits. Gathered in every run, at the price of a counter an exit.
 */
#ifndef HVMBED_CHECK_TIMELINE_H
#define HVMBED_CHECK_TIMELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "layout/plan.h"
#include "machine/machine.h"

/* With the first stage, which is PHASE_LOADER. */
#define STAGES (PHASE_COUNT + 1)

/* On the guest's clock, and in counted work; what is charged for the decompressor is in the first alone. */
struct timepoint {
    uint64_t ns, instructions;
};

/* Hypercalls of one kind. */
struct call_count {
    uint16_t nr, command;
    const char *name;       /* static: "memory_op/add_to_physmap"; NULL for one that nobody knows */
    uint64_t count[STAGES]; /* by phase */
    uint64_t refused;       /* with a negative result */
    struct timepoint first;
};
#define CALLS_MAX 64

struct timeline {
    struct {
        bool began;
        struct timepoint at;
    } phase[STAGES];
    /* SEC's decompressor, where it was seen; @unpacked is zero as long as it runs. */
    bool unpacks;
    struct timepoint unpack, unpacked;
    uint64_t exits[MACHINE_EXITS][STAGES];
    struct call_count call[CALLS_MAX]; /* in order of their first */
    size_t nr_calls;
    uint64_t other_calls; /* of more kinds than there is room for */
};

void timeline_phase(struct timeline *t, enum phase p, struct timepoint now);
void timeline_exit(struct timeline *t, enum phase p, enum machine_exit kind);
void timeline_call(struct timeline *t, enum phase p, struct timepoint now, uint64_t nr, uint64_t arg0, int64_t result);
/* Over all phases. */
uint64_t timeline_exits(const struct timeline *t, enum machine_exit kind);
uint64_t call_count_total(const struct call_count *c);
/* The phase that @at lies in: the latest that had begun. */
enum phase timeline_phase_at(const struct timeline *t, struct timepoint at);
/* When the next phase began after @p, or @end of the run. */
struct timepoint timeline_phase_end(const struct timeline *t, enum phase p, struct timepoint end);
const char *machine_exit_name(enum machine_exit kind); /* "port_read", "cpuid" … */

/* The phases in the order in which they come: the first stage, SEC, PEI … */
extern const enum phase timeline_order[STAGES];

#endif
