/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What one plan says of some memory, and whether another says the same. Pure. */
#ifndef HVMBED_MACHINE_FOOTPRINT_H
#define HVMBED_MACHINE_FOOTPRINT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"
#include "layout/plan.h"

struct footprint {
    struct plan_range *r; /* owned, bytes too */
    size_t nr, cap;
};

/* All of @at. The image's bytes are taken to be the same in all plans. False: out of memory. */
bool footprint_add(struct footprint *f, const struct plan *plan, struct span at);
/* NULL when @plan has it all alike, in every phase and with the same content; else why not (static). */
const char *footprint_unlike(const struct footprint *f, const struct plan *plan);
void footprint_free(struct footprint *f);

#endif
