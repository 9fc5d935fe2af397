/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which pages the guest has while a real loader runs: it finds the builder's RAM, asks Xen for more below 4 GiB, and
 * moves pages there once Xen grants none. The plan shows how things are afterwards, so this room counts:
 *  - from FC000000 to 4 GiB the plan's RAM is not there yet, the builder's special pages apart;
 *  - RAM that the plan leaves out at the top (guest_memory's low_end, high_end) is still there, until it is moved.
 * Neither costs the engine a map change. Any other page that comes or goes is an override of the memory.
 */
#ifndef HVMBED_XEN_P2M_H
#define HVMBED_XEN_P2M_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

struct xen;

#define P2M_AREA_PAGES 0x4000u /* FC000000 to 4 GiB */
#define P2M_NR_TOPS 2u         /* below and above 4 GiB */

struct p2m {
    bool on;             /* off: RAM is where the memory says, and no page can be had */
    uint64_t allowance;  /* pages that Xen still grants; SLACK_AMPLE: any number */
    uint64_t populated;  /* pages granted */
    uint64_t moved;      /* and pages moved, for the report */
    uint64_t refused;    /* and pages that Xen would have placed, but the bed could not */
    uint64_t first_gone; /* the lowest gpa that a page was moved away from, UINT64_MAX for none */
    struct span top[P2M_NR_TOPS];
    uint8_t *gone; /* a bit for each page of top[0], then of top[1]; owned */
    uint8_t there[P2M_AREA_PAGES / 8];
};

/* Is a page at @gpa? Right with the p2m on and off. */
bool p2m_has(const struct xen *x, uint64_t gpa);

#endif
