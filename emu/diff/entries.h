/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entries of a case, as they are gathered. Private to this folder. */
#ifndef HVMBED_DIFF_ENTRIES_H
#define HVMBED_DIFF_ENTRIES_H

#include "diff/diff.h"

/* All give false when memory ran out. */
bool entry_add(struct diff_case *c, enum diff_section s, enum diff_mark m, bool worse, const char *text);
/* Both numbers, when they differ; else one more that is the same. */
bool entry_numbers(struct diff_case *c, enum diff_section s, const char *what, uint64_t a, uint64_t b);

/* Lines of one side, in its order; two with the same key, "" for none, are one that has changed. */
struct lines {
    struct line {
        char *text, *key; /* owned */
    } * l;
    size_t nr, room;
};
bool lines_add(struct lines *l, const char *text, const char *key);
void lines_free(struct lines *l);
/* Lines that only one side has, however often, and those that have changed; in each side's order, A's first. */
bool entry_lines(struct diff_case *c, enum diff_section s, const struct lines *a, const struct lines *b);

#endif
