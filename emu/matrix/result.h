/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What came of all layouts by all images: for the reports. */
#ifndef HVMBED_MATRIX_RESULT_H
#define HVMBED_MATRIX_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "check/finding.h"
#include "check/fingerprint.h"
#include "image/image.h"
#include "layout/layout.h"

/* A place on the way to a finding: who had a hand in it. */
enum step_kind { STEP_TRANSFER, STEP_CALLER, STEP_POINTER, STEP_AUTHOR, STEP_WRITTEN, STEP_COPIED, STEP_KINDS };
const char *step_words(enum step_kind k); /* "control was sent from here", … */
struct case_step {
    enum step_kind kind;
    struct code_place at;
};
#define STEPS_MAX (5u + WRITER_COPIES_MAX)

/* Of a finding what is told apart from its case. */
struct case_finding {
    enum rule_id rule;
    enum severity severity;
    enum phase phase;
    enum access_kind access;
    struct code_place at;
    bool has_caller;
    struct code_place caller;
    bool has_blamed;
    struct code_place blamed; /* finding_blamed() */
    char fingerprint[FINGERPRINT_SIZE], identity[FINGERPRINT_SIZE];
    char text[256];
    /* Owned; NULL where there is nothing, or memory ran out. */
    struct backtrace *trace;
    struct case_step *step;
    size_t nr_steps;
    char *details; /* all that the text report of one case says about it, in lines of printable ASCII */
};

enum case_state {
    CASE_BOOTED,
    CASE_NOT_APPLICABLE, /* this image, guest and hand-off do not go together: @reason */
    CASE_FAILED,         /* the machine could not be set up, or the report not written: @reason */
    CASE_LOST,           /* its process died, twice: @reason */
};
const char *case_state_name(enum case_state s); /* "booted", "not-applicable", "failed", "lost" */

/* A case's own report in one of the forms asked for. */
struct case_report {
    char form[16]; /* report_writer.name, or CASE_SAVED */
    char *bytes;   /* owned; NUL-terminated */
    size_t size;
};
#define CASE_SAVED "case" /* a case file, of one that did not pass or has findings */
#define CASE_REPORTS_MAX 16
#define CASE_LOG_MAX 4096
#define CASE_DETAILS_MAX ((size_t)1 << 16)

/* The first stage that ran. */
struct case_loader {
    char name[64]; /* "" for none */
    uint64_t size;
    uint8_t sha256[HASH_SIZE];
};

struct case_result {
    enum case_state state;
    char reason[512]; /* "" for CASE_BOOTED */
    /* CASE_BOOTED */
    int exit_code; /* for CASE_FAILED and CASE_LOST: inconclusive */
    enum ending ending;
    enum phase phase;
    char detail[256]; /* of an inconclusive ending */
    struct case_finding *finding;
    size_t nr_findings; /* at most LIMIT_FINDINGS_MOST */
    uint64_t dropped;
    struct limits_reached reached; /* of a case that was lost, what ended it */
    uint64_t instructions, virtual_ns;
    struct case_loader loader;
    char *log; /* owned; the end of the guest's debug output, raw, of a boot that did not go well; NULL for none */
    size_t log_size; /* at most CASE_LOG_MAX */
    struct case_report report[CASE_REPORTS_MAX];
    size_t nr_reports; /* 0 where they are not kept here */
};
/* Frees what it owns. */
void case_result_free(struct case_result *r);
/* Its own report in the form @name; NULL when it is not here. */
const struct case_report *case_report(const struct case_result *r, const char *name);
void case_reports_free(struct case_result *r);
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
