/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys of a layout, each to be taken back to what it is when nothing is said. Private to this folder. */
#ifndef HVMBED_FUZZ_SHRINK_STEPS_H
#define HVMBED_FUZZ_SHRINK_STEPS_H

#include "layout/layout.h"

struct shrink_key {
    const char *name;
    void (*reset)(struct layout *l, const struct layout *usual);
};
extern const struct shrink_key shrink_keys_table[];
extern const size_t nr_shrink_keys;

/* A guest of @l's type with @l's memory that says nothing else. */
void shrink_usual(const struct layout *l, struct layout *usual);
/* How many of the keys are not as usual. */
unsigned shrink_keys_said(const struct layout *l, const struct layout *usual);

#endif
