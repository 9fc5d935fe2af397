/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hvmbed run, one case: load, plan, boot, report. */
#include <stdlib.h>

#include "cli/cached.h"
#include "cli/caged.h"
#include "cli/cli.h"
#include "cli/run.h"
#include "cli/run_debug.h"
#include "cover/coverage.h"
#include "image/facts.h"
#include "matrix/matrix.h"
#include "matrix/save.h"
#include "matrix/take.h"
#include "report/decode.h"
#include "trace/tracer.h"

/* Everything a run owns, so that one place frees it. */
struct run {
    struct run_options *o;
    struct layout_lines lines;
    struct image image;
    struct trial trial;
    struct coverage coverage;
    const struct cover_format *cover; /* NULL: none is collected */
    struct run_debug debug;
    struct papers papers;
    struct {
        unsigned outputs, coverage, trace, saved, script; /* numbers of papers; outputs' first */
    } at;
    struct cached cached;
    struct progress progress;
};

/* --- in its process ----------------------------------------------------------------------------------------------- */

struct reporter {
    const struct run_options *o;
    struct report_input in;
};

static bool write_form(void *self, const struct output *to, FILE *out)
{
    const struct reporter *r = self;
    const struct report_style style = run_style(r->o, to);
    return case_write(&r->in, to->form, &style, out);
}

static bool write_report(struct run *r, struct diag *d)
{
    char version[ENGINE_VERSION_SIZE];
    struct reporter of = {.o = r->o};
    trial_input(&r->trial, version, &of.in);
    return outputs_fill(&r->o->outputs, &r->papers, r->at.outputs, write_form, &of, d);
}

static bool save_case(struct run *r, struct diag *d)
{
    return r->o->save_case == NULL ||
           (trial_save(&r->trial, &r->o->boot.trial, HVMBED_VERSION, papers_stream(&r->papers, r->at.saved), d) &&
            papers_finish(&r->papers, r->at.saved, d));
}

static bool save_coverage(struct run *r, struct diag *d)
{
    return r->cover == NULL || (cover_write(&r->coverage, r->cover, papers_stream(&r->papers, r->at.coverage), d) &&
                                papers_finish(&r->papers, r->at.coverage, d));
}

static bool save_script(struct run *r, struct diag *d)
{
    if (r->o->gdb_script == NULL)
        return true;
    run_debug_script(&r->debug, &r->trial, papers_stream(&r->papers, r->at.script));
    return papers_finish(&r->papers, r->at.script, d);
}

/* What the trace is of; what differs between two runs for no other reason stays out. */
static void head_trace(const struct run *r, FILE *out)
{
    char sha[HASH_TEXT_SIZE], label[256];
    hash_format(r->image.sha256, sha);
    layout_label(&r->trial.boot.layout, label, sizeof label);
    (void)fprintf(out, "# hvmbed trace: %s, sha256 %s\n# %s, %s\n", path_last(r->image.path), sha, label,
                  r->trial.boot.handoff->name);
}

/* Boots, with what happens in a file. False with @d. */
static bool boot_traced(struct run *r, struct diag *d)
{
    struct run_options *o = r->o;
    FILE *out = papers_stream(&r->papers, r->at.trace);
    head_trace(r, out);
    struct tracer *t = tracer_open(&o->filter, out);
    const struct trial_visitor visitor = {tracer_begins, tracer_ended, t, t != NULL ? tracer_monitor(t) : NULL};
    o->boot.trial.visitor = &visitor;
    const bool ok = (t != NULL || diag_fail(d, "", 0, "out of memory")) && trial_boot(&r->trial, &o->boot.trial, d);
    if (ok)
        limit_reach(&r->trial.verdict.reached, LIMIT_TRACE, o->boot.trial.choice.limits, tracer_was_cut(t));
    if (ok && tracer_was_cut(t) && !o->quiet)
        (void)fprintf(stderr, "hvmbed: %s: only the first %llu lines; --limit trace=N allows more\n", o->trace,
                      (unsigned long long)o->filter.limit);
    o->boot.trial.visitor = NULL;
    tracer_close(t);
    return ok && papers_finish(&r->papers, r->at.trace, d);
}

static int boot(void *self)
{
    struct run *r = self;
    struct run_options *o = r->o;
    struct diag d = {0};
    o->boot.trial.monitor.progress = progress_show;
    o->boot.trial.monitor.progress_self = &r->progress;
    if (r->cover != NULL) {
        coverage_begin(&r->coverage, &r->image);
        o->boot.trial.monitor.ran = coverage_ran;
        o->boot.trial.monitor.ran_self = &r->coverage;
    }
    bool ok = o->trace != NULL ? boot_traced(r, &d) : trial_boot(&r->trial, &o->boot.trial, &d);
    progress_end(&r->progress);
    if (!run_debug_ended(&r->debug))
        return EXIT_INCONCLUSIVE;
    if (!ok) {
        (void)cli_complain(&d);
        return d.file[0] != '\0' ? EXIT_BAD_INPUT : EXIT_DEFECT;
    }
    if (verdict_exit_code(&r->trial.verdict) != EXIT_CLEAN)
        image_look_closer(&r->image, o->boot.trial.choice.limits, &r->trial.verdict.reached);
    if (!cached_write(&r->cached, &r->papers, &r->trial.unpacked, &d) || !save_coverage(r, &d) || !save_script(r, &d) ||
        !save_case(r, &d))
        return cli_complain(&d);
    return write_report(r, &d) ? verdict_exit_code(&r->trial.verdict) : cli_complain(&d);
}

