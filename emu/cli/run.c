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
    return outputs_add(&((struct run_options *)self)->outputs, v);
}
static bool set_output(void *self, const char *v)
{
    ((struct run_options *)self)->outputs.main.path = v;
    return true;
}
static bool set_source_root(void *self, const char *v)
{
    ((struct run_options *)self)->style.source_root = v;
    return v[0] != '\0';
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
static bool set_gdb(void *self, const char *v)
{
    ((struct run_options *)self)->gdb.where = v;
    return v[0] != '\0';
}
static bool set_gdb_anywhere(void *self, const char *v)
{
    (void)v;
    ((struct run_options *)self)->gdb.anywhere = true;
    return true;
}
static bool set_gdb_script(void *self, const char *v)
{
    ((struct run_options *)self)->gdb_script = v;
    return v[0] != '\0';
}
static bool set_reports(void *self, const char *v)
{
    ((struct run_options *)self)->reports = v;
    return v[0] != '\0';
}
static bool set_trace(void *self, const char *v)
{
    ((struct run_options *)self)->trace = v;
    return v[0] != '\0';
}
static bool set_trace_filter(void *self, const char *v)
{
    struct run_options *o = self;
    o->filtered = true;
    return trace_filter_add(&o->filter, v);
}
static bool set_save_case(void *self, const char *v)
{
    ((struct run_options *)self)->save_case = v;
    return v[0] != '\0';
}
static bool set_save_cases(void *self, const char *v)
{
    ((struct run_options *)self)->save_cases = v;
    return v[0] != '\0';
}
static bool set_resume(void *self, const char *v)
{
    ((struct run_options *)self)->resume = v;
    return v[0] != '\0';
}
static bool set_cache(void *self, const char *v)
{
    ((struct run_options *)self)->cache.folder = v;
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
static bool set_memory(void *self, const char *v)
{
    (void)v;
    ((struct run_options *)self)->style.memory = true;
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

static bool set_sandbox(void *self, const char *v)
{
    return sandbox_set(&((struct run_options *)self)->sandbox, v);
}
static bool set_limit(void *self, const char *v)
{
    return sandbox_limit(&((struct run_options *)self)->sandbox, v);
}
static bool set_require(void *self, const char *v)
{
    (void)v;
    ((struct run_options *)self)->sandbox.required = true;
    return true;
}

static const struct option_spec specs[] = {
    {"fill", 0, "PATTERN[,PATTERN...]", "RAM starts as this; with several, boot with each and compare", set_fill},
    {"jobs", 'j', "N|auto", "many cases: boot N at once (default: as many as processors)", set_jobs},
    {"format", 'f', "text|json|junit|tap|sarif|github|codequality|html|svg[=FILE]",
     "the report's form; with =FILE another report, besides the one on standard output; html, svg: pictures",
     set_format},
    {"output", 'o', "FILE", "write the report there instead of standard output", set_output},
    {"source-root", 0, "DIR",
     "the source's root when it was compiled: sarif, github, codequality and tap name files from there",
     set_source_root},
    {"coverage", 0, "FILE", "write which code ran: lcov's form when FILE ends in .info (with --symbols), else drcov",
     set_coverage},
    {"coverage-format", 0, "drcov|lcov", "its form, whatever FILE is called", set_coverage_format},
    {"reports", 0, "DIR", "write each case's own report there: LAYOUT--IMAGE.txt or .json", set_reports},
    {"resume", 0, "DIR", "many cases: keep finished ones in DIR, and do not boot what is there already", set_resume},
    {"cache", 0, "DIR", "keep in DIR what images unpack to: later boots of the same ones begin sooner", set_cache},
    {"written", 0, NULL, "say in a JSON report what memory the firmware wrote, by phase and module (slower)",
     set_written},
    {"trace", 0, "FILE", "write there what the guest does, line by line", set_trace},
    {"trace-filter", 0, "KEY=VALUE[,VALUE...]", "what of it: " TRACE_FILTER_HELP "; may be said again",
     set_trace_filter},
    {"save-case", 0, "FILE", "write a case file there, for `hvmbed replay`", set_save_case},
    {"save-cases", 0, "DIR", "the same of each case with a finding: LAYOUT--IMAGE.case.json", set_save_cases},
    {"gdb", 0, ":PORT|HOST:PORT|PATH",
     "wait for gdb there, and let it run the guest (port 0: any; PATH: a Unix socket)", set_gdb},
    {"gdb-anywhere", 0, NULL, "--gdb may listen where other machines can connect", set_gdb_anywhere},
    {"gdb-script", 0, "FILE", "write gdb commands that load the symbols of all modules (with --symbols)",
     set_gdb_script},
    {"hobs", 0, NULL, "print the HOB list that DXE is given", set_hobs},
    {"memory-map", 0, NULL, "past the hand-off: print the UEFI memory map and the GCD's, beside the E820", set_memory},
    SANDBOX_SPECS(set_sandbox, set_require, set_limit),
    {"quiet", 'q', NULL, "no progress", set_quiet},
    {"verbose", 'v', NULL, "registers, modules and the guest's own debug output too", set_verbose},
};
/* Of these a case's result does not depend, or they are looked at apart. */
static const char *const elsewhere[] = {"layout", "jobs",    "format", "output",          "reports", "save-cases",
                                        "resume", "sandbox", "quiet",  "require-sandbox", "cache",   NULL};

static void said(void *self, const struct option_spec *spec, const char *value)
{
    struct run_options *o = self;
    char *line;
    for (size_t i = 0; elsewhere[i] != NULL; i++)
        if (strcmp(elsewhere[i], spec->name) == 0)
            return;
    const int n =
        asprintf(&line, "%s%s %s\n", o->settings != NULL ? o->settings : "", spec->name, value != NULL ? value : "");
    free(o->settings);
    o->settings = n >= 0 ? line : NULL;
}

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
    .said = said,
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

struct report_style run_style(const struct run_options *o, const struct output *to)
{
    struct report_style style = o->style;
    style.sandbox = o->sandbox.says;
    style.color = style.color && to == &o->outputs.main;
    return style;
}

/* One case is one report, whatever it was that lay in a folder; so what decides is what was said, not what was found. */
static bool is_one(const struct run_options *o, const struct layout_choice *c, int nr_images)
{
    return o->boot.nr_layouts <= 1 && nr_images == 1 && !c->open && o->reports == NULL && o->save_cases == NULL &&
           o->resume == NULL;
}

/* The first of the options that are not for many cases; NULL: none is given. */
static const char *only_for_one(const struct run_options *o)
{
    const struct {
        bool given;
        const char *name;
    } table[] = {{o->coverage != NULL, "--coverage"},
                 {o->trace != NULL, "--trace"},
                 {o->gdb.where != NULL, "--gdb"},
                 {o->gdb_script != NULL, "--gdb-script"},
                 {o->save_case != NULL, "--save-case (--save-cases DIR is for many)"}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (table[i].given)
            return table[i].name;
    return NULL;
}

static int run_with(struct run_options *o, struct layout_choice *c, int argc, char **argv)
{
    struct diag d = {0};
    int first = 0, code;
    if (!options_begin(&run_verb, o, argc, argv, &first, &code))
        return code;
    if (!outputs_check(&o->outputs, &d))
        return cli_complain(&d);
    o->style.color = cli_wants_color(o->outputs.main.path);
    if (o->filtered && o->trace == NULL) {
        (void)diag_fail(&d, "", 0, "--trace-filter is for --trace FILE");
        return cli_complain(&d);
    }
    if (o->trace != NULL && o->boot.trial.monitor.written) {
        (void)diag_fail(&d, o->trace, 0, "--trace and --written look at the same stores: one at a time");
        return cli_complain(&d);
    }
    if (o->trace != NULL && o->boot.trial.nr_fills > 1) {
        (void)diag_fail(&d, o->trace, 0, "--trace is for one boot: give --fill one pattern");
        return cli_complain(&d);
    }
    if (o->trace != NULL && o->gdb.where != NULL) {
        (void)diag_fail(&d, o->trace, 0, "--trace and --gdb do not go together");
        return cli_complain(&d);
    }
    if (!sandbox_open(&o->sandbox, &d))
        return cli_complain(&d);
    if (o->cache.folder != NULL && !cache_open(&o->cache, o->cache.folder, &d))
        return cli_complain(&d);
    o->boot.trial.cache = &o->cache;
    o->boot.trial.choice.limits = &o->sandbox.limits;
    if (o->filter.limit != 0)
        o->sandbox.limits.max[LIMIT_TRACE] = o->filter.limit;
    o->filter.limit = limit(&o->sandbox.limits, LIMIT_TRACE);
    for (size_t i = 0; i < o->boot.nr_layouts; i++)
        if (!layout_choose(c, o->boot.layout[i], &d))
            return cli_complain(&d);
    /* Not beside a trace, which may look at the same stores: a report is then without. */
    if (o->trace == NULL && outputs_show_written(&o->outputs) && (is_one(o, c, argc - first) || o->reports != NULL))
        o->boot.trial.monitor.written = true;
    if (is_one(o, c, argc - first))
        return run_one(o, c->nr != 0 ? c->path[0] : NULL, argv[first]);
    const char *single = only_for_one(o);
    if (single != NULL) {
        (void)diag_fail(&d, "", 0, "%s is for one layout and one image", single);
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
    struct run_options o = {.outputs.main.form = report_writer_find("text")};
    struct layout_choice c = {0};
    boot_options_init(&o.boot);
    sandbox_init(&o.sandbox);
    trace_filter_defaults(&o.filter);
    int code = run_with(&o, &c, argc, argv);
    layout_choice_free(&c);
    boot_options_free(&o.boot);
    cache_free(&o.cache);
    free(o.settings);
    return code;
}
