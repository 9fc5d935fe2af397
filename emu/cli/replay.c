/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hvmbed replay: boots a saved case again, and says what differs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/boot_options.h"
#include "cli/caged.h"
#include "cli/cli.h"
#include "cli/verbs.h"
#include "matrix/save.h"
#include "matrix/take.h"
#include "report/decode.h"

#define EXIT_SAME 0
#define EXIT_DIFFERS 1

struct replay_options {
    struct boot_options boot; /* of which only symbols have an option here */
    const char *firmware;     /* NULL: the one that the case names */
    const char *disk[DISKS_MAX];
    unsigned nr_disks; /* 0: those that the case names */
    const char *save_case;
    bool findings_only, quiet;
    struct sandbox sandbox;
    struct report_style style;
};

static bool set_firmware(void *self, const char *v)
{
    ((struct replay_options *)self)->firmware = v;
    return true;
}
static bool set_hvmloader(void *self, const char *v)
{
    ((struct replay_options *)self)->boot.trial.choice.hvmloader = v;
    return true;
}
static bool set_disk(void *self, const char *v)
{
    struct replay_options *o = self;
    if (o->nr_disks == DISKS_MAX)
        return false;
    o->disk[o->nr_disks++] = v;
    return true;
}
static bool set_symbols(void *self, const char *v)
{
    ((struct replay_options *)self)->boot.symbols = v;
    return true;
}
static bool set_compare(void *self, const char *v)
{
    struct replay_options *o = self;
    o->findings_only = strcmp(v, "findings") == 0;
    return o->findings_only || strcmp(v, "all") == 0;
}
static bool set_save_case(void *self, const char *v)
{
    ((struct replay_options *)self)->save_case = v;
    return v[0] != '\0';
}
static bool set_quiet(void *self, const char *v)
{
    (void)v;
    ((struct replay_options *)self)->quiet = true;
    return true;
}
static bool set_verbose(void *self, const char *v)
{
    (void)v;
    ((struct replay_options *)self)->style.verbose++;
    return true;
}

static bool set_sandbox(void *self, const char *v)
{
    return sandbox_set(&((struct replay_options *)self)->sandbox, v);
}
static bool set_limit(void *self, const char *v)
{
    return sandbox_limit(&((struct replay_options *)self)->sandbox, v);
}
static bool set_require(void *self, const char *v)
{
    (void)v;
    ((struct replay_options *)self)->sandbox.required = true;
    return true;
}

static const struct option_spec specs[] = {
    {"firmware", 0, "FILE", "boot this image (default: the one that the case names, there or beside the case)",
     set_firmware},
    {"hvmloader", 0, "FILE", "the hvmloader to run, where the case has one (default: as in run)", set_hvmloader},
    {"disk", 0, "FILE", "a disk image in place of the one that the case names; all of them, in order", set_disk},
    {"symbols", 0, "DIR", "names and source lines for the report of -v", set_symbols},
    {"compare", 0, "all|findings", "what must be the same: everything (default), or the outcome and the findings",
     set_compare},
    {"save-case", 0, "FILE", "write what came of it this time as a case file", set_save_case},
    SANDBOX_SPECS(set_sandbox, set_require, set_limit),
    {"quiet", 'q', NULL, "no progress", set_quiet},
    {"verbose", 'v', NULL, "the report of the boot too; twice: with registers and the guest's output", set_verbose},
};
const struct option_verb replay_verb = {
    .name = "replay",
    .summary = "boot a saved case again, and say whether the same comes of it",
    .operands = "CASE",
    .text =
        "CASE is a file that `hvmbed run --save-case` wrote. It says guest, hand-off and options; what has another\n"
        "hash (image, first stage, disk) is booted all the same, and said.\n"
        "\n"
        "Exit: 0 the same came of it, 1 something differs, whatever the findings are; 2 the case or what it needs\n"
        "cannot be read; 3 the boot's process died, twice; 70 a defect in hvmbed. With --compare findings only exit code, ending and findings count,\n"
        "and findings are the same when their family is: code may have moved, and images be others. Another version\n"
        "of hvmbed or of Unicorn is told, but counts only by what comes of it.",
    .spec = specs,
    .nr = sizeof specs / sizeof specs[0],
    .least = 1,
    .most = 1,
    .run = cli_replay,
};

