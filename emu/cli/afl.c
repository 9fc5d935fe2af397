/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hvmbed afl: a target for AFL++, whose cases are bytes that make layouts. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/outfile.h"
#include "boot/find.h"
#include "cli/caged.h"
#include "cli/cli.h"
#include "cli/fuzz_options.h"
#include "cli/options.h"
#include "cli/verbs.h"
#include "fuzz/afl.h"
#include "fuzz/corpus.h"
#include "fuzz/fuzz.h"
#include "layout/lint.h"
#include "layout/write.h"

#define PRESETS_MAX 128u
/* Page tables beyond this take seconds to build: such a guest does not go to the hand-off, as in fuzz/fuzz.c. */
#define TABLES_MAX (544u << 10)
#define BUDGET 400000000ULL /* instructions; as for hvmbed fuzz */

struct session {
    struct image image;
    struct target target;
    struct mutate_options mutate;
    struct monitor_options monitor;
    enum warm_tier tier;
    const char *output, *seeds;
    struct sandbox sandbox;
    struct papers papers;
    char **path; /* cases by hand */
    int nr_paths;
    struct {
        uint8_t *bytes;
        size_t n;
    } * byhand;
    struct layout *preset; /* PRESETS_MAX */
    size_t nr_presets;
};

static bool set_mode(void *self, const char *v)
{
    return fuzz_set_mode(&((struct session *)self)->mutate, v);
}
static bool set_tier(void *self, const char *v)
{
    struct session *s = self;
    s->tier = strcmp(v, "handoff") == 0 ? WARM_HANDOFF : WARM_PLATFORM;
    return s->tier == WARM_HANDOFF || strcmp(v, "platform") == 0;
}
static bool set_warn(void *self, const char *v)
{
    return monitor_set_severity(&((struct session *)self)->monitor, v, SEVERITY_WARNING);
}
static bool set_error(void *self, const char *v)
{
    return monitor_set_severity(&((struct session *)self)->monitor, v, SEVERITY_ERROR);
}
static bool set_output(void *self, const char *v)
{
    ((struct session *)self)->output = v;
    return true;
}
static bool set_seeds(void *self, const char *v)
{
    ((struct session *)self)->seeds = v;
    return true;
}

static bool set_sandbox(void *self, const char *v)
{
    return sandbox_set(&((struct session *)self)->sandbox, v);
}
static bool set_limit(void *self, const char *v)
{
    return sandbox_limit(&((struct session *)self)->sandbox, v);
}
static bool set_require(void *self, const char *v)
{
    (void)v;
    ((struct session *)self)->sandbox.required = true;
    return true;
}

static const struct option_spec specs[] = {
    {"mode", 0, "hostile|legal", FUZZ_MODE_HELP, set_mode},
    {"tier", 0, "platform|handoff", "how far a boot goes (default platform; faults are confirmed by the whole boot)",
     set_tier},
    {"warn", 'W', "RULE", "what breaks RULE is no crash", set_warn},
    {"error", 'E', "RULE", "what breaks RULE is one", set_error},
    {"output", 'o', "FILE", "write the layout that the last CASE makes there, for hvmbed run", set_output},
    SANDBOX_SPECS(set_sandbox, set_require, set_limit),
    {"write-seeds", 0, "DIR", "write a case for each preset there, for afl-fuzz -i DIR, and end", set_seeds},
};
const struct option_verb afl_verb = {
    .name = "afl",
    .summary = "be a target for AFL++, whose cases make layouts",
    .operands = "FIRMWARE [CASE...]",
    .text = "A target for AFL++: afl-fuzz -i seeds -o out -- hvmbed afl FIRMWARE\n"
            "With CASEs, files of afl-fuzz's: boots them and says what is wrong.",
    .spec = specs,
    .nr = sizeof specs / sizeof specs[0],
    .least = 1,
    .most = 1 << 20,
    .run = cli_afl,
};

/* --- cases */

/* The fault that a case shows, in the tier that counts. */
static bool faulty(struct session *s, const struct layout *l, struct fuzz_found *x)
{
    size_t at = 0;
    const bool slow = lint_table_bytes(l) > TABLES_MAX;
    if (slow && s->tier == WARM_HANDOFF)
        return false;
    const struct verdict *v = target_run(&s->target, l, s->tier, NULL);
    if (v == NULL || !fuzz_next_fault(v, &at, x))
        return false;
    if (s->tier == WARM_HANDOFF)
        return true;
    if (slow)
        return false;
    /* Not all that is odd when PEI memory is published is so in the end. */
    at = 0;
    v = target_run(&s->target, l, WARM_HANDOFF, NULL);
    return v != NULL && fuzz_next_fault(v, &at, x);
}

