/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hvmbed shrink: a layout that shows a fault, made as simple as can be. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot/find.h"
#include "cli/caged.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/verbs.h"
#include "fuzz/artifact.h"
#include "fuzz/shrink.h"
#include "layout/settle.h"

#define RUNS 400
#define BUDGET 400000000ULL /* instructions, as in hvmbed fuzz */

struct job {
    const char *layout, *output, *fingerprint; /* NULL: the first fault there is */
    uint64_t runs;
    bool quiet;
    struct monitor_options monitor;
    struct image image;
    struct target target;
    struct layout start; /* what is made simpler */
    struct sandbox sandbox;
    struct papers papers;
    struct progress progress;
    struct fuzz_found fault;
    struct finding finding; /* of it, as the simplest layout shows it */
    struct verdict verdict; /* its ending; owns nothing */
    uint64_t asked;
};

static bool set_layout(void *self, const char *v)
{
    ((struct job *)self)->layout = v;
    return true;
}
static bool set_output(void *self, const char *v)
{
    ((struct job *)self)->output = v;
    return true;
}
static bool set_fingerprint(void *self, const char *v)
{
    ((struct job *)self)->fingerprint = v;
    return strlen(v) == FINGERPRINT_SIZE - 1 && strspn(v, "0123456789abcdef") == FINGERPRINT_SIZE - 1;
}
static bool set_runs(void *self, const char *v)
{
    char *end;
    struct job *j = self;
    j->runs = strtoull(v, &end, 10);
    return end != v && *end == '\0' && j->runs <= UINT_MAX;
}
static bool set_quiet(void *self, const char *v)
{
    (void)v;
    ((struct job *)self)->quiet = true;
    return true;
}

static bool set_sandbox(void *self, const char *v)
{
    return sandbox_set(&((struct job *)self)->sandbox, v);
}
static bool set_limit(void *self, const char *v)
{
    return sandbox_limit(&((struct job *)self)->sandbox, v);
}
static bool set_require(void *self, const char *v)
{
    (void)v;
    ((struct job *)self)->sandbox.required = true;
    return true;
}

static const struct option_spec specs[] = {
    {"layout", 'l', "FILE", "the layout that shows the fault", set_layout},
    {"output", 'o', "FILE", "write the simpler one there instead of standard output", set_output},
    {"fingerprint", 0, "DIGITS", "which fault is to stay (default: the first)", set_fingerprint},
    {"runs", 0, "N", "boot at most so often (default 400)", set_runs},
    SANDBOX_SPECS(set_sandbox, set_require, set_limit),
    {"quiet", 'q', NULL, "no progress", set_quiet},
};
const struct option_verb shrink_verb = {
    .name = "shrink",
    .summary = "make a layout that shows a fault as simple as can be",
    .operands = "-l FILE FIRMWARE",
    .spec = specs,
    .nr = sizeof specs / sizeof specs[0],
    .least = 1,
    .most = 1,
    .run = cli_shrink,
};

/* Boots, and looks for the fault that is wanted; with none wanted, any. */
static bool shows(struct job *j, const struct layout *l, struct diag *d)
{
    struct fuzz_found x;
    const struct verdict *v = target_run(&j->target, l, WARM_HANDOFF, d);
    for (size_t at = 0; v != NULL && fuzz_next_fault(v, &at, &x);) {
        if (j->fingerprint != NULL && strcmp(j->fingerprint, x.fingerprint) != 0)
            continue;
        j->fault = x;
        j->verdict.ending = v->ending;
        memcpy(j->verdict.detail, v->detail, sizeof j->verdict.detail);
        j->fault.verdict = &j->verdict;
        if (x.finding != NULL) {
            j->finding = *x.finding;
            j->finding.trace = NULL;
            j->fault.finding = &j->finding;
        }
        return true;
    }
    return false;
}