struct replay {
    struct replay_options o;
    const char *path;
    struct saved was, is;
    struct image image;
    struct layout layout;
    struct trial trial;
    struct difference_list differences;
    struct papers papers; /* the case, where one is asked for */
    struct progress progress;
};

/* Where the case says it lies; else beside the case. */
static const char *find_beside(const char *path, const char *named, char *out, size_t room)
{
    const char *slash = strrchr(path, '/');
    if (access(named, F_OK) == 0)
        return named;
    const int n = snprintf(out, room, "%.*s%s", slash != NULL ? (int)(slash - path + 1) : 0, path, path_last(named));
    return n > 0 && (size_t)n < room && access(out, F_OK) == 0 ? out : named;
}

static bool load(struct replay *r, struct diag *d)
{
    char beside[4096];
    struct replay_options *o = &r->o;
    if (!saved_read(r->path, &r->was, d) || !saved_prepare(&r->was, r->path, &r->layout, &o->boot.trial, d))
        return false;
    limits_complete(&o->sandbox.limits, &r->was.limits);
    o->boot.trial.choice.limits = &o->sandbox.limits;
    if (o->nr_disks != 0 && o->nr_disks != r->was.nr_disks)
        return diag_fail(d, r->path, 0, "has %u disks: give --disk for all of them or for none", r->was.nr_disks);
    for (unsigned i = 0; i < o->nr_disks; i++)
        if (snprintf(r->layout.disk[i].path, sizeof r->layout.disk[i].path, "%s", o->disk[i]) >=
            (int)sizeof r->layout.disk[i].path)
            return diag_fail(d, o->disk[i], 0, "the path is too long");
    const char *named = r->was.image.path;
    if (!image_load(o->firmware != NULL ? o->firmware : find_beside(r->path, named, beside, sizeof beside), &r->image,
                    d)) {
        if (o->firmware == NULL && access(named, F_OK) != 0)
            (void)diag_fail(d, r->path, 0, "its image %s is not there; say --firmware FILE", named);
        return false;
    }
    unsigned at;
    return boot_options_hold(&o->boot, &r->layout, d) &&
           trial_prepare(&r->trial, &r->layout, &r->image, &o->boot.trial, d) &&
           (o->save_case == NULL || papers_add(&r->papers, o->save_case, &at, d));
}

static bool boot(struct replay *r, struct diag *d)
{
    struct trial_options *t = &r->o.boot.trial;
    t->monitor.progress = progress_show;
    t->monitor.progress_self = &r->progress;
    t->no_why = r->o.style.verbose == 0; /* who wrote it is told by the report alone */
    const bool ok = trial_boot(&r->trial, t, d);
    progress_end(&r->progress);
    return ok && trial_describe(&r->trial, t, HVMBED_VERSION, &r->is, d);
}

static bool counts(const struct replay_options *o, enum difference_kind k)
{
    if (k == DIFFERS_TOOL)
        return false;
    return !o->findings_only || k == DIFFERS_OUTCOME || k == DIFFERS_WENT || k == DIFFERS_CAME;
}

static int judge(const struct replay *r)
{
    for (size_t i = 0; i < r->differences.nr; i++)
        if (counts(&r->o, r->differences.d[i].kind))
            return EXIT_DIFFERS;
    return EXIT_SAME;
}

/* --- what is said ----------------------------------------------------------------------------------------------- */

static void say_findings(const struct saved *s)
{
    char text[1500];
    for (size_t i = 0; i < s->nr_findings; i++) {
        saved_finding_format(&s->finding[i], text, sizeof text);
        (void)printf("    %s\n", text);
    }
}

