/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hvmbed run, one case: load, plan, boot, report. */
#include <stdlib.h>

#include "base/outfile.h"
#include "cli/cli.h"
#include "cli/progress.h"
#include "cli/run.h"
#include "cli/run_debug.h"
#include "cover/coverage.h"
#include "image/facts.h"
#include "matrix/save.h"
#include "matrix/take.h"
#include "report/decode.h"
#include "trace/tracer.h"

/* Everything a run owns, so that one place frees it. */
struct run {
    struct layout_lines lines;
    struct image image;
    struct trial trial;
    struct coverage coverage;
    struct run_debug debug;
};

static bool prepare(struct run *r, const struct run_options *o, const char *layout, const char *path, struct diag *d)
{
    struct layout l;
    return run_read_layout(o, layout, &l, &r->lines, d) && image_load(path, &r->image, d) &&
           trial_prepare(&r->trial, &l, &r->image, &o->boot.trial, d);
}

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

static bool write_report(const struct run *r, const struct run_options *o, struct diag *d)
{
    char version[ENGINE_VERSION_SIZE];
    struct reporter of = {.o = o};
    trial_input(&r->trial, version, &of.in);
    return outputs_write(&o->outputs, write_form, &of, d);
}

static bool save_case(const struct run *r, const struct run_options *o, struct diag *d)
{
    struct outfile *out = outfile_open(o->save_case, d);
    if (out == NULL)
        return false;
    if (trial_save(&r->trial, &o->boot.trial, HVMBED_VERSION, outfile_stream(out), d))
        return outfile_commit(out, d);
    outfile_abort(out);
    return false;
}

/* The form that is asked for; NULL with @d when it cannot be had. */
static const struct cover_format *coverage_format(const struct run_options *o, struct diag *d)
{
    const struct cover_format *f = cover_format_find(o->coverage_format, o->coverage);
    if (!f->needs_symbols || o->boot.symbols != NULL)
        return f;
    (void)diag_fail(d, o->coverage, 0, "%s goes by source lines: give --symbols, or --coverage-format drcov", f->name);
    return NULL;
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
static bool boot_traced(struct run *r, struct run_options *o, struct diag *d)
{
    struct outfile *out = outfile_open(o->trace, d);
    if (out == NULL)
        return false;
    head_trace(r, outfile_stream(out));
    struct tracer *t = tracer_open(&o->filter, outfile_stream(out));
    const struct trial_visitor visitor = {tracer_begins, tracer_ended, t, t != NULL ? tracer_monitor(t) : NULL};
    o->boot.trial.visitor = &visitor;
    const bool ok = (t != NULL || diag_fail(d, "", 0, "out of memory")) && trial_boot(&r->trial, &o->boot.trial, d);
    if (ok && tracer_was_cut(t) && !o->quiet)
        (void)fprintf(stderr, "hvmbed: %s: only the first %llu lines; --trace-filter limit=N allows more\n", o->trace,
                      (unsigned long long)o->filter.limit);
    o->boot.trial.visitor = NULL;
    tracer_close(t);
    if (ok)
        return outfile_commit(out, d);
    outfile_abort(out);
    return false;
}

static int boot(struct run *r, struct run_options *o, const char *layout, const char *path)
{
    struct diag d = {0};
    const struct cover_format *cover = NULL;
    if (o->coverage != NULL && (cover = coverage_format(o, &d)) == NULL)
        return cli_complain(&d);
    if (!prepare(r, o, layout, path, &d) || !boot_options_open(&o->boot, &d))
        return cli_complain(&d);
    if (!o->quiet)
        run_notes(r->trial.boot.layout.path, &r->lines);
    if (!run_debug_open(&r->debug, o, &d))
        return cli_complain(&d);
    struct progress progress;
    progress_init(&progress, o->quiet);
    o->boot.trial.monitor.progress = progress_show;
    o->boot.trial.monitor.progress_self = &progress;
    if (cover != NULL) {
        coverage_begin(&r->coverage, &r->image);
        o->boot.trial.monitor.ran = coverage_ran;
        o->boot.trial.monitor.ran_self = &r->coverage;
    }
    bool ok = o->trace != NULL ? boot_traced(r, o, &d) : trial_boot(&r->trial, &o->boot.trial, &d);
    progress_end(&progress);
    if (!run_debug_ended(&r->debug))
        return EXIT_INCONCLUSIVE;
    if (!ok) {
        (void)cli_complain(&d);
        return d.file[0] != '\0' ? EXIT_BAD_INPUT : EXIT_DEFECT;
    }
    if (verdict_exit_code(&r->trial.verdict) != EXIT_CLEAN)
        image_look_closer(&r->image);
    if (cover != NULL && !cover_save(&r->coverage, cover, o->coverage, &d))
        return cli_complain(&d);
    if (!run_debug_script(o, &r->trial, &d) || (o->save_case != NULL && !save_case(r, o, &d)))
        return cli_complain(&d);
    return write_report(r, o, &d) ? verdict_exit_code(&r->trial.verdict) : cli_complain(&d);
}

int run_one(struct run_options *o, const char *layout, const char *image)
{
    struct run *r = calloc(1, sizeof *r);
    if (r == NULL)
        return EXIT_DEFECT;
    int code = boot(r, o, layout, image);
    coverage_free(&r->coverage);
    run_debug_close(&r->debug);
    trial_free(&r->trial);
    image_free(&r->image);
    free(r);
    return code;
}
