/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A scale on which a page can be seen beside gigabytes: what is shown is cut at every border into pieces, and a piece's
 * height grows with the logarithm of its size. Where nothing is, it is broken. Whole pixels: the same everywhere. Pure.
 */
#ifndef HVMBED_PICTURE_SCALE_H
#define HVMBED_PICTURE_SCALE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

struct scale_piece {
    struct span at;
    int y, height; /* pixels */
    bool broken;   /* nothing is there: its height says nothing */
};

struct scale {
    struct scale_piece *p; /* owned; sorted, without gaps */
    size_t nr;
    int height;
};

/*
 * For all of @mark[], in any order, overlapping or not; empty ones are left out. False: out of memory.
 */
bool scale_make(struct scale *s, const struct span *mark, size_t nr);
/* Makes it at least so high, every piece in proportion. */
void scale_stretch(struct scale *s, int height);
void scale_free(struct scale *s);
/* Where @at is; at the ends for what is outside. In a piece, linear. */
int scale_y(const struct scale *s, uint64_t at);
/* The piece that holds @at; NULL when it is outside. */
const struct scale_piece *scale_find(const struct scale *s, uint64_t at);

#endif
