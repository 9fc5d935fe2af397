/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hvmbed bisect: one commit, built and booted, with an answer that `git bisect run` understands. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bisect/build.h"
#include "bisect/judge.h"
#include "boot/choose.h"
#include "cli/boot_options.h"
#include "cli/caged.h"
#include "cli/cli.h"
#include "cli/verbs.h"
#include "matrix/save.h"
#include "report/decode.h"

/* git takes all from 128 on as "stop": nothing that is wrong here may make a commit good or bad. */
#define EXIT_SKIP 125
#define EXIT_STOP_USAGE 254
#define EXIT_STOP_DEFECT 255

struct bisect_options {
    struct boot_options boot; /* first */
    struct build_setup build; /* command NULL: none */
    struct sought sought;
    const char *saved; /* a case file, NULL for none */
    struct sandbox sandbox;
    bool invert, accept_old, quiet;
};

static bool set_build(void *self, const char *v)
{
    ((struct bisect_options *)self)->build.command = v;
    return v[0] != '\0';
}
static bool set_timeout(void *self, const char *v)
{
    char *end;
    const unsigned long seconds = strtoul(v, &end, 10);
    ((struct bisect_options *)self)->build.seconds = (unsigned)seconds;
    return end != v && *end == '\0' && v[0] != '-' && seconds >= 1 && seconds <= 1000000;
}
static bool set_log(void *self, const char *v)
{
    ((struct bisect_options *)self)->build.log = v;
    return v[0] != '\0';
}
static bool set_accept_old(void *self, const char *v)
{
    (void)v;
    ((struct bisect_options *)self)->accept_old = true;
    return true;
}
static bool set_rule(void *self, const char *v)
{
    struct sought *s = &((struct bisect_options *)self)->sought;
    const struct rule *r = rule_find(v);
    if (r == NULL)
        return false;
    s->nr_rules += !s->rule[r->id];
    s->rule[r->id] = true;
    return true;
}
static bool set_fingerprint(void *self, const char *v)
{
    return strlen(v) == FINGERPRINT_SIZE - 1 && strspn(v, "0123456789abcdef") == FINGERPRINT_SIZE - 1 &&
           sought_print(&((struct bisect_options *)self)->sought, v);
}
static bool set_case(void *self, const char *v)
{
    ((struct bisect_options *)self)->saved = v;
    return v[0] != '\0';
}
static bool set_invert(void *self, const char *v)
{
    (void)v;
    ((struct bisect_options *)self)->invert = true;
    return true;
}
static bool set_quiet(void *self, const char *v)
{
    (void)v;
    ((struct bisect_options *)self)->quiet = true;
    return true;
}

static bool set_sandbox(void *self, const char *v)
{
    return sandbox_set(&((struct bisect_options *)self)->sandbox, v);
}
static bool set_limit(void *self, const char *v)
{
    return sandbox_limit(&((struct bisect_options *)self)->sandbox, v);
}
static bool set_require(void *self, const char *v)
{
    (void)v;
    ((struct bisect_options *)self)->sandbox.required = true;
    return true;
}

