/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two firmwares in the same guest: what one does and the other does not. A case is one guest; it is made in a process of
 * its own, so it can be written as JSON and read again.
 */
#ifndef HVMBED_DIFF_DIFF_H
#define HVMBED_DIFF_DIFF_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "matrix/trial.h"
#include "report/report.h"

enum diff_section {
    DIFF_OUTCOME,     /* exit code, ending, phase */
    DIFF_FINDINGS,    /* by fingerprint, else by family */
    DIFF_HOBS,        /* what DXE is told, but for: */
    DIFF_ALLOCATIONS, /* where PEI has put things */
    DIFF_MODULES,     /* that ran */
    DIFF_HYPERCALLS,  /* how often each was made */
    DIFF_WRITTEN,     /* pages that were written */
    DIFF_EXITS,       /* how often the guest came out */
    DIFF_PHASES,      /* when they began, in instructions */
    DIFF_WORK,        /* instructions, time */
    DIFF_SECTIONS
};
const char *diff_section_name(enum diff_section s); /* "outcome", "findings", "hobs" … */
bool diff_section_find(const char *name, enum diff_section *s);

enum diff_mark {
    DIFF_GONE,    /* A's alone */
    DIFF_NEW,     /* B's alone */
    DIFF_CHANGED, /* in both, but not the same */
    DIFF_MARKS
};

struct diff_entry {
    enum diff_section section;
    enum diff_mark mark;
    bool worse;    /* an error or a warning of a family that A has nothing of, or an outcome that is worse */
    char *text;    /* owned: one line, ASCII */
    bool numbers;  /* of DIFF_CHANGED: */
    uint64_t a, b; /* in A and in B */
};
#define DIFF_ENTRIES_MAX 4096u
#define DIFF_TEXT_MAX 2048u

enum diff_state {
    DIFF_COMPARED,
    DIFF_NOT_APPLICABLE, /* neither goes with this guest: @reason */
    DIFF_ONE_SIDED,      /* one of them does not go with this guest, the other does: @reason */
    DIFF_FAILED,         /* could not be booted, or its process died: @reason */
};
const char *diff_state_name(enum diff_state s); /* "compared", "not-applicable", "one-sided", "failed" */

struct diff_case {
    enum diff_state state;
    char reason[512];
    char handoff[16];
    int exit_code[2]; /* of A and B */
    struct limits_reached reached[2];
    size_t same[DIFF_SECTIONS]; /* how many are in both and the same */
    struct diff_entry *e;       /* owned, by section */
    size_t nr, room;
    uint64_t dropped; /* entries beyond the limit */
};
void diff_case_free(struct diff_case *c);

/* gather.c: boots @im[0] and @im[1] in @l. False when out of memory. @version is hvmbed's. */
bool diff_boot(const struct layout *l, const struct image *const im[2], const struct trial_options *o,
               const char *version, struct diff_case *out);

/* record.c */
json_t *diff_case_json(const struct diff_case *c);
/* Out of what another process says; false when it is no such case. */
bool diff_case_read(const char *bytes, size_t size, struct diff_case *out);

struct diff_result {
    const struct image *image[2];
    const char *label[2];      /* of the images */
    const char *const *layout; /* labels of the guests */
    struct diff_case *c;
    size_t nr;
    unsigned fail_on; /* a bit for each section */
};
/* Does an entry of @c count, by @fail_on? */
bool diff_counts(const struct diff_entry *e, unsigned fail_on);
/* 1: something counts; 3: a guest in which B is inconclusive, or could not be booted, and A was; 70; 0. */
int diff_exit_code(const struct diff_result *r);

/* text.c, record.c; false when the stream failed or memory ran out. */
bool diff_text_write(const struct diff_result *r, const struct report_style *style, FILE *out);
bool diff_json_write(const struct diff_result *r, const struct report_style *style, FILE *out);

#endif