static void make_layout(const struct session *s, const uint8_t *bytes, size_t n, struct layout *l)
{
    layout_of_bytes(bytes, n, s->preset, s->nr_presets, &s->mutate, l);
}

static bool run_case(void *self, const uint8_t *bytes, size_t n, uint8_t *map)
{
    struct session *s = self;
    struct layout l;
    struct fuzz_found x;
    make_layout(s, bytes, n, &l);
    coverage_clear(&s->target.map);
    const bool crash = faulty(s, &l, &x);
    memcpy(map, s->target.map.cell, sizeof s->target.map.cell);
    map[0] = 1; /* AFL wants to see something, whatever the layout */
    return crash;
}

/* --- by hand */

static uint8_t *read_file(const char *path, size_t *n, struct diag *d)
{
    FILE *in = fopen(path, "rb");
    uint8_t *bytes = malloc(AFL_INPUT_MAX);
    *n = in != NULL && bytes != NULL ? fread(bytes, 1, AFL_INPUT_MAX, in) : 0;
    const bool ok = in != NULL && bytes != NULL && ferror(in) == 0;
    if (in != NULL)
        (void)fclose(in);
    if (ok)
        return bytes;
    (void)diag_fail(d, path, 0, "cannot be read");
    free(bytes);
    return NULL;
}

static int replay_all(void *self)
{
    struct session *s = self;
    struct diag d = {0};
    struct layout l;
    int code = EXIT_CLEAN;
    for (int i = 0; i < s->nr_paths; i++) {
        struct fuzz_found x;
        make_layout(s, s->byhand[i].bytes, s->byhand[i].n, &l);
        if (faulty(s, &l, &x)) {
            (void)printf("%s: %s %s: %s\n", s->path[i], x.fingerprint, x.what,
                         x.finding != NULL ? x.finding->text : x.verdict->detail);
            code = EXIT_FINDING;
        } else {
            (void)printf("%s: nothing\n", s->path[i]);
        }
    }
    if (s->output == NULL)
        return code;
    layout_write(&l, papers_stream(&s->papers, 0));
    return papers_finish(&s->papers, 0, &d) ? code : cli_complain(&d);
}

/* Cases in files, each read before anything is booted. */
static int replay(struct session *s, int *signal)
{
    struct diag d = {0};
    struct caged_result end;
    unsigned at;
    s->byhand = calloc((size_t)s->nr_paths, sizeof *s->byhand);
    if (s->byhand == NULL)
        return EXIT_DEFECT;
    for (int i = 0; i < s->nr_paths; i++)
        if ((s->byhand[i].bytes = read_file(s->path[i], &s->byhand[i].n, &d)) == NULL)
            return cli_complain(&d);
    if (s->output != NULL && !papers_add(&s->papers, s->output, &at, &d))
        return cli_complain(&d);
    const struct caged_job j = {.sandbox = &s->sandbox,
                                .papers = &s->papers,
                                .address_space = target_address_space(1ull << 40),
                                .what = s->path[0],
                                .work = replay_all,
                                .self = s};
    caged_run(&j, &end);
    if (end.end == CAGED_LOST)
        (void)fprintf(stderr, "hvmbed: %s: %s; nothing can be said about it\n", s->path[0], end.why);
    *signal = end.end == CAGED_INTERRUPTED ? end.code : 0;
    return end.code;
}

static bool write_seeds(const struct session *s, struct diag *d)
{
    for (size_t i = 0; i < s->nr_presets; i++) {
        char path[PATH_MAX];
        (void)snprintf(path, sizeof path, "%s/preset-%03zu", s->seeds, i);
        (void)mkdir(s->seeds, 0777);
        struct outfile *out = outfile_open(path, d);
        if (out == NULL)
            return false;
        (void)fputc((int)i, outfile_stream(out)); /* layout_of_bytes() takes one byte for up to 256 of them */
        if (!outfile_commit(out, d))
            return false;
    }
    return true;
}

/* --- the verb */

/* AFL's processes keep the descriptors that it gave them, and its limits on memory and time. */
static bool enter_cage(struct session *s, bool forks)
{
    const struct cage_setup c = {
        .forks = forks, .keeps_inherited = true, .file_bytes = limit(&s->sandbox.limits, LIMIT_REPORT)};
    struct cage_state state;
    if (s->sandbox.off)
        return true;
    (void)cage_enter(&c, NULL, &state);
    return (state.missing & ~s->sandbox.state.missing) == 0;
}

