/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The phases of a run one below the other, each on a scale of its own, with the modules that began in it. */
#ifndef HVMBED_PICTURE_TIMELINE_H
#define HVMBED_PICTURE_TIMELINE_H

#include <stdbool.h>

#include "check/finding.h"
#include "picture/panel.h"

struct timeline_picture {
    struct panel panel;
    struct scale scale;
};
/* False: out of memory. timeline_picture_free() in any case. */
bool timeline_picture_make(struct timeline_picture *t, const struct verdict *v);
void timeline_picture_free(struct timeline_picture *t);
int timeline_picture_height(const struct timeline_picture *t);
/* With a bar of the whole run, to scale, above. */
void timeline_picture_draw(const struct timeline_picture *t, const struct verdict *v, FILE *out);

#define TIME_TEXT 32
/* "131.139 ms", "1.234567 s", "850 ns" */
void time_format(uint64_t ns, char out[TIME_TEXT]);

#endif
