/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hvmbed run: load, plan, boot, report. */
#include <stdio.h>
#include <stdlib.h>

#include "base/outfile.h"
#include "boot/find.h"
#include "cli/boot_options.h"
#include "cli/cli.h"
#include "cli/progress.h"
#include "compare/patterns.h"
#include "report/report.h"

struct run_options {
    struct boot_options boot; /* first */
    const char *output;
    const struct report_writer *format;
    struct report_style style;
    bool quiet;
};

static bool set_format(void *self, const char *v)
{
    struct run_options *o = self;
    o->format = report_writer_find(v);
    return o->format != NULL;
}
static bool set_output(void *self, const char *v)
{
    ((struct run_options *)self)->output = v;
    return true;
}
static bool set_fill(void *self, const char *v)
{
    struct trial_options *t = &((struct run_options *)self)->boot.trial;
    return patterns_parse(v, t->fill, &t->nr_fills);
}
static bool set_hobs(void *self, const char *v)
{
    (void)v;
    ((struct run_options *)self)->style.hobs = true;
    return true;
}
static bool set_quiet(void *self, const char *v)
{
    (void)v;
    ((struct run_options *)self)->quiet = true;
    return true;
}
static bool set_verbose(void *self, const char *v)
{
    (void)v;
    ((struct run_options *)self)->style.verbose++;
    return true;
}

static const struct option_spec specs[] = {
    {"fill", 0, "PATTERN[,PATTERN...]", "RAM starts as this; with several, boot with each and compare", set_fill},
    {"format", 'f', "text|json", "the report's form", set_format},
    {"output", 'o', "FILE", "write the report there instead of standard output", set_output},
    {"hobs", 0, NULL, "print the HOB list that DXE is given", set_hobs},
    {"quiet", 'q', NULL, "no progress", set_quiet},
    {"verbose", 'v', NULL, "registers, modules and the guest's own debug output too", set_verbose},
};
static const struct option_verb verb = {
    .name = "run",
    .usage = "run [options] FIRMWARE",
    .shared = boot_option_specs,
    .nr_shared = &nr_boot_option_specs,
    .spec = specs,
    .nr = sizeof specs / sizeof specs[0],
    .least = 1,
    .most = 1,
};

/* Everything a run owns, so that one place frees it. */
struct run {
    struct layout_lines lines;
    struct image image;
    struct trial trial;
};

static bool prepare(struct run *r, const struct run_options *o, const char *path, struct diag *d)
{
    const struct boot_options *b = &o->boot;
    struct layout l;
    char file[512];
    layout_default(&l);
    if (b->nr_layouts != 0 && (!layout_find(b->layout[b->nr_layouts - 1], file, sizeof file, d) ||
                               !layout_read_lines(file, &l, &r->lines, d)))
        return false;
    if (b->nr_layouts == 0)
        l.type = boot_handoff(&b->trial.choice, &l)->type;
    return image_load(path, &r->image, d) && trial_prepare(&r->trial, &l, &r->image, &b->trial, d);
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

/* What the guest's file asks for and does not get. A key that xl does not know either is lint's business. */
static void write_notes(const struct run *r)
{
    for (unsigned i = 0; i < r->lines.nr_notes; i++)
        if (!r->lines.note[i].unknown)
            (void)fprintf(stderr, "hvmbed: %s:%u: note: %s\n", r->trial.boot.layout.path, r->lines.note[i].line,
                          r->lines.note[i].text);
}

static int boot(struct run *r, struct run_options *o, const char *path)
{
    struct diag d = {0};
    if (!prepare(r, o, path, &d) || !boot_options_open(&o->boot, &d))
        return cli_complain(&d);
    if (!o->quiet)
        write_notes(r);
    struct progress progress;
    progress_init(&progress, o->quiet);
    o->boot.trial.monitor.progress = progress_show;
    o->boot.trial.monitor.progress_self = &progress;
    bool ok = trial_boot(&r->trial, &o->boot.trial, &d);
    progress_end(&progress);
    if (!ok) {
        (void)cli_complain(&d);
        return d.file[0] != '\0' ? EXIT_BAD_INPUT : EXIT_DEFECT;
    }
    return write_report(r, o, &d) ? verdict_exit_code(&r->trial.verdict) : cli_complain(&d);
}

static int run_with(struct run_options *o, int argc, char **argv)
{
    int first = 0, code;
    if (!options_begin(&verb, o, argc, argv, &first, &code))
        return code;
    o->style.color = cli_wants_color(o->output);
    struct run *r = calloc(1, sizeof *r);
    if (r == NULL)
        return EXIT_DEFECT;
    code = boot(r, o, argv[first]);
    trial_free(&r->trial);
    image_free(&r->image);
    free(r);
    return code;
}

int cli_run(int argc, char **argv)
{
    struct run_options o = {.format = report_writer_find("text")};
    boot_options_init(&o.boot);
    int code = run_with(&o, argc, argv);
    boot_options_free(&o.boot);
    return code;
}
