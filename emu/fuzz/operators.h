/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The operators of mutate(), as tables. Private to this folder. */
#ifndef HVMBED_FUZZ_OPERATORS_H
#define HVMBED_FUZZ_OPERATORS_H

#include "fuzz/mutate.h"

struct mutation {
    struct layout *l;
    const struct layout *other; /* NULL: none */
    struct chooser *c;
    const struct mutate_options *o;
    struct guest_memory g; /* what @l was before */
};

struct mutate_operator {
    const char *name;
    unsigned weight;
    bool hvm_only;
    void (*apply)(struct mutation *m);
};

/* What a guest file can say (operators_guest.c), and the E820, CMOS and RAM that only the bed can (operators_e820.c). */
extern const struct mutate_operator guest_operators[], table_operators[];
extern const size_t nr_guest_operators, nr_table_operators;

/* Mostly gives back the RAM of mutate_options.spared. (operators_e820.c) */
void spare_fixed(struct mutation *m);
/* An address where something begins or ends, or near one. (places.c) */
uint64_t choose_place(const struct mutation *m);
/* Bytes: from one to some tens of MiB, mostly whole pages. */
uint64_t choose_size(struct chooser *c);

#endif
