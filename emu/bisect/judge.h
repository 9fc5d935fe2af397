/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a boot says about a commit, for `git bisect run`. Pure. */
#ifndef HVMBED_BISECT_JUDGE_H
#define HVMBED_BISECT_JUDGE_H

#include <stdbool.h>
#include <stddef.h>

#include "check/finding.h"
#include "check/fingerprint.h"

enum bisect_answer {
    BISECT_GOOD,  /* the fault is not there, for sure */
    BISECT_BAD,   /* it is there */
    BISECT_SKIP,  /* cannot be told of this commit */
    BISECT_ABORT, /* nothing can be told of any: hvmbed itself failed */
};

#define SOUGHT_MAX 64
/* The fault in question; nothing: any error. */
struct sought {
    bool rule[RULE_COUNT];
    unsigned nr_rules;
    char print[SOUGHT_MAX][FINGERPRINT_SIZE]; /* fingerprints or families */
    unsigned nr_prints;
};
/* False when there is no room for it. */
bool sought_print(struct sought *s, const char *digits);

struct judgement {
    enum bisect_answer answer;
    char why[640]; /* one line; what comes from the guest in it is escaped */
};
/* A boot that did not get as far as it was to, for another reason than @s, shows neither. */
void bisect_judge(const struct sought *s, const struct verdict *v, struct judgement *out);
/* Of the same commit in several guests: does one show it; else can one not be told; else is it good. */
enum bisect_answer bisect_worse(enum bisect_answer a, enum bisect_answer b);

/* For git: 0 good, 1 bad, 125 skip. @invert: the fix is sought, so the fault is "old". Not for BISECT_ABORT. */
int bisect_exit_code(enum bisect_answer a, bool invert);
const char *bisect_word(enum bisect_answer a, bool invert); /* "GOOD", "BAD", "SKIP", "ABORT"; "FIXED", "BROKEN" */

#endif
