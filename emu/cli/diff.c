/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hvmbed diff: two firmwares in the same guests, each guest in a process of its own. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/outfile.h"
#include "boot/choose.h"
#include "cli/boot_options.h"
#include "cli/caged.h"
#include "cli/cli.h"
#include "cli/progress.h"
#include "cli/verbs.h"
#include "diff/diff.h"
#include "matrix/labels.h"

#define JOBS_MAX 1024
#define RECORD_MAX (16u << 20)
#define TICK_MS 250

struct diff_options {
    struct boot_options boot; /* first */
    bool (*write)(const struct diff_result *r, const struct report_style *style, FILE *out);
    struct report_style style;
    const char *output; /* NULL: standard output */
    unsigned fail_on;   /* a bit for each section; 0: nothing was said */
    unsigned jobs;      /* 0: as many as there are processors */
    struct sandbox sandbox;
    bool quiet;
};

static bool set_format(void *self, const char *v)
{
    struct diff_options *o = self;
    o->write = strcmp(v, "text") == 0 ? diff_text_write : strcmp(v, "json") == 0 ? diff_json_write : NULL;
    return o->write != NULL;
}
static bool set_output(void *self, const char *v)
{
    ((struct diff_options *)self)->output = v;
    return true;
}
static bool set_fail_on(void *self, const char *v)
{
    struct diff_options *o = self;
    for (;; v++) {
        char word[32];
        enum diff_section s;
        const size_t n = strcspn(v, ",");
        if (n >= sizeof word)
            return false;
        memcpy(word, v, n);
        word[n] = '\0';
        if (!diff_section_find(word, &s))
            return false;
        o->fail_on |= 1u << s;
        v += n;
        if (*v == '\0')
            return true;
    }
}
static bool set_jobs(void *self, const char *v)
{
    char *end;
    const unsigned long n = strtoul(v, &end, 10);
    const bool any = strcmp(v, "auto") == 0;
    ((struct diff_options *)self)->jobs = any ? 0 : (unsigned)n;
    return any || (end != v && *end == '\0' && n >= 1 && n <= JOBS_MAX);
}
static bool set_quiet(void *self, const char *v)
{
    (void)v;
    ((struct diff_options *)self)->quiet = true;
    return true;
}
static bool set_verbose(void *self, const char *v)
{
    (void)v;
    ((struct diff_options *)self)->style.verbose++;
    return true;
}

static bool set_sandbox(void *self, const char *v)
{
    return sandbox_set(&((struct diff_options *)self)->sandbox, v);
}
static bool set_limit(void *self, const char *v)
{
    return sandbox_limit(&((struct diff_options *)self)->sandbox, v);
}
static bool set_require(void *self, const char *v)
{
    (void)v;
    ((struct diff_options *)self)->sandbox.required = true;
    return true;
}

static const struct option_spec specs[] = {
    {"fail-on", 0, "SECTION[,SECTION...]", "what counts for the exit code (default: outcome,findings)", set_fail_on},
    {"jobs", 'j', "N|auto", "compare in N guests at once (default: as many as processors)", set_jobs},
    {"format", 'f', "text|json", "the report's form", set_format},
    {"output", 'o', "FILE", "write the report there instead of standard output", set_output},
    SANDBOX_SPECS(set_sandbox, set_require, set_limit),
    {"quiet", 'q', NULL, "no progress", set_quiet},
    {"verbose", 'v', NULL, "all differences, and guests in which all is the same", set_verbose},
};
const struct option_verb diff_verb = {
    .name = "diff",
    .summary = "two firmwares in the same guests: what one does and the other does not",
    .operands = "A B",
    .text =
        "Boots both in each guest and compares, by section: outcome, findings, hobs, modules, hypercalls, written\n"
        "(memory), exits, phases, work. Findings are the same by fingerprint, or by family where code has moved.\n"
        "\n"
        "Exit: 0 nothing that counts differs; 1 something does: B has an error or a warning that A has not, or ends\n"
        "worse, or with --fail-on anything in these sections differs; 3 a guest in which it cannot be told (one is\n"
        "inconclusive, or does not go with the guest); 2 bad usage or input; 70 a defect in hvmbed.",
    .shared = boot_option_specs,
    .nr_shared = &nr_boot_option_specs,
    .spec = specs,
    .nr = sizeof specs / sizeof specs[0],
    .least = 2,
    .most = 2,
    .run = cli_diff,
};