static const struct option_spec specs[] = {
    {"build", 0, "COMMAND", "build the commit first, with this command of the shell", set_build},
    {"build-timeout", 0, "SECONDS", "kill the build after so long; the commit is skipped", set_timeout},
    {"build-log", 0, "FILE", "add the build's output to FILE (default: standard error)", set_log},
    {"accept-old", 0, NULL, "an image that the build has left as it was counts too (default: skip)", set_accept_old},
    {"rule", 0, "RULE", "what breaks RULE is the fault, whatever its severity; may be said again", set_rule},
    {"fingerprint", 0, "DIGITS", "the fault by its fingerprint or family; may be said again", set_fingerprint},
    {"case", 0, "FILE", "guest, options and fault (by family) of a file of `hvmbed run --save-case`", set_case},
    {"invert", 0, NULL, "find the commit that fixed it: the fault is 0, its absence 1", set_invert},
    SANDBOX_SPECS(set_sandbox, set_require, set_limit),
    {"quiet", 'q', NULL, "no progress", set_quiet},
};
const struct option_verb bisect_verb = {
    .name = "bisect",
    .summary = "one commit's firmware, built and judged, for git bisect run",
    .operands = "FIRMWARE",
    .text = "For `git bisect run hvmbed bisect [options] FIRMWARE`. The fault is what --rule, --fingerprint or --case\n"
            "names; without them any error. With several guests (-l) it is enough that one shows it.\n"
            "\n"
            "Exit: 0 good, 1 bad, 125 cannot tell (the build failed or hung; no such image, or not a firmware, or one\n"
            "that the build has not made; another fault came first; inconclusive). All else must not decide about a\n"
            "commit, and makes git stop: 254 bad usage or an unreadable guest file, 255 a defect in hvmbed.",
    .shared = boot_option_specs,
    .nr_shared = &nr_boot_option_specs,
    .spec = specs,
    .nr = sizeof specs / sizeof specs[0],
    .least = 1,
    .most = 1,
    .run = cli_bisect,
};

struct bisect {
    struct bisect_options o;
    const char *path; /* of the image */
    struct saved saved;
    struct layout_choice choice;
    struct layout *guest;
    size_t nr_guests;
    struct image image;
    struct progress progress;
    int signal; /* end by it; 0: none */
};

static int stop(const struct diag *d)
{
    (void)cli_complain(d);
    return EXIT_STOP_USAGE;
}

static int defect(const struct diag *d)
{
    (void)cli_complain(d);
    return EXIT_STOP_DEFECT;
}

/* One line, which git's own "Bisecting: …" surrounds. */
static int answer(const struct bisect *b, enum bisect_answer a, const char *guest, const char *why)
{
    (void)printf("hvmbed bisect: %-6s %s%s%s\n", bisect_word(a, b->o.invert), guest, guest[0] != '\0' ? ": " : "", why);
    if (fflush(stdout) != 0 || ferror(stdout) != 0) {
        (void)fprintf(stderr, "hvmbed: the answer cannot be written to standard output\n");
        return EXIT_STOP_USAGE; /* one that nobody could read is none */
    }
    return a == BISECT_ABORT ? EXIT_STOP_DEFECT : bisect_exit_code(a, b->o.invert);
}

/* --- before anything is built: what is wrong for all commits */

static bool seek_saved(struct bisect *b, struct diag *d)
{
    struct sought *s = &b->o.sought;
    const struct saved *c = &b->saved;
    const bool errors = c->exit_code == 1;
    if (s->nr_rules != 0 || s->nr_prints != 0)
        return true; /* said otherwise */
    for (size_t i = 0; i < c->nr_findings; i++)
        if ((!errors || strcmp(c->finding[i].severity, severity_name(SEVERITY_ERROR)) == 0) &&
            !sought_print(s, c->finding[i].family))
            break;
    return s->nr_prints != 0 || diag_fail(d, b->o.saved, 0, "this case has no finding that could be sought");
}

static bool read_guest(struct bisect *b, size_t i, struct layout *l, struct diag *d)
{
    if (b->o.saved != NULL)
        return saved_prepare(&b->saved, b->o.saved, l, &b->o.boot.trial, d);
    layout_default(l);
    if (b->choice.nr != 0)
        return layout_read(b->choice.path[i], l, d);
    l->type = boot_handoff(&b->o.boot.trial.choice, l)->type;
    return true;
}

/* Does the hand-off go with the guest, and is its first stage there? Not a matter of the image. */
static bool check_guest(const struct bisect *b, const struct layout *l, struct diag *d)
{
    const struct boot_choice *choice = &b->o.boot.trial.choice;
    const struct handoff *h = boot_handoff(choice, l);
    if (h->type != l->type)
        return diag_fail(d, l->path, 0, "this is a %s guest: --handoff %s cannot boot it", guest_type_name(l->type),
                         h->name);
    return !h->first_stage || boot_first_stage(choice, l, d) != NULL;
}

