/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Layouts made of layouts. Pure: the same choices make the same layout. */
#ifndef HVMBED_FUZZ_MUTATE_H
#define HVMBED_FUZZ_MUTATE_H

#include "fuzz/chooser.h"
#include "layout/layout.h"

#define MUTATE_SPARED_MAX 8
#define MUTATE_UNSPARED 1024

struct mutate_options {
    bool hostile;        /* tables and CMOS that no hvmloader writes; else only what the toolstack can make */
    bool hvm, pvh;       /* the guests that there may be */
    uint64_t image_size; /* of the firmware that is to boot */
    /*
     * Memory that the firmware uses whatever the table says. A table without RAM there shows what each other one does, late
     * and at the price of hundreds of boots: one in MUTATE_UNSPARED is left as it is.
     */
    struct span spared[MUTATE_SPARED_MAX];
    size_t nr_spared;
};

/*
 * Changes @l by some operators, and what its processor is (processor.h) once in MUTATE_UNSPARED times only: the beginning of
 * a boot is then another. @other (may be NULL) is another layout to take parts of. False when nothing came of it
 * that a guest could be: @l is what it was.
 */
bool mutate(struct layout *l, const struct layout *other, struct chooser *c, const struct mutate_options *o);

/*
 * For fuzzers that bring bytes: the first choices take one of @seeds, the others change it. @nr is not 0. Always leaves a
 * layout in @l.
 */
void layout_of_bytes(const uint8_t *bytes, size_t n, const struct layout *seeds, size_t nr,
                     const struct mutate_options *o, struct layout *l);

/*
 * May the toolstack make it, and is it what firmware can live with? No table, CMOS or fill of the bed's own, and nothing
 * that `layout lint` calls an error.
 */
bool layout_is_legal(const struct layout *l, uint64_t image_size);

#endif
