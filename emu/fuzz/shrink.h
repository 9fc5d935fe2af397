/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A layout made as simple as it can be while something stays true of it. */
#ifndef HVMBED_FUZZ_SHRINK_H
#define HVMBED_FUZZ_SHRINK_H

#include "layout/layout.h"

struct shrink_options {
    uint64_t image_size;
    unsigned runs; /* at most so often @keeps is asked */
    /* Does @l still show it? */
    bool (*keeps)(void *self, const struct layout *l);
    void *self;
};

struct shrink_result {
    unsigned runs;
    bool spent; /* there may be more to be done */
};

/*
 * Tries simpler layouts in a fixed order until none of them shows it; @l is settled and shows it. The same @l gives the
 * same result, as long as @keeps does.
 */
void shrink(struct layout *l, const struct shrink_options *o, struct shrink_result *r);

/* How much there is to read in @l: less is simpler. */
uint64_t shrink_cost(const struct layout *l);

#endif