static bool check_disk(const char *path, struct diag *d)
{
    struct disk *k = disk_open(path, NULL, d);
    if (k != NULL)
        disk_close(k);
    return k != NULL;
}

/* --disk takes the place of the guest's own. */
static bool check_disks(const struct bisect *b, struct diag *d)
{
    const struct boot_choice *choice = &b->o.boot.trial.choice;
    bool ok = true;
    for (unsigned i = 0; ok && i < choice->nr_disks; i++)
        ok = check_disk(choice->disk[i], d);
    for (size_t g = 0; ok && choice->nr_disks == 0 && g < b->nr_guests; g++)
        for (unsigned i = 0; ok && i < b->guest[g].nr_disks; i++)
            ok = check_disk(b->guest[g].disk[i].path, d);
    return ok;
}

static bool prepare(struct bisect *b, struct diag *d)
{
    struct bisect_options *o = &b->o;
    if (o->saved != NULL && o->boot.nr_layouts != 0)
        return diag_fail(d, o->saved, 0, "--case says the guest: it goes with no --layout");
    if (o->saved != NULL && (!saved_read(o->saved, &b->saved, d) || !seek_saved(b, d)))
        return false;
    limits_complete(&o->sandbox.limits, &b->saved.limits);
    o->boot.trial.choice.limits = &o->sandbox.limits;
    if ((o->build.log != NULL || o->build.seconds != 0 || o->accept_old) && o->build.command == NULL)
        return diag_fail(d, "", 0, "bisect: --build-log, --build-timeout and --accept-old are for --build COMMAND");
    for (size_t i = 0; i < o->boot.nr_layouts; i++)
        if (!layout_choose(&b->choice, o->boot.layout[i], d))
            return false;
    if (b->choice.nr == 0 && o->boot.nr_layouts != 0)
        return diag_fail(d, "", 0, "bisect: no layout is left of those chosen with --layout");
    b->nr_guests = b->choice.nr != 0 ? b->choice.nr : 1;
    b->guest = calloc(b->nr_guests, sizeof *b->guest);
    if (b->guest == NULL)
        return diag_fail(d, "", 0, "out of memory");
    o->boot.trial.choice.stages = &o->boot.stages;
    o->boot.trial.no_why = true;
    for (size_t i = 0; i < b->nr_guests; i++)
        if (!read_guest(b, i, &b->guest[i], d) || !check_guest(b, &b->guest[i], d))
            return false;
    return check_disks(b, d) && boot_options_open(&o->boot, d) && sandbox_open(&o->sandbox, d);
}

/* --- the build */

static bool is_same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* True: go on and boot. False: *code is the answer. */
static bool build(struct bisect *b, int *code)
{
    const struct build_setup *s = &b->o.build;
    struct build_result r;
    struct diag d = {0};
    struct stat before, now;
    char why[BUILD_WHY_SIZE];
    const bool was_there = stat(b->path, &before) == 0;
    if (!build_run(s, &r, &d)) {
        *code = d.file[0] != '\0' ? stop(&d) : defect(&d);
        return false;
    }
    if (r.end == BUILD_INTERRUPTED) {
        b->signal = *code = r.value;
        return false;
    }
    if (r.end != BUILD_DONE) {
        build_why(s, &r, why);
        *code = answer(b, BISECT_SKIP, "", why);
        return false;
    }
    if (!b->o.accept_old && was_there && stat(b->path, &now) == 0 && is_same_file(&before, &now)) {
        *code =
            answer(b, BISECT_SKIP, "", "the build has left the image as it was (--accept-old takes it all the same)");
        return false;
    }
    return true;
}

/* --- the boots */

