/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the forms for CI services have in common: a finding in one line, its place in the source, its cases. */
#ifndef HVMBED_REPORT_CI_H
#define HVMBED_REPORT_CI_H

#include <stdbool.h>
#include <stdio.h>

#include "matrix/result.h"
#include "report/source.h"

/* A line of the source tree. */
struct ci_source {
    const struct code_place *at;
    char file[SOURCE_PATH_SIZE]; /* from the tree's root; raw bytes */
    unsigned line;
};
bool ci_source_of(const struct code_place *at, const char *root, struct ci_source *out);
/*
 * The line to show the finding at: of whose fault it is, or where that has none in the tree (a helper in assembly) of
 * the first frame on its way that has. False when there is none.
 */
bool ci_source(const struct case_finding *f, const char *root, struct ci_source *out);

/* All of the following write printable ASCII, without newlines. */

/* What is wrong, in one sentence: "exception 14 at 0x82043a: mov rsi, [r10+0x28]". */
void ci_what(const struct case_finding *f, FILE *out);
/* Where: "PeiCore+0x2fa ConvertPointerInRanges (Ppi.c:81)". Nothing when nobody is known. */
void ci_where(const struct case_finding *f, FILE *out);
/* Both, with the phase. */
void ci_line(const struct case_finding *f, FILE *out);
/* "OVMF.fd, hvm-4g" */
void ci_case(const struct matrix_result *m, const struct matrix_case *c, FILE *out);
/* " (in 3 of 70 cases: OVMF.fd, hvm-4g; …)"; nothing where there is but one case. */
void ci_cases(const struct matrix_result *m, const size_t *in, size_t nr, FILE *out);
/* Why a case gave no verdict: "budget: 8000 million instructions"; the reason, or the ending and its detail. */
void ci_reason(const struct case_result *r, FILE *out);

/* What is written between these two, as a string; owned by the caller, NULL when memory ran out. */
struct ci_text {
    FILE *out;
    char *text;
    size_t size;
};
FILE *ci_text_begin(struct ci_text *t);
char *ci_text_end(struct ci_text *t);

/* What is said instead of a rule where a case gave no verdict: "inconclusive", "defect". */
const char *ci_no_verdict(int exit_code);

/* The how-manieth this finding is, from 1, of those with its identity. */
unsigned ci_member(const struct matrix_summary *s, size_t i);

#endif
