/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A layout as a guest file. Pure. */
#ifndef HVMBED_LAYOUT_WRITE_H
#define HVMBED_LAYOUT_WRITE_H

#include <stdio.h>

#include "layout/layout.h"

/*
 * Writes the keys that differ from what layout_read() takes for granted. For a layout that was read, or settled
 * (layout/settle.h), reading them gives the same layout but for its path. Errors are the stream's.
 */
void layout_write(const struct layout *l, FILE *out);

/* Have both the same content? What the path says, and what lies behind the ends of the lists, does not count. */
bool layout_same(const struct layout *a, const struct layout *b);

#endif