static bool keeps(void *self, const struct layout *l)
{
    struct job *j = self;
    char text[80];
    (void)snprintf(text, sizeof text, "%llu boots, cost %llu", (unsigned long long)++j->asked,
                   (unsigned long long)shrink_cost(l));
    progress_say(&j->progress, text);
    return shows(j, l, NULL);
}

static bool write_layout(struct job *j, const struct layout *l, enum artifact_replay how, struct diag *d)
{
    artifact_write(l, &j->fault, how, papers_stream(&j->papers, 0));
    return papers_finish(&j->papers, 0, d);
}

static int simplify(void *self)
{
    struct job *j = self;
    struct layout *l = &j->start;
    struct diag d = {0};
    struct shrink_result r;
    char fingerprint[FINGERPRINT_SIZE];
    if (!shows(j, l, &d)) {
        if (d.message[0] == '\0')
            (void)diag_fail(&d, l->path, 0, "this firmware has no such fault in this layout; see hvmbed run");
        return cli_complain(&d);
    }
    memcpy(fingerprint, j->fault.fingerprint, sizeof fingerprint);
    j->fingerprint = fingerprint;
    const uint64_t before = shrink_cost(l);
    const struct shrink_options o = {j->image.size, (unsigned)j->runs, keeps, j};
    shrink(l, &o, &r);
    progress_end(&j->progress);
    const bool shown = shows(j, l, &d);
    const enum artifact_replay how = artifact_replay(&j->target, l, &j->fault, &j->monitor);
    if (!shown || !write_layout(j, l, how, &d))
        return cli_complain(&d);
    (void)fprintf(stderr, "%s %s: cost %llu, was %llu; %u boots%s; %s\n", fingerprint, j->fault.what,
                  (unsigned long long)shrink_cost(l), (unsigned long long)before, r.runs,
                  r.spent ? ", which are all that --runs allows" : "", artifact_replay_text(how));
    return EXIT_CLEAN;
}

static int shrink_file(struct job *j, const char *path, int *signal)
{
    struct diag d = {0};
    struct caged_result end;
    char file[PATH_MAX];
    unsigned at;
    if (!sandbox_open(&j->sandbox, &d) || !layout_find(j->layout, file, sizeof file, &d) ||
        !layout_read(file, &j->start, &d) || !image_load(path, &j->image, &d))
        return cli_complain(&d);
    j->monitor.image = &j->image;
    j->monitor.first_only = j->fingerprint == NULL;
    j->target.limits = &j->sandbox.limits;
    if (!target_open(&j->target, &j->image, &j->monitor, &d) || !target_hold(&j->target, &j->start, &d) ||
        !papers_add(&j->papers, j->output, &at, &d))
        return cli_complain(&d);
    progress_init(&j->progress, j->quiet);
    const struct caged_job job = {.sandbox = &j->sandbox,
                                  .papers = &j->papers,
                                  .progress = &j->progress,
                                  .address_space = target_address_space(boot_top(&j->start, j->image.size)),
                                  .what = file,
                                  .work = simplify,
                                  .self = j};
    caged_run(&job, &end);
    if (end.end == CAGED_LOST)
        (void)fprintf(stderr, "hvmbed: %s: %s; nothing can be said about it\n", file, end.why);
    *signal = end.end == CAGED_INTERRUPTED ? end.code : 0;
    return end.code;
}

int cli_shrink(int argc, char **argv)
{
    int first = 0, code, signal = 0;
    struct job *j = calloc(1, sizeof *j);
    if (j == NULL)
        return EXIT_DEFECT;
    j->runs = RUNS;
    sandbox_init(&j->sandbox);
    monitor_defaults(&j->monitor);
    j->monitor.budget = BUDGET;
    if (options_begin(&shrink_verb, j, argc, argv, &first, &code)) {
        const struct diag none = {.message = "shrink: no layout; say -l FILE"};
        code = j->layout != NULL ? shrink_file(j, argv[first], &signal) : cli_complain(&none);
    }
    papers_abort(&j->papers);
    target_close(&j->target);
    image_free(&j->image);
    free(j);
    return signal != 0 ? caged_end_by(signal) : code;
}
