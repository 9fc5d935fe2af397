/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every key that xl knows, and what becomes of it here. */
#ifndef HVMBED_LAYOUT_XLKEYS_H
#define HVMBED_LAYOUT_XLKEYS_H

#include <stddef.h>

enum key_fate {
    KEY_HONOURED,  /* it shapes the plan, the machine or what a loader is told */
    KEY_TOOLSTACK, /* no firmware sees it before the hand-off */
    KEY_NOT_HERE   /* a firmware could see it, but not here: a note says why */
};

struct xl_key {
    const char *name;
    enum key_fate fate;
    const char *why; /* KEY_NOT_HERE: what is not there; NULL: it depends on the value, and guestkeys.c says it */
};

/* By name. Source: xl.cfg(5) and X:tools/xl/xl_parse.c, 4.6 to 4.22. */
extern const struct xl_key xl_keys[];
extern const size_t nr_xl_keys;

const struct xl_key *xl_key_find(const char *name); /* NULL when unknown */

struct draft;
/* Notes about the keys of the file that are not honoured, and that nobody knows. */
void xl_keys_note(struct draft *t);

#endif