struct diff {
    struct diff_options o;
    struct layout_choice choice;
    uint64_t top; /* where the largest guest ends, gpa */
    struct image image[2];
    char *image_label[2];
    struct layout *layout;
    char **label;
    struct diff_case *c;
    size_t nr;
    struct progress progress;
};

/* --- before anything is booted ---------------------------------------------------------------------------------- */

static bool read_layout(struct diff *x, size_t i, struct diag *d)
{
    struct layout *l = &x->layout[i];
    struct boot_choice *choice = &x->o.boot.trial.choice;
    layout_default(l);
    if (x->choice.nr != 0 && !layout_read(x->choice.path[i], l, d))
        return false;
    if (x->choice.nr == 0)
        l->type = boot_handoff(choice, l)->type;
    const char *built_in = "";
    const char *const *paths = x->choice.nr != 0 ? (const char *const *)x->choice.path : &built_in;
    x->label[i] = label_make(paths, x->nr, i, ".cfg");
    for (unsigned side = 0; side < 2; side++) {
        const uint64_t top = boot_top(l, x->image[side].size);
        x->top = top > x->top ? top : x->top;
    }
    return x->label[i] != NULL ? boot_options_hold(&x->o.boot, l, d) : diag_fail(d, "", 0, "out of memory");
}

static bool prepare(struct diff *x, char *const *path, struct diag *d)
{
    struct boot_options *b = &x->o.boot;
    b->trial.choice.limits = &x->o.sandbox.limits;
    for (size_t i = 0; i < b->nr_layouts; i++)
        if (!layout_choose(&x->choice, b->layout[i], d))
            return false;
    if (x->choice.nr == 0 && b->nr_layouts != 0)
        return diag_fail(d, "", 0, "no layout is left of those chosen with --layout");
    x->nr = x->choice.nr != 0 ? x->choice.nr : 1;
    x->layout = calloc(x->nr, sizeof *x->layout);
    x->label = calloc(x->nr, sizeof *x->label);
    x->c = calloc(x->nr, sizeof *x->c);
    if (x->layout == NULL || x->label == NULL || x->c == NULL)
        return diag_fail(d, "", 0, "out of memory");
    b->trial.no_why = true;
    b->trial.monitor.written = !b->trial.unchecked;
    for (unsigned side = 0; side < 2; side++) {
        if (!image_load(path[side], &x->image[side], d))
            return false;
        x->image_label[side] = label_make((const char *const *)path, 2, side, "");
        if (x->image_label[side] == NULL)
            return diag_fail(d, "", 0, "out of memory");
    }
    for (size_t i = 0; i < x->nr; i++)
        if (!read_layout(x, i, d))
            return false;
    return true;
}

/* --- in a guest's process, and in the one that tells ------------------------------------------------------------ */

static bool work(void *self, size_t job, FILE *out)
{
    const struct diff *x = self;
    const struct image *const im[2] = {&x->image[0], &x->image[1]};
    struct diff_case c = {.state = DIFF_COMPARED};
    bool ok = diff_boot(&x->layout[job], im, &x->o.boot.trial, HVMBED_VERSION, &c);
    json_t *j = ok ? diff_case_json(&c) : NULL;
    ok = j != NULL && json_dumpf(j, out, JSON_COMPACT) == 0;
    json_decref(j);
    diff_case_free(&c);
    return ok;
}

static enum pool_answer take(void *self, size_t job, const struct pool_result *r)
{
    struct diff *x = self;
    return diff_case_read((const char *)r->bytes, r->size, &x->c[job]) ? POOL_TAKEN : POOL_REFUSED;
}

