/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One firmware, to be booted in one layout after the other. Large: not for the stack. */
#ifndef HVMBED_FUZZ_TARGET_H
#define HVMBED_FUZZ_TARGET_H

#include "fuzz/coverage.h"
#include "warm/warm.h"

struct target {
    const struct image *image;   /* not owned */
    const struct limits *limits; /* not owned: what a guest may make grow; NULL: the defaults */
    struct warm *warm;
    struct first_stages stages; /* what boots may need of the file system, read before */
    struct held held;
    struct boot_case boot; /* of the run before */
    struct edges edges;
    struct coverage_map map;              /* of the run before */
    uint64_t nr_warm, nr_cold;            /* runs that did not begin at reset, and that did */
    uint64_t nr_replays, nr_replays_anew; /* target_replay(), and how many of them had to make a machine */
    const char *why_cold;                 /* static: why the run before did; "" when it did not */
};

/* @t is zero but for its limits. @im and what @o points to must outlive it. False with @d. */
bool target_open(struct target *t, const struct image *im, const struct monitor_options *o, struct diag *d);
void target_close(struct target *t);
/* Opens the disks of the guest @l, for boots in a process that cannot. False with @d. */
bool target_hold(struct target *t, const struct layout *l, struct diag *d);
/* Address space, in bytes, that its guests reserve at most, the largest of which ends at @top. */
uint64_t target_address_space(uint64_t top);

/* Boots, by the synthetic hand-off of the layout's type. The verdict, valid until the next call; NULL with @d when no
 * such guest can be. */
const struct verdict *target_run(struct target *t, const struct layout *l, enum warm_tier tier, struct diag *d);

/* Boots an ordinary layout until the next boot like it need not begin at reset; nothing is counted. */
void target_warm_up(struct target *t, const struct layout *l, enum warm_tier tier);

/* Is the hand-off that `hvmbed run` chooses for @l the one that target_run() boots it by? */
bool target_hands_over(struct target *t, const struct layout *l);
/*
 * Once more from the first instruction (warm_replay()), of the file that was written of @from, @text, and as `hvmbed run` would
 * without --handoff, or (@synthetic) as target_run() does. The verdict of the last target_run() stays. False with @d when it
 * cannot be; verdict_free() @v afterwards.
 */
bool target_replay(struct target *t, const struct layout *from, const char *text, bool synthetic,
                   const struct monitor_options *o, struct verdict *v, struct diag *d);

#endif
