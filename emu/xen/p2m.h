/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which pages the guest has while a real loader runs: it finds the builder's RAM, asks Xen for more below 4 GiB, and
 * moves pages there once Xen grants none. The plan shows how things are afterwards, so before the loader runs
 *  - from FC000000 to 4 GiB the plan's RAM is taken away, the builder's special pages apart;
 *  - RAM that the plan leaves out at the top (guest_memory's low_end, high_end) is put there.
 * All of this, and what changes later, are overrides of the memory: to touch what is not there is an event.
 */
#ifndef HVMBED_XEN_P2M_H
#define HVMBED_XEN_P2M_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct xen;

struct p2m {
    bool on;             /* off: RAM is where the memory says, and no page can be had */
    uint64_t allowance;  /* pages that Xen still grants; SLACK_AMPLE: any number */
    uint64_t populated;  /* pages granted */
    uint64_t moved;      /* and pages moved, for the report */
    uint64_t refused;    /* and pages that Xen would have placed, but the bed could not */
    uint64_t first_gone; /* the lowest gpa that a page was moved away from, UINT64_MAX for none */
    uint8_t **
        extra; /* pages above the plan's top, at most LIMIT_PAGES: no loader puts any there, a hostile one must not take
                            the host's; owned */
    size_t nr_extra;
};

/* Is a page at @gpa? Right with the p2m on and off. */
bool p2m_has(const struct xen *x, uint64_t gpa);

#endif
