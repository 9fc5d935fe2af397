/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What came of all layouts by all images: for the reports. */
#ifndef HVMBED_MATRIX_RESULT_H
#define HVMBED_MATRIX_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "check/finding.h"
#include "image/image.h"
#include "layout/layout.h"

/* Of a finding what is told apart from its case. */
struct case_finding {
    enum rule_id rule;
    enum severity severity;
    enum phase phase;
    enum access_kind access;
    struct code_place at;
    bool has_caller;
    struct code_place caller;
    char text[256];
};

enum case_state {
    CASE_BOOTED,
    CASE_NOT_APPLICABLE, /* this image, guest and hand-off do not go together: @reason */
    CASE_FAILED,         /* the machine could not be set up, or the report not written: @reason */
    CASE_LOST,           /* its process died, twice: @reason */
};
const char *case_state_name(enum case_state s); /* "booted", "not-applicable", "failed", "lost" */

struct case_result {
    enum case_state state;
    char reason[512]; /* "" for CASE_BOOTED */
    /* CASE_BOOTED */
    int exit_code; /* for CASE_FAILED and CASE_LOST: inconclusive */
    enum ending ending;
    enum phase phase;
    char detail[256]; /* of an inconclusive ending */
    struct case_finding *finding;
    size_t nr_findings; /* at most FINDINGS_MAX */
    uint64_t dropped;
    char *report; /* the case's own, in the format asked for; NULL when it is not kept here */
    size_t report_size;
    char *saved; /* as a case file, of one that did not pass or has findings; NULL when none is wanted */
    size_t saved_size;
};
/* Frees what it owns. */
void case_result_free(struct case_result *r);
/* How many of its findings have this severity. */
size_t case_count(const struct case_result *r, enum severity s);

struct matrix_layout {
    char *path;  /* "" for the built-in one */
    char *label; /* "hvm-1g": tells it from all others */
    struct layout layout;
};
struct matrix_image {
    char *path;  /* as the user gave it */
    char *label; /* "RELEASE/OVMF.fd" */
    struct image image;
};
struct matrix_case {
    size_t layout, image;
    const char *handoff; /* its name */
    char *file;          /* "hvm-1g--RELEASE-OVMF.json", where reports are files; else NULL */
    char *case_file;     /* "hvm-1g--RELEASE-OVMF.case.json", where cases are saved; else NULL */
    struct case_result result;
};

/* Something that happened in several cases. */
struct matrix_finding {
    const struct case_finding *first;
    char *key; /* what makes two of them the same */
    size_t *in;
    size_t nr_in, room; /* cases, in order */
};
struct matrix_remark {
    enum case_state state;
    const char *reason; /* of the first case */
    char *key;
    size_t *in;
    size_t nr_in, room;
};

struct matrix_summary {
    size_t passed, failed, inconclusive, defect, not_applicable; /* cases */
    int exit_code;                                               /* the worst */
    struct matrix_finding *finding;                              /* errors first, then in order of appearance */
    size_t nr_findings;
    struct matrix_remark *remark; /* why cases are not applicable or inconclusive */
    size_t nr_remarks;
};

struct matrix_result {
    struct matrix_layout *layout; /* in the user's order */
    size_t nr_layouts;
    struct matrix_image *image;
    size_t nr_images;
    struct matrix_case *c; /* nr_layouts * nr_images: all images of the first layout, of the next … */
    size_t nr_cases;
    struct matrix_summary summary;
};

#endif
