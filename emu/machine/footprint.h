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
/* What a boot has done with that memory by now, in @phase. */
struct footprint_use {
    enum phase phase;
    uint64_t fill;                                    /* the pattern of free memory, of both */
    bool (*judged)(const void *self, struct span at); /* has anybody looked at what some of it is for? NULL: at all */
    const void *self;
};
/*
 * NULL when a boot in @plan finds there what it found, and may do what it did: the same content, and at least the same
 * rights in all phases up to now; what somebody has judged is of the same class. Else why not (static).
 */
const char *footprint_unlike(const struct footprint *f, const struct plan *plan, const struct footprint_use *use);
void footprint_free(struct footprint *f);

#endif
