/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writers: one a format, each a function from a finished run to bytes. They never decide anything. */
#ifndef HVMBED_REPORT_REPORT_H
#define HVMBED_REPORT_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "check/finding.h"
#include "compare/result.h"
#include "debug/symbols.h"
#include "image/image.h"
#include "image/loader.h"
#include "layout/layout.h"
#include "layout/plan.h"

struct report_input {
    const struct image *image;
    const struct layout *layout;
    const struct guest_memory *guest;
    const struct plan *plan; /* whose memory is whose; NULL: not told */
    const struct verdict *verdict;
    const char *handoff;                   /* "hvm", "pvh", "hvmloader" */
    const struct loader *loader;           /* the first stage that was used, NULL for none */
    const struct compare_result *compared; /* boots with several fills, NULL for one boot */
    const char *engine_version;            /* "2.1.4" */
    int exit_code;
    const struct symbols *symbols; /* that names come from, NULL for none */
};

struct report_style {
    const char
        *source_root; /* the folder that was the source's root when it was compiled; NULL: guessed, see source.h */
    bool color;
    bool hobs;   /* the HOB list too */
    bool memory; /* the UEFI memory map too */
    /* Of the cage in which guest code ran: NULL, "whole", "off" or "without PART (WHY), …"; "whole" is told with -v. */
    const char *sandbox;
    int verbose; /* 1: registers, walk, modules and the guest's debug output too */
};

struct matrix_result;

struct report_writer {
    const char *name; /* "text", "json" */
    const char *help;
    const char *extension; /* of a file in this form: ".json" */
    /* One case; NULL: the form has no other shape for one than for many (matrix/take.h). */
    bool (*write)(const struct report_input *in, const struct report_style *style, FILE *out);
    /* Many cases together, matrix/result.h; and whether each case's own report is in it: with -v only, or never. */
    enum { EMBEDS_ALWAYS, EMBEDS_VERBOSE, EMBEDS_NEVER } embeds;
    bool (*write_matrix)(const struct matrix_result *m, const struct report_style *style, FILE *out);
    bool written; /* of one case it shows what memory the firmware wrote (monitor_options.written) */
};
/* Is there something to be said about the cage that everyone should know? */
bool report_tells_sandbox(const struct report_style *style);
extern const struct report_writer report_writers[]; /* ends with a NULL name */
const struct report_writer *report_writer_find(const char *name);

#endif
