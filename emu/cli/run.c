/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hvmbed run: what is to be booted, and how. */
#include "cli/run.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/verbs.h"
#include "compare/patterns.h"
#include "cover/coverage.h"

#define JOBS_MAX 1024

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
static bool set_coverage(void *self, const char *v)
{
    ((struct run_options *)self)->coverage = v;
    return true;
}
static bool set_coverage_format(void *self, const char *v)
{
    ((struct run_options *)self)->coverage_format = v;
    return cover_format_find(v, "") != NULL;
}
static bool set_reports(void *self, const char *v)
{
    ((struct run_options *)self)->reports = v;
    return v[0] != '\0';
}
static bool set_jobs(void *self, const char *v)
{
    char *end;
    unsigned long n = strtoul(v, &end, 10);
    bool any = strcmp(v, "auto") == 0;
    ((struct run_options *)self)->jobs = any ? 0 : (unsigned)n;
    return any || (end != v && *end == '\0' && n >= 1 && n <= JOBS_MAX);
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
static bool set_written(void *self, const char *v)
{
    (void)v;
    ((struct run_options *)self)->boot.trial.monitor.written = true;
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
    {"jobs", 'j', "N|auto", "many cases: boot N at once (default: as many as processors)", set_jobs},
    {"format", 'f', "text|json|html|svg", "the report's form; html and svg are pictures", set_format},
    {"output", 'o', "FILE", "write the report there instead of standard output", set_output},
    {"coverage", 0, "FILE", "write which code ran: lcov's form when FILE ends in .info (with --symbols), else drcov",
     set_coverage},
    {"coverage-format", 0, "drcov|lcov", "its form, whatever FILE is called", set_coverage_format},
    {"reports", 0, "DIR", "write each case's own report there: LAYOUT--IMAGE.txt or .json", set_reports},
    {"written", 0, NULL, "say in a JSON report what memory the firmware wrote, by phase and module (slower)",
     set_written},
    {"hobs", 0, NULL, "print the HOB list that DXE is given", set_hobs},
    {"quiet", 'q', NULL, "no progress", set_quiet},
    {"verbose", 'v', NULL, "registers, modules and the guest's own debug output too", set_verbose},
};
const struct option_verb run_verb = {
    .name = "run",
    .summary = "boot a firmware image to the DXE hand-off and give a verdict",
    .operands = "FIRMWARE...",
    .text = "With several layouts or images all are booted with all, and a table says what came of each.",
    .shared = boot_option_specs,
    .nr_shared = &nr_boot_option_specs,
    .spec = specs,
    .nr = sizeof specs / sizeof specs[0],
    .least = 1,
    .most = INT_MAX,
    .run = cli_run,
};

bool run_read_layout(const struct run_options *o, const char *path, struct layout *l, struct layout_lines *lines,
                     struct diag *d)
{
    layout_default(l);
    if (path != NULL)
        return layout_read_lines(path, l, lines, d);
    l->type = boot_handoff(&o->boot.trial.choice, l)->type;
    return true;
}

void run_notes(const char *path, const struct layout_lines *lines)
{
    for (unsigned i = 0; i < lines->nr_notes; i++)
        if (!lines->note[i].unknown)
            (void)fprintf(stderr, "hvmbed: %s:%u: note: %s\n", path, lines->note[i].line, lines->note[i].text);
}

/* One case is one report, whatever it was that lay in a folder; so what decides is what was said, not what was found. */
static bool is_one(const struct run_options *o, const struct layout_choice *c, int nr_images)
{
    return o->boot.nr_layouts <= 1 && nr_images == 1 && !c->open && o->reports == NULL;
}

static int run_with(struct run_options *o, struct layout_choice *c, int argc, char **argv)
{
    struct diag d = {0};
    int first = 0, code;
    if (!options_begin(&run_verb, o, argc, argv, &first, &code))
        return code;
    o->style.color = cli_wants_color(o->output);
    for (size_t i = 0; i < o->boot.nr_layouts; i++)
        if (!layout_choose(c, o->boot.layout[i], &d))
            return cli_complain(&d);
    if (report_shows_written(o->format) && (is_one(o, c, argc - first) || o->reports != NULL))
        o->boot.trial.monitor.written = true;
    if (is_one(o, c, argc - first))
        return run_one(o, c->nr != 0 ? c->path[0] : NULL, argv[first]);
    if (o->coverage != NULL) {
        (void)diag_fail(&d, o->coverage, 0, "--coverage is for one layout and one image");
        return cli_complain(&d);
    }
    if (c->nr == 0 && o->boot.nr_layouts != 0) {
        (void)diag_fail(&d, "", 0, "no layout is left of those chosen with --layout");
        return cli_complain(&d);
    }
    return run_many(o, c, argv + first, (size_t)(argc - first));
}

int cli_run(int argc, char **argv)
{
    struct run_options o = {.format = report_writer_find("text")};
    struct layout_choice c = {0};
    boot_options_init(&o.boot);
    int code = run_with(&o, &c, argc, argv);
    layout_choice_free(&c);
    boot_options_free(&o.boot);
    return code;
}