/* --- before ------------------------------------------------------------------------------------------------------- */

/* The form that is asked for; NULL with @d when it cannot be had. */
static const struct cover_format *coverage_format(const struct run_options *o, struct diag *d)
{
    const struct cover_format *f = cover_format_find(o->coverage_format, o->coverage);
    if (!f->needs_symbols || o->boot.symbols != NULL)
        return f;
    (void)diag_fail(d, o->coverage, 0, "%s goes by source lines: give --symbols, or --coverage-format drcov", f->name);
    return NULL;
}

static bool open_papers(struct run *r, struct diag *d)
{
    const struct run_options *o = r->o;
    return cached_open(&r->cached, &r->o->cache, &r->image, &r->papers, d) &&
           (o->coverage == NULL || papers_add(&r->papers, o->coverage, &r->at.coverage, d)) &&
           (o->trace == NULL || papers_add(&r->papers, o->trace, &r->at.trace, d)) &&
           (o->gdb_script == NULL || papers_add(&r->papers, o->gdb_script, &r->at.script, d)) &&
           (o->save_case == NULL || papers_add(&r->papers, o->save_case, &r->at.saved, d)) &&
           outputs_open(&o->outputs, &r->papers, &r->at.outputs, d);
}

static bool prepare(struct run *r, const char *layout, const char *path, struct diag *d)
{
    struct layout l;
    struct run_options *o = r->o;
    if (o->coverage != NULL && (r->cover = coverage_format(o, d)) == NULL)
        return false;
    if (!run_read_layout(o, layout, &l, &r->lines, d) || !image_load(path, &r->image, d) ||
        !boot_options_hold(&o->boot, &l, d) || !trial_prepare(&r->trial, &l, &r->image, &o->boot.trial, d))
        return false;
    if (!o->quiet)
        run_notes(r->trial.boot.layout.path, &r->lines);
    return open_papers(r, d) && run_debug_open(&r->debug, o, d);
}

/* --- afterwards --------------------------------------------------------------------------------------------------- */

struct run_lost {
    const struct run_options *o;
    struct matrix_result m;
};

static bool write_lost(void *self, const struct output *to, FILE *out)
{
    const struct run_lost *l = self;
    const struct report_style style = run_style(l->o, to);
    return to->form->write_matrix(&l->m, &style, out);
}

/* There is no verdict: a report like that of many cases, of which the only one was lost. */
static int report_lost(const struct run *r, const char *layout, const char *image, const struct caged_result *end)
{
    struct run_lost l = {.o = r->o};
    struct diag d = {0};
    int code = EXIT_INCONCLUSIVE;
    (void)fprintf(stderr, "hvmbed: %s: %s; nothing can be said about it\n", image, end->why);
    if (!matrix_of_lost(&l.m, layout, &r->trial.boot.layout, image, &r->o->boot.trial, end->why, &end->met, &d) ||
        !outputs_write(&r->o->outputs, write_lost, &l, &d))
        code = cli_complain(&d);
    matrix_free(&l.m);
    return code;
}

static int run(struct run *r, const char *layout, const char *image, int *signal)
{
    struct diag d = {0};
    if (!prepare(r, layout, image, &d))
        return cli_complain(&d);
    progress_init(&r->progress, r->o->quiet);
    const struct caged_job j = {.sandbox = &r->o->sandbox,
                                .papers = &r->papers,
                                .progress = &r->progress,
                                .address_space = trial_address_space(r->trial.boot.plan.top, &r->o->boot.trial),
                                .once = r->o->gdb.where != NULL,
                                .talks = r->o->gdb.where != NULL,
                                .what = image,
                                .work = boot,
                                .self = r};
    struct caged_result end;
    caged_run(&j, &end);
    *signal = end.end == CAGED_INTERRUPTED ? end.code : 0;
    return end.end == CAGED_LOST ? report_lost(r, layout, image, &end) : end.code;
}

int run_one(struct run_options *o, const char *layout, const char *image)
{
    int signal = 0;
    struct run *r = calloc(1, sizeof *r);
    if (r == NULL)
        return EXIT_DEFECT;
    r->o = o;
    int code = run(r, layout, image, &signal);
    papers_abort(&r->papers);
    cached_close(&r->cached, &r->o->cache);
    coverage_free(&r->coverage);
    run_debug_close(&r->debug);
    trial_free(&r->trial);
    image_free(&r->image);
    free(r);
    return signal != 0 ? caged_end_by(signal) : code;
}