static bool boot(struct bisect *b, const struct layout *l, struct judgement *j, int *code)
{
    struct diag d = {0};
    struct trial *t = calloc(1, sizeof *t);
    bool ok = t != NULL;
    *code = EXIT_STOP_DEFECT;
    if (ok && !trial_prepare(t, l, &b->image, &b->o.boot.trial, &d)) {
        /* The guest alone was found to be in order: it is this image that does not go with it. */
        j->answer = BISECT_SKIP;
        (void)snprintf(j->why, sizeof j->why, "%s", d.message);
    } else if (ok) {
        ok = trial_boot(t, &b->o.boot.trial, &d);
        if (ok)
            bisect_judge(&b->o.sought, &t->verdict, j);
        else
            *code = d.file[0] != '\0' ? stop(&d) : defect(&d);
    }
    if (t != NULL)
        trial_free(t);
    free(t);
    return ok;
}

static int boot_all(void *self)
{
    struct bisect *b = self;
    struct judgement worst = {.answer = BISECT_GOOD};
    char where[256] = "", label[256];
    for (size_t i = 0; i < b->nr_guests; i++) {
        struct judgement j = {.answer = BISECT_GOOD};
        int code;
        if (!boot(b, &b->guest[i], &j, &code)) {
            progress_end(&b->progress);
            return code;
        }
        if (i != 0 && bisect_worse(worst.answer, j.answer) == worst.answer)
            continue;
        worst = j;
        layout_label(&b->guest[i], label, sizeof label);
        memcpy(where, label, sizeof where);
    }
    progress_end(&b->progress);
    return answer(b, worst.answer, where, worst.why);
}

static int boot_caged(struct bisect *b)
{
    struct diag d = {0};
    struct caged_result end;
    uint64_t top = 0;
    progress_init(&b->progress, b->o.quiet);
    b->o.boot.trial.monitor.progress = progress_show;
    b->o.boot.trial.monitor.progress_self = &b->progress;
    for (size_t i = 0; i < b->nr_guests; i++) {
        const uint64_t end_of_guest = boot_top(&b->guest[i], b->image.size);
        top = end_of_guest > top ? end_of_guest : top;
        if (!boot_options_hold(&b->o.boot, &b->guest[i], &d))
            return stop(&d);
    }
    const struct caged_job j = {.sandbox = &b->o.sandbox,
                                .progress = &b->progress,
                                .address_space = trial_address_space(top, &b->o.boot.trial),
                                .what = b->path,
                                .work = boot_all,
                                .self = b};
    caged_run(&j, &end);
    switch (end.end) {
    case CAGED_LOST:
        return answer(b, BISECT_SKIP, "", end.why);
    case CAGED_INTERRUPTED:
        b->signal = end.code;
        return end.code;
    case CAGED_FAILED:
        return end.code == EXIT_DEFECT ? EXIT_STOP_DEFECT : EXIT_STOP_USAGE;
    default:
        return end.code;
    }
}

static int bisect(struct bisect *b)
{
    struct diag d = {0};
    int code;
    if (!prepare(b, &d))
        return stop(&d);
    if (b->o.build.command != NULL && !build(b, &code))
        return code;
    if (!image_load(b->path, &b->image, &d)) {
        char why[640];
        (void)snprintf(why, sizeof why, "%s: %s", b->path, d.message);
        return answer(b, BISECT_SKIP, "", why);
    }
    return boot_caged(b);
}

int cli_bisect(int argc, char **argv)
{
    int first = 0, code;
    struct bisect *b = calloc(1, sizeof *b);
    if (b == NULL)
        return EXIT_STOP_DEFECT;
    boot_options_init(&b->o.boot);
    sandbox_init(&b->o.sandbox);
    if (options_begin(&bisect_verb, &b->o, argc, argv, &first, &code)) {
        b->path = argv[first];
        code = bisect(b);
    } else if (code != EXIT_CLEAN) {
        code = EXIT_STOP_USAGE;
    }
    const int signal = b->signal;
    image_free(&b->image);
    layout_choice_free(&b->choice);
    saved_free(&b->saved);
    boot_options_free(&b->o.boot);
    free(b->guest);
    free(b);
    return signal != 0 ? caged_end_by(signal) : code;
}