static void lost(void *self, size_t job, const struct pool_result *r, bool again)
{
    struct diff *x = self;
    char why[POOL_WHY_SIZE];
    pool_why(r, why);
    if (again)
        return;
    x->c[job].state = DIFF_FAILED;
    (void)snprintf(x->c[job].reason, sizeof x->c[job].reason, "%s", why);
}

static void show(void *self, const struct pool_state *s)
{
    struct diff *x = self;
    char line[80];
    (void)snprintf(line, sizeof line, "%zu of %zu guests compared", s->done, s->nr);
    progress_say(&x->progress, line);
}

/* --- afterwards ------------------------------------------------------------------------------------------------- */

static bool nothing_compared(const struct diff *x)
{
    for (size_t i = 0; i < x->nr; i++)
        if (x->c[i].state != DIFF_NOT_APPLICABLE)
            return false;
    return true;
}

static int write_report(const struct diff *x, struct diag *d)
{
    const struct diff_result r = {.image = {&x->image[0], &x->image[1]},
                                  .label = {x->image_label[0], x->image_label[1]},
                                  .layout = (const char *const *)x->label,
                                  .c = x->c,
                                  .nr = x->nr,
                                  .fail_on =
                                      x->o.fail_on != 0 ? x->o.fail_on : 1u << DIFF_OUTCOME | 1u << DIFF_FINDINGS};
    if (nothing_compared(x)) {
        (void)diag_fail(d, "", 0, "nothing to compare: no image goes with any guest; %s: %s", x->label[0],
                        x->c[0].reason);
        return cli_complain(d);
    }
    struct outfile *out = outfile_open(x->o.output, d);
    if (out == NULL)
        return cli_complain(d);
    if (!x->o.write(&r, &x->o.style, outfile_stream(out))) {
        outfile_abort(out);
        (void)diag_fail(d, x->o.output, 0, "cannot write the report");
        return cli_complain(d);
    }
    return outfile_commit(out, d) ? diff_exit_code(&r) : cli_complain(d);
}

static int run(struct diff *x, int *signal)
{
    struct diag d = {0};
    struct pool_setup p = {.nr = x->nr,
                           .at_once = x->o.jobs != 0 ? x->o.jobs : pool_processors(),
                           .limit = RECORD_MAX,
                           .work = work,
                           .take = take,
                           .lost = lost,
                           .show = show,
                           .tick_ms = TICK_MS,
                           .self = x};
    sandbox_apply(&x->o.sandbox, 2 * trial_address_space(x->top, &x->o.boot.trial), &p);
    x->o.style.sandbox = x->o.sandbox.says;
    progress_init(&x->progress, x->o.quiet);
    (void)fflush(NULL);
    const enum pool_verdict v = pool_run(&p, signal, &d);
    progress_end(&x->progress);
    if (v == POOL_ALL_DONE)
        return write_report(x, &d);
    if (v != POOL_INTERRUPTED)
        (void)cli_complain(&d);
    return v == POOL_INTERRUPTED ? 128 + *signal : EXIT_DEFECT;
}

static void free_all(struct diff *x)
{
    for (size_t i = 0; i < x->nr; i++) {
        if (x->c != NULL)
            diff_case_free(&x->c[i]);
        if (x->label != NULL)
            free(x->label[i]);
    }
    for (unsigned side = 0; side < 2; side++) {
        image_free(&x->image[side]);
        free(x->image_label[side]);
    }
    layout_choice_free(&x->choice);
    boot_options_free(&x->o.boot);
    free(x->layout);
    free(x->label);
    free(x->c);
    free(x);
}

int cli_diff(int argc, char **argv)
{
    int first = 0, code, signal = 0;
    struct diag d = {0};
    struct diff *x = calloc(1, sizeof *x);
    if (x == NULL)
        return EXIT_DEFECT;
    x->o.write = diff_text_write;
    boot_options_init(&x->o.boot);
    sandbox_init(&x->o.sandbox);
    if (options_begin(&diff_verb, &x->o, argc, argv, &first, &code))
        code = sandbox_open(&x->o.sandbox, &d) && prepare(x, argv + first, &d) ? run(x, &signal) : cli_complain(&d);
    free_all(x);
    return signal != 0 ? caged_end_by(signal) : code;
}
