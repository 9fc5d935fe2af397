/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Boot once, try many: one image in many layouts, in one process. What the firmware does before it looks at the layout
 * is done once and taken over by each further boot, where it is proved that this one would have done the same; in any
 * doubt the boot begins at reset. The verdict is the same either way. See docs/warm.md.
 */
#ifndef HVMBED_WARM_WARM_H
#define HVMBED_WARM_WARM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"
#include "base/span.h"
#include "boot/case.h"
#include "check/monitor.h"
#include "machine/machine.h"

struct warm;

/* How far a boot goes. */
enum warm_tier {
    WARM_PLATFORM, /* until PEI memory is published: END_PLATFORM, and what the hand-off's checks can say by then */
    WARM_HANDOFF,  /* the whole boot */
};

/* Address space, in bytes, that what is kept reserves at most. */
#define WARM_ADDRESS_SPACE (20 * 1024ULL * GIB)

struct warm_result {
    const struct verdict *verdict; /* the debug log too; until the next warm_run() or warm_close() */
    const struct machine *machine; /* as the boot left it; likewise */
    bool warm;                     /* did not begin at reset */
    const char *why_cold;          /* static: why it did; "" when it did not */
    uint64_t spared;               /* blocks that need not run again in this boot */
};

/*
 * For boots of @im, judged as @o says; what it points to must outlive the struct. Nothing is booted yet. NULL with @d:
 * out of memory. Between two runs the process may fork, and both go on by themselves.
 */
struct warm *warm_open(const struct image *im, const struct monitor_options *o, struct diag *d);
void warm_close(struct warm *w); /* NULL is fine */

/*
 * Boots @c, which is of @w's image and must live until the next run. False with @d where it cannot be powered on, as
 * boot_case_power_on() says; whatever the firmware does is in the verdict.
 */
bool warm_run(struct warm *w, const struct boot_case *c, enum warm_tier tier, struct warm_result *out, struct diag *d);

/*
 * Boots @c from its first instruction, judged as @o says, whatever was said to warm_open(): in a machine that is kept before that
 * instruction where it can serve, else in a new one. @v is the caller's, who calls verdict_free(). @c need not live longer.
 * The verdict of the last warm_run() stays as it was, but for its debug log; its machine does not. False with @d.
 */
bool warm_replay(struct warm *w, const struct boot_case *c, const struct monitor_options *o, struct verdict *v,
                 struct diag *d);

/* How many machines it has made so far: each costs as much as a hundred boots to the platform. */
uint64_t warm_machines(const struct warm *w);

/* Who wants to know what the firmware executes in the runs to come. */
struct warm_trace {
    /* So often the block at @to ran right after the one at @from; 0 for none. One edge may be told in parts. */
    void (*edge)(void *self, uint64_t from, uint64_t to, uint64_t times);
    /*
     * What was told before does not count: another attempt begins. Or, in PEI, the firmware first asks Xen or CMOS about its memory,
     * and what comes after that does not depend on where the boot began; of a guest that only a new machine can boot that is not told.
     */
    void (*begin)(void *self);
};
/* NULL: nobody any more. */
void warm_trace(struct warm *w, const struct warm_trace *t, void *self);

/*
 * The free memory above 1 MiB, and page 0, that this firmware uses before it looks at the layout, whatever that is: at most @max spans.
 * 0 before that is known.
 */
size_t warm_fixed(const struct warm *w, struct span *out, size_t max);

#endif