static void say(const struct replay *r, int code)
{
    const struct difference_list *l = &r->differences;
    const struct saved *is = &r->is;
    char label[256];
    layout_label(&r->trial.boot.layout, label, sizeof label);
    (void)printf("%s  %s: %s (exit %llu), %zu finding%s (%s, %s, %s)\n", code == EXIT_SAME ? "SAME" : "DIFFERS",
                 r->path, verdict_word((int)is->exit_code), (unsigned long long)is->exit_code, is->nr_findings,
                 is->nr_findings == 1 ? "" : "s", path_last(r->image.path), r->trial.boot.handoff->name, label);
    for (size_t i = 0; i < l->nr; i++)
        (void)printf("    %-8s%s%s\n", difference_name(l->d[i].kind), l->d[i].text,
                     code == EXIT_SAME ? " (does not count)" : "");
    if (l->nr == 0 || code == EXIT_SAME)
        say_findings(is);
}

static bool save_case(struct replay *r, struct diag *d)
{
    return r->o.save_case == NULL || ((saved_write(&r->is, papers_stream(&r->papers, 0)) ||
                                       diag_fail(d, r->o.save_case, 0, "cannot write the case")) &&
                                      papers_finish(&r->papers, 0, d));
}

static bool report(const struct replay *r, struct diag *d)
{
    struct report_style style = r->o.style;
    struct report_input in;
    char version[ENGINE_VERSION_SIZE];
    if (style.verbose == 0)
        return true;
    style.sandbox = r->o.sandbox.says;
    style.verbose--;
    trial_input(&r->trial, version, &in);
    (void)printf("\n");
    return case_write(&in, report_writer_find("text"), &style, stdout) ||
           diag_fail(d, "", 0, "cannot write the report");
}

static int replay(void *self)
{
    struct replay *r = self;
    struct diag d = {0};
    if (!boot(r, &d)) {
        (void)cli_complain(&d);
        return d.file[0] != '\0' ? EXIT_BAD_INPUT : EXIT_DEFECT;
    }
    if (!saved_compare(&r->was, &r->is, &r->differences)) {
        (void)diag_fail(&d, "", 0, "out of memory");
        (void)cli_complain(&d);
        return EXIT_DEFECT;
    }
    const int code = judge(r);
    say(r, code);
    if (r->is.exit_code == EXIT_DEFECT && r->was.exit_code != EXIT_DEFECT)
        return EXIT_DEFECT;
    return save_case(r, &d) && report(r, &d) ? code : cli_complain(&d);
}

static int replay_caged(struct replay *r, int *signal)
{
    struct diag d = {0};
    struct caged_result end;
    if (!sandbox_open(&r->o.sandbox, &d) || !load(r, &d))
        return cli_complain(&d);
    r->o.style.color = cli_wants_color(NULL);
    progress_init(&r->progress, r->o.quiet);
    const struct caged_job j = {.sandbox = &r->o.sandbox,
                                .papers = &r->papers,
                                .progress = &r->progress,
                                .address_space = trial_address_space(r->trial.boot.plan.top, &r->o.boot.trial),
                                .what = r->path,
                                .work = replay,
                                .self = r};
    caged_run(&j, &end);
    if (end.end == CAGED_LOST)
        (void)fprintf(stderr, "hvmbed: %s: %s; nothing can be said about it\n", r->path, end.why);
    *signal = end.end == CAGED_INTERRUPTED ? end.code : 0;
    return end.code;
}

int cli_replay(int argc, char **argv)
{
    int first = 0, code, signal = 0;
    struct replay *r = calloc(1, sizeof *r);
    if (r == NULL)
        return EXIT_DEFECT;
    boot_options_init(&r->o.boot);
    sandbox_init(&r->o.sandbox);
    if (options_begin(&replay_verb, &r->o, argc, argv, &first, &code)) {
        r->path = argv[first];
        code = replay_caged(r, &signal);
    }
    papers_abort(&r->papers);
    difference_list_free(&r->differences);
    trial_free(&r->trial);
    image_free(&r->image);
    saved_free(&r->was);
    saved_free(&r->is);
    boot_options_free(&r->o.boot);
    free(r);
    return signal != 0 ? caged_end_by(signal) : code;
}
