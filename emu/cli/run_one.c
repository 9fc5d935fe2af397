/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hvmbed run, one case: load, plan, boot, report. */
#include <stdlib.h>

#include "base/outfile.h"
#include "cli/cli.h"
#include "cli/progress.h"
#include "cli/run.h"
#include "cover/coverage.h"
#include "image/facts.h"

/* Everything a run owns, so that one place frees it. */
struct run {
    struct layout_lines lines;
    struct image image;
    struct trial trial;
    struct coverage coverage;
};

static bool prepare(struct run *r, const struct run_options *o, const char *layout, const char *path, struct diag *d)
{
    struct layout l;
    return run_read_layout(o, layout, &l, &r->lines, d) && image_load(path, &r->image, d) &&
           trial_prepare(&r->trial, &l, &r->image, &o->boot.trial, d);
}

static bool write_report(const struct run *r, const struct run_options *o, struct diag *d)
{
    struct outfile *out = outfile_open(o->output, d);
    if (out == NULL)
        return false;
    if (!trial_write(&r->trial, o->format, &o->style, outfile_stream(out))) {
        outfile_abort(out);
        return diag_fail(d, o->output, 0, "cannot write the report");
    }
    return outfile_commit(out, d);
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
    struct progress progress;
    progress_init(&progress, o->quiet);
    o->boot.trial.monitor.progress = progress_show;
    o->boot.trial.monitor.progress_self = &progress;
    if (cover != NULL) {
        coverage_begin(&r->coverage, &r->image);
        o->boot.trial.monitor.ran = coverage_ran;
        o->boot.trial.monitor.ran_self = &r->coverage;
    }
    bool ok = trial_boot(&r->trial, &o->boot.trial, &d);
    progress_end(&progress);
    if (!ok) {
        (void)cli_complain(&d);
        return d.file[0] != '\0' ? EXIT_BAD_INPUT : EXIT_DEFECT;
    }
    if (verdict_exit_code(&r->trial.verdict) != EXIT_CLEAN)
        image_look_closer(&r->image);
    if (cover != NULL && !cover_save(&r->coverage, cover, o->coverage, &d))
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
    trial_free(&r->trial);
    image_free(&r->image);
    free(r);
    return code;
}