static bool begin(void *self)
{
    return enter_cage(self, false);
}

static void add_preset(void *self, const struct layout *l, const struct diag *why)
{
    struct session *s = self;
    struct guest_memory g;
    (void)why;
    if (l == NULL || s->nr_presets == PRESETS_MAX || !layout_resolve(l, s->image.size, &g, NULL) ||
        !(l->type == GUEST_HVM ? s->mutate.hvm : s->mutate.pvh))
        return;
    s->preset[s->nr_presets++] = *l;
}

/*
 * What all children are to have in common: the state before the layout is looked at, of each guest. The second
 * boot keeps it (warm.h), a third one is the first to use it. AFL does not wait long.
 */
#define WARM_UP_BOOTS 3u
static void warm_up(struct session *s)
{
    unsigned done[2] = {0};
    for (size_t i = 0; i < s->nr_presets; i++) {
        const struct layout *l = &s->preset[i];
        if (done[l->type == GUEST_HVM]++ >= WARM_UP_BOOTS)
            continue;
        (void)target_run(&s->target, l, s->tier, NULL);
    }
}

static int afl(struct session *s, char **operand, int nr, int *signal)
{
    struct diag d = {0};
    const char *why;
    if (!sandbox_open(&s->sandbox, &d) || !image_load(operand[0], &s->image, &d))
        return cli_complain(&d);
    s->mutate.image_size = s->image.size;
    s->mutate.hvm = true;
    s->mutate.pvh = s->image.pvh.present;
    s->monitor.image = &s->image;
    if ((s->preset = calloc(PRESETS_MAX, sizeof *s->preset)) == NULL)
        return EXIT_DEFECT;
    char folder[PATH_MAX];
    if (preset_folder(folder, sizeof folder) && !corpus_load(folder, add_preset, s, &d))
        return cli_complain(&d);
    if (s->nr_presets == 0) {
        (void)diag_fail(&d, operand[0], 0, "no preset of a guest that it boots in is there");
        return cli_complain(&d);
    }
    if (s->seeds != NULL)
        return write_seeds(s, &d) ? EXIT_CLEAN : cli_complain(&d);
    s->target.limits = &s->sandbox.limits;
    if (!target_open(&s->target, &s->image, &s->monitor, &d))
        return cli_complain(&d);
    for (size_t i = 0; i < s->nr_presets; i++)
        if (!target_hold(&s->target, &s->preset[i], &d))
            return cli_complain(&d);
    s->path = operand + 1;
    s->nr_paths = nr - 1;
    if (nr > 1)
        return replay(s, signal);
    const struct afl_target t = {.map_size = sizeof s->target.map.cell, .run = run_case, .begin = begin, .self = s};
    const enum afl_wish wish = afl_asked();
    if (wish == AFL_ONE_CASE)
        return afl_one_case(&t) ? EXIT_CLEAN : EXIT_DEFECT;
    if (wish == AFL_NONE) {
        (void)diag_fail(&d, operand[0], 0, "AFL++ is to start this: afl-fuzz -i seeds -o out -- hvmbed afl FIRMWARE");
        return cli_complain(&d);
    }
    if (!enter_cage(s, true)) {
        (void)diag_fail(&d, operand[0], 0, "its process could not be caged");
        return cli_complain(&d);
    }
    warm_up(s);
    if (afl_serve(&t, &why))
        return EXIT_CLEAN;
    (void)diag_fail(&d, operand[0], 0, "%s", why);
    return cli_complain(&d);
}

int cli_afl(int argc, char **argv)
{
    int first = 0, code, signal = 0;
    struct session *s = calloc(1, sizeof *s);
    if (s == NULL)
        return EXIT_DEFECT;
    s->tier = WARM_PLATFORM;
    sandbox_init(&s->sandbox);
    s->mutate.hostile = true;
    monitor_defaults(&s->monitor);
    s->monitor.budget = BUDGET;
    s->monitor.no_chains = true;
    if (options_begin(&afl_verb, s, argc, argv, &first, &code))
        code = afl(s, argv + first, argc - first, &signal);
    if (s->target.warm != NULL)
        target_close(&s->target);
    papers_abort(&s->papers);
    for (int i = 0; s->byhand != NULL && i < s->nr_paths; i++)
        free(s->byhand[i].bytes);
    free(s->byhand);
    free(s->preset);
    image_free(&s->image);
    free(s);
    return signal != 0 ? caged_end_by(signal) : code;
}
