/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where texts go that would like to be beside something: as near as they can be without overlapping. Pure. */
#ifndef HVMBED_PICTURE_LABELS_H
#define HVMBED_PICTURE_LABELS_H

#include <stddef.h>

struct label {
    int want;   /* where its middle would like to be */
    int height; /* pixels */
    int at;     /* its upper edge: the answer */
};

/* All heights together. */
int labels_need(const struct label *l, size_t nr);
/*
 * In their order, from the upper edge 0 on and above @room where they fit at all; the squares of the distances to where
 * they want to be are the least.
 */
void labels_place(struct label *l, size_t nr, int room);

#endif
