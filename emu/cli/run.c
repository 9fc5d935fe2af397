/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hvmbed run: load, plan, boot, report. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/outfile.h"
#include "boot/case.h"
#include "boot/find.h"
#include "check/monitor.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "compare/compare.h"
#include "compare/patterns.h"
#include "machine/machine.h"
#include "report/report.h"
#include "why/why.h"

struct run_options {
    const char *layout;
    struct boot_choice choice;
    const char *output;
    const char *symbols;
    const struct report_writer *format;
    struct report_style style;
    bool quiet;
    bool unchecked;
    bool no_why;
    uint64_t fill[COMPARE_FILLS_MAX];
    unsigned nr_fills; /* 0: the layout's */
    struct monitor_options monitor;
};

static bool set_layout(void *self, const char *v)
{
    ((struct run_options *)self)->layout = v;
    return true;
}
static bool set_handoff(void *self, const char *v)
{
    ((struct run_options *)self)->choice.handoff = v;
    return handoff_find(v) != NULL;
}
static bool set_hvmloader(void *self, const char *v)
{
    ((struct run_options *)self)->choice.hvmloader = v;
    return true;
}
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
static bool set_symbols(void *self, const char *v)
{
    ((struct run_options *)self)->symbols = v;
    return true;
}
static bool set_low_exec(void *self, const char *v)
{
    struct run_options *o = self;
    o->monitor.follow_low_exec = strcmp(v, "follow") == 0;
    return o->monitor.follow_low_exec || strcmp(v, "stop") == 0;
}
static bool set_budget(void *self, const char *v)
{
    struct run_options *o = self;
    char *end;
    double millions = strtod(v, &end);
    if (end == v || *end != '\0' || !(millions > 0) || millions > 1e9)
        return false;
    o->monitor.budget = (uint64_t)(millions * 1e6);
    return true;
}
static bool set_lzma(void *self, const char *v)
{
    struct run_options *o = self;
    o->monitor.guest_lzma = strcmp(v, "guest") == 0;
    return o->monitor.guest_lzma || strcmp(v, "host") == 0;
}
static bool set_patience(void *self, const char *v)
{
    char *end;
    unsigned long seconds = strtoul(v, &end, 10);
    if (end == v || *end != '\0' || seconds == 0 || seconds > 1000000)
        return false;
    ((struct run_options *)self)->monitor.patience = (unsigned)seconds;
    return true;
}
static bool set_fill(void *self, const char *v)
{
    struct run_options *o = self;
    return patterns_parse(v, o->fill, &o->nr_fills);
}
static bool set_severity(struct run_options *o, const char *name, enum severity s)
{
    if (strcmp(name, "all") == 0) {
        for (unsigned i = 0; i < RULE_COUNT; i++)
            if (o->monitor.severity[i] != SEVERITY_ERROR)
                o->monitor.severity[i] = s;
        return true;
    }
    const struct rule *r = rule_find(name);
    if (r == NULL)
        return false;
    o->monitor.severity[r->id] = s;
    return true;
}
static bool set_warn(void *self, const char *v)
{
    return set_severity(self, v, SEVERITY_WARNING);
}
static bool set_error(void *self, const char *v)
{
    return set_severity(self, v, SEVERITY_ERROR);
}
static bool set_no_checks(void *self, const char *v)
{
    (void)v;
    ((struct run_options *)self)->unchecked = true;
    return true;
}
static bool set_why(void *self, const char *v)
{
    struct run_options *o = self;
    o->no_why = strcmp(v, "no") == 0;
    return o->no_why || strcmp(v, "yes") == 0;
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

static bool set_until(void *self, const char *v)
{
    return until_parse(v, &((struct run_options *)self)->monitor.until);
}

static bool set_hobs(void *self, const char *v)
{
    (void)v;
    ((struct run_options *)self)->style.hobs = true;
    return true;
}

static const struct option_spec specs[] = {
    {"layout", 'l', "FILE", "the guest: an xl.cfg file, or the name of a preset", set_layout},
    {"handoff", 0, "hvm|pvh|hvmloader", "who boots the firmware; default: the real hvmloader, or pvh", set_handoff},
    {"hvmloader", 0, "FILE", "the hvmloader to run (default: Debian's, from the set-up)", set_hvmloader},
    {"format", 'f', "text|json", "the report's form", set_format},
    {"output", 'o', "FILE", "write the report there instead of standard output", set_output},
    {"symbols", 0, "DIR", "names and source lines from an edk2 Build folder, or one of .debug files", set_symbols},
    {"low-exec", 0, "stop|follow", "at execution in low memory: stop (default), or let it run on", set_low_exec},
    {"budget", 0, "MILLIONS", "give up after so many million instructions (default 8000)", set_budget},
    {"sec-lzma", 0, "host|guest", "who unpacks the firmware: liblzma (default), or its own code", set_lzma},
    {"fill", 0, "PATTERN[,PATTERN...]", "RAM starts as this; with several, boot with each and compare", set_fill},
    {"patience", 0, "SECONDS", "CPU time for the decompressor before it is watched closely (default 20)", set_patience},
    {"warn", 'W', "RULE", "count what breaks RULE as a warning", set_warn},
    {"error", 'E', "RULE", "count what breaks RULE as an error; 'all' for every rule", set_error},
    {"until", 0, "WHERE", "how far to go: " UNTIL_HELP, set_until},
    {"why", 0, "yes|no", "after findings, boot again to see who wrote what they are about (default yes)", set_why},
    {"hobs", 0, NULL, "print the HOB list that DXE is given", set_hobs},
    {"no-checks", 0, NULL, "only boot: what the checks cost can be measured so", set_no_checks},
    {"quiet", 'q', NULL, "no progress", set_quiet},
    {"verbose", 'v', NULL, "registers, modules and the guest's own debug output too", set_verbose},
};
static const struct option_verb verb = {
    .name = "run",
    .usage = "run [options] FIRMWARE",
    .spec = specs,
    .nr = sizeof specs / sizeof specs[0],
    .least = 1,
    .most = 1,
};

/* Everything a run owns, so that one place frees it. */
struct run {
    struct layout_lines lines;
    struct image image;
    struct boot_case boot;
    struct machine machine;
    struct verdict verdict;
    struct symbols *symbols; /* NULL without --symbols */
    struct compare_result compared;
};

static bool prepare(struct run *r, const struct run_options *o, const char *path, struct diag *d)
{
    struct layout l;
    char file[512];
    layout_default(&l);
    if (o->layout != NULL &&
        (!layout_find(o->layout, file, sizeof file, d) || !layout_read_lines(file, &l, &r->lines, d)))
        return false;
    if (o->layout == NULL)
        l.type = boot_handoff(&o->choice, &l)->type;
    return image_load(path, &r->image, d) && boot_case_prepare(&r->boot, &l, &r->image, &o->choice, d);
}

static bool write_report(const struct run *r, const struct run_options *o, int code, struct diag *d)
{
    char version[ENGINE_VERSION_SIZE];
    engine_version(version);
    struct report_input in = {
        .image = &r->image,
        .layout = &r->boot.layout,
        .guest = &r->boot.guest,
        .verdict = &r->verdict,
        .handoff = r->boot.handoff->name,
        .loader = r->boot.loader.bytes != NULL ? &r->boot.loader : NULL,
        .compared = r->compared.nr_runs != 0 ? &r->compared : NULL,
        .engine_version = version,
        .symbols = r->symbols,
        .exit_code = code,
    };
    struct outfile *out = outfile_open(o->output, d);
    if (out == NULL)
        return false;
    if (!o->format->write(&in, &o->style, outfile_stream(out))) {
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
            (void)fprintf(stderr, "hvmbed: %s:%u: note: %s\n", r->boot.layout.path, r->lines.note[i].line,
                          r->lines.note[i].text);
}

static bool power_on(void *self, const struct layout *l, struct machine *m, struct diag *d)
{
    return boot_case_power_on(self, l, m, d);
}

static bool boot_once(struct run *r, const struct monitor_options *options, struct diag *d)
{
    struct monitor monitor;
    if (!boot_case_power_on(&r->boot, &r->boot.layout, &r->machine, d))
        return false;
    monitor_init(&monitor, &r->machine, options, &r->verdict);
    monitor_run(&monitor);
    r->verdict.debug_log =
        platform_debug_log(&r->machine.platform, &r->verdict.debug_log_size, &r->verdict.debug_log_truncated);
    return true;
}

/* Who is to blame. Of several fills the comparison tells that itself. */
static bool ask_why(struct run *r, const struct run_options *o, const struct monitor_options *options, struct diag *d)
{
    const struct why_setup s = {.layout = &r->boot.layout, .options = options, .power_on = power_on, .self = &r->boot};
    return o->no_why || o->nr_fills > 1 || why_ask(&s, &r->verdict, d);
}

static bool boot_with_each(struct run *r, const struct run_options *o, const struct monitor_options *options,
                           struct diag *d)
{
    struct compare_setup s = {
        .layout = &r->boot.layout, .nr = o->nr_fills, .options = options, .power_on = power_on, .self = &r->boot};
    memcpy(s.fill, o->fill, sizeof s.fill);
    bool ok = compare_boots(&s, &r->verdict, &r->compared, d);
    r->boot.layout.fill = o->fill[r->compared.shown];
    return ok;
}

static int boot(struct run *r, const struct run_options *o, const char *path)
{
    struct diag d = {0};
    if (!prepare(r, o, path, &d))
        return cli_complain(&d);
    if (o->symbols != NULL && (r->symbols = symbols_open(o->symbols, &d)) == NULL)
        return cli_complain(&d);
    if (!o->quiet)
        write_notes(r);
    r->boot.unchecked = o->unchecked;
    if (o->nr_fills != 0)
        r->boot.layout.fill = o->fill[0];
    struct progress progress;
    struct monitor_options options = o->monitor;
    progress_init(&progress, o->quiet);
    options.image = &r->image;
    options.progress = progress_show;
    options.progress_self = &progress;
    options.symbols = r->symbols;
    bool ok = o->nr_fills > 1 ? boot_with_each(r, o, &options, &d) : boot_once(r, &options, &d);
    ok = ok && ask_why(r, o, &options, &d);
    progress_end(&progress);
    if (!ok) {
        (void)cli_complain(&d);
        return d.file[0] != '\0' ? EXIT_BAD_INPUT : EXIT_DEFECT;
    }
    int code = verdict_exit_code(&r->verdict);
    ok = write_report(r, o, code, &d);
    return ok ? code : cli_complain(&d);
}

int cli_run(int argc, char **argv)
{
    struct run_options o = {.format = report_writer_find("text")};
    int first = 0, code;
    monitor_defaults(&o.monitor);
    if (!options_begin(&verb, &o, argc, argv, &first, &code))
        return code;
    o.style.color = cli_wants_color(o.output);
    struct run *r = calloc(1, sizeof *r);
    if (r == NULL)
        return EXIT_DEFECT;
    code = boot(r, &o, argv[first]);
    if (r->machine.engine != NULL)
        machine_exit(&r->machine);
    compare_free(&r->compared);
    verdict_free(&r->verdict);
    symbols_close(r->symbols);
    boot_case_free(&r->boot);
    image_free(&r->image);
    free(r);
    return code;
}
