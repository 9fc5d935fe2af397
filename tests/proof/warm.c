/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is a boot that does not begin at reset the same boot? Each layout is booted from reset and warm, and the reports, text
 * and JSON, HOB list and all, must be the same bytes. Then once more in children of the process as it is by then.
 * Usage: warm [-pgc1r] [-E RULE] [-x LIMIT] [-n ROUNDS] [-w LEAST] [-t LEAST] [-f MAX-KIB] [-m MUTANTS [-s SEED]] FIRMWARE HANDOFF LAYOUT...
 *   -p  to the published PEI memory instead of the hand-off
 *   -g  the guest unpacks the firmware itself
 *   -n  that many rounds over all layouts
 *   -w  at least that many boots must have been warm
 *   -f  resident memory may grow by that much in the second half of the rounds
 *   -t  that many blocks, at least, must have been taken over from other boots; and the same layout must have the same
 *       coverage in each round
 *   -c  no boots from reset: what the first round says is compared with
 *   -m  then so many mutants of the layouts, as hvmbed fuzz makes them, each once from reset and once warm; with -c only
 *       warm, and then -f looks at memory in their second half
 *   -s  the seed of the mutants
 *   -1  a boot ends with the first error, as in hvmbed fuzz (-m means that, too)
 *   -r  after each boot that layout once more by warm_replay(), to where the others do not go and with all findings or the
 *       first, as the others have not
 *   -E  what breaks that rule is an error
 * Exit 0 equal, 1 not, 2 cannot be run.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "boot/find.h"
#include "fuzz/coverage.h"
#include "fuzz/fuzz.h"
#include "fuzz/mutate.h"
#include "layout/write.h"
#include "report/report.h"
#include "warm/warm.h"

struct options {
    enum warm_tier tier;
    bool guest_lzma, no_cold, first_only, replays;
    unsigned rounds, least, growth, mutants;
    uint64_t seed, taken;
    const char *error;
    struct limits limits;
};

struct bed {
    struct options o;
    struct image image;
    struct monitor_options monitor;
    struct warm *warm;
    size_t nr;
    struct boot_case *c;
    struct layout *layout;
    char **expected; /* the reports of boots from reset */
    char **replayed; /* likewise, as replays have it */
    unsigned bad, warmed, runs, replays;
    uint64_t anew; /* replays that made a machine */
    uint64_t spared;
    struct edges edges;
    uint8_t *coverage; /* of each layout, COVERAGE_SIZE */
};

static const struct warm_trace trace = {.edge = edges_add, .begin = edges_clear};

static char *report(const struct boot_case *c, const struct verdict *v)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    const struct report_style style = {.verbose = 1, .hobs = true};
    const struct report_input in = {
        .image = c->image,
        .layout = &c->layout,
        .guest = &c->guest,
        .verdict = v,
        .handoff = c->handoff->name,
        .loader = c->loader.bytes != NULL ? &c->loader : NULL,
        .engine_version = "",
        .exit_code = verdict_exit_code(v),
    };
    bool ok = out != NULL && report_writer_find("json")->write(&in, &style, out) &&
              report_writer_find("text")->write(&in, &style, out);
    if (out == NULL || fclose(out) != 0 || !ok) {
        free(text);
        return NULL;
    }
    return text;
}

static struct monitor_options usual(const struct bed *b)
{
    struct monitor_options o = b->monitor;
    o.image = &b->image;
    o.platform = b->o.tier == WARM_PLATFORM;
    return o;
}

static char *boot_cold(const struct boot_case *c, const struct monitor_options *o, bool log, struct diag *d)
{
    struct machine *m = calloc(1, sizeof *m);
    struct monitor *mon = calloc(1, sizeof *mon);
    struct verdict *v = calloc(1, sizeof *v);
    char *text = NULL;
    if (m != NULL && mon != NULL && v != NULL && boot_case_power_on(c, &c->layout, m, d)) {
        monitor_init(mon, m, o, v);
        monitor_run(mon);
        if (log)
            v->debug_log = platform_debug_log(&m->platform, &v->debug_log_size, &v->debug_log_truncated);
        text = report(c, v);
        verdict_free(v);
        machine_exit(m);
    }
    free(m);
    free(mon);
    free(v);
    return text;
}

/* The first line that differs. */
static void show(const char *what, const char *layout, const char *a, const char *b)
{
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    for (; a[-1] != '\n' && a[-1] != ','; b--)
        a--;
    printf("%s %s: reset: %.160s\n%s %s: warm:  %.160s\n", layout, what, a, layout, what, b);
}

/* Whatever was taken over, the firmware has done the same. */
static void compare_coverage(struct bed *b, size_t i, const struct warm_result *r)
{
    uint8_t *expected = b->coverage + i * COVERAGE_SIZE;
    static struct coverage_map map;
    static const uint8_t none[COVERAGE_SIZE];
    coverage_fill(&map, &b->edges, r->verdict, r->machine);
    if (memcmp(expected, none, COVERAGE_SIZE) == 0)
        memcpy(expected, map.cell, COVERAGE_SIZE);
    else if (memcmp(expected, map.cell, COVERAGE_SIZE) != 0 && ++b->bad != 0)
        printf("%s: its coverage is another\n", b->c[i].layout.path);
}

static bool boot_warm(struct bed *b, size_t i, const char *what, struct diag *d)
{
    struct warm_result r;
    if (!warm_run(b->warm, &b->c[i], b->o.tier, &r, d))
        return false;
    b->runs++;
    b->warmed += r.warm;
    b->spared += r.spared;
    if (b->o.taken != 0)
        compare_coverage(b, i, &r);
    char *text = report(&b->c[i], r.verdict);
    if (text == NULL)
        return false;
    if (b->expected[i] == NULL) {
        b->expected[i] = text;
        return true;
    }
    if (strcmp(text, b->expected[i]) != 0) {
        show(what, b->c[i].layout.path, b->expected[i], text);
        b->bad++;
    }
    free(text);
    return true;
}

/* Judged otherwise, and with no trace left of it in the boots after it. */
static bool replay(struct bed *b, size_t i, struct diag *d)
{
    struct verdict *v = calloc(1, sizeof *v);
    struct monitor_options o = usual(b);
    o.platform = !o.platform;
    o.first_only = !o.first_only;
    const uint64_t machines = warm_machines(b->warm);
    bool ok = v != NULL && warm_replay(b->warm, &b->c[i], &o, v, d);
    char *text = ok ? report(&b->c[i], v) : NULL;
    b->replays++;
    b->anew += warm_machines(b->warm) != machines;
    if (ok && b->replayed[i] == NULL)
        b->replayed[i] = boot_cold(&b->c[i], &o, false, d);
    ok = text != NULL && b->replayed[i] != NULL;
    if (ok && strcmp(text, b->replayed[i]) != 0) {
        show("replayed", b->c[i].layout.path, b->replayed[i], text);
        b->bad++;
    }
    free(text);
    if (v != NULL)
        verdict_free(v);
    free(v);
    return ok;
}

static long resident_kib(void)
{
    long pages = 0, resident = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (f != NULL && fscanf(f, "%ld %ld", &pages, &resident) != 2)
        resident = 0;
    if (f != NULL)
        (void)fclose(f);
    return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

static bool rounds(struct bed *b, struct diag *d)
{
    long before = 0;
    for (unsigned n = 0; n < b->o.rounds; n++) {
        for (size_t i = 0; i < b->nr; i++)
            if (!boot_warm(b, i, "again", d) || (b->o.replays && !replay(b, i, d)))
                return false;
        if (n == b->o.rounds / 2)
            before = resident_kib();
    }
    const long grown = resident_kib() - before;
    if (b->o.growth != 0 && grown > (long)b->o.growth) {
        printf("resident memory has grown by %ld KiB\n", grown);
        b->bad++;
    }
    return true;
}

/* The same image may not be bootable in a mutant: then there is nothing to compare. */
static bool boot_mutant(struct bed *b, const struct layout *l, const struct boot_choice *choice, struct diag *d)
{
    const struct monitor_options o = usual(b);
    struct boot_case c = {0};
    struct warm_result r;
    char *expected = NULL, *text = NULL;
    bool ok = true;
    if (boot_case_prepare(&c, l, &b->image, choice, d) &&
        (b->o.no_cold || (expected = boot_cold(&c, &o, true, d)) != NULL)) {
        ok = warm_run(b->warm, &c, b->o.tier, &r, d) && (text = report(&c, r.verdict)) != NULL;
        b->runs++;
        b->warmed += ok && r.warm;
        if (ok && expected != NULL && strcmp(text, expected) != 0) {
            char name[32];
            (void)snprintf(name, sizeof name, "mutant-%u.cfg", b->bad++);
            show(r.warm ? "warm" : r.why_cold, name, expected, text);
            FILE *out = fopen(name, "w");
            if (out != NULL) {
                layout_write(l, out);
                (void)fclose(out);
            }
        }
    }
    free(expected);
    free(text);
    boot_case_free(&c);
    return ok;
}

static bool mutants(struct bed *b, const struct boot_choice *choice, struct diag *d)
{
    struct mutate_options o = {.hostile = true,
                               .hvm = b->layout[0].type == GUEST_HVM,
                               .pvh = b->layout[0].type == GUEST_PVH,
                               .image_size = b->image.size};
    struct chooser chooser;
    long before = 0;
    struct layout l = b->layout[0];
    if (b->o.no_cold) /* many more then, in the same time */
        o.nr_spared = warm_fixed(b->warm, o.spared, MUTATE_SPARED_MAX);
    chooser_seed(&chooser, b->o.seed);
    for (unsigned i = 0; i < b->o.mutants; i++) {
        if (choose(&chooser, 4) == 0) /* else what has been changed is changed again */
            l = b->layout[choose(&chooser, b->nr)];
        if (!mutate(&l, &b->layout[choose(&chooser, b->nr)], &chooser, &o) || fuzz_is_slow(&l, 0))
            continue;
        if (!boot_mutant(b, &l, choice, d))
            return false;
        if (i == b->o.mutants / 2)
            before = resident_kib();
    }
    const long grown = resident_kib() - before;
    if (b->o.mutants != 0 && b->o.no_cold && b->o.growth != 0 && grown > (long)b->o.growth) {
        printf("resident memory has grown by %ld KiB over %u mutants\n", grown, b->o.mutants / 2);
        b->bad++;
    }
    return true;
}

/* A child for each, from the state that this process has come to. */
static bool in_children(struct bed *b, struct diag *d)
{
    for (size_t i = 0; i < b->nr; i++) {
        (void)fflush(stdout);
        const pid_t pid = fork();
        if (pid == 0) {
            b->bad = 0;
            const bool ok = boot_warm(b, i, "in a child", d);
            (void)fflush(stdout);
            _exit(ok && b->bad == 0 ? 0 : 1);
        }
        int status = 0;
        if (pid < 0 || waitpid(pid, &status, 0) != pid)
            return diag_fail(d, "", 0, "cannot fork");
        b->bad += status != 0;
    }
    return true;
}

static bool prove(struct bed *b, char **layouts, const char *handoff, struct diag *d)
{
    const struct boot_choice choice = {.handoff = handoff, .limits = &b->o.limits};
    const struct monitor_options o = usual(b);
    for (size_t i = 0; i < b->nr; i++) {
        struct layout l;
        char file[512];
        if (!layout_find(layouts[i], file, sizeof file, d) || !layout_read(file, &l, d) ||
            !boot_case_prepare(&b->c[i], &l, &b->image, &choice, d))
            return false;
        b->layout[i] = l;
        if (!b->o.no_cold && (b->expected[i] = boot_cold(&b->c[i], &o, true, d)) == NULL)
            return false;
    }
    b->warm = warm_open(&b->image, &b->monitor, d);
    if (b->warm != NULL && b->o.taken != 0)
        warm_trace(b->warm, &trace, &b->edges);
    return b->warm != NULL && rounds(b, d) && mutants(b, &choice, d) && in_children(b, d);
}

static bool parse(int argc, char **argv, struct options *o)
{
    int opt;
    *o = (struct options){.tier = WARM_HANDOFF, .rounds = 3, .seed = 1};
    while ((opt = getopt(argc, argv, "pgc1rn:w:t:f:m:s:E:x:")) != -1) {
        if (opt == 'p')
            o->tier = WARM_PLATFORM;
        else if (opt == 'g')
            o->guest_lzma = true;
        else if (opt == 'c')
            o->no_cold = true;
        else if (opt == '1')
            o->first_only = true;
        else if (opt == 'r')
            o->replays = true;
        else if (opt == 'E')
            o->error = optarg;
        else if (opt == 'x' && limits_set(&o->limits, optarg, LIMIT_OF_GUEST, NULL))
            continue;
        else if (opt == 'n')
            o->rounds = (unsigned)strtoul(optarg, NULL, 10);
        else if (opt == 'w')
            o->least = (unsigned)strtoul(optarg, NULL, 10);
        else if (opt == 't')
            o->taken = strtoull(optarg, NULL, 10);
        else if (opt == 'm')
            o->mutants = (unsigned)strtoul(optarg, NULL, 10);
        else if (opt == 's')
            o->seed = strtoull(optarg, NULL, 10);
        else if (opt == 'f')
            o->growth = (unsigned)strtoul(optarg, NULL, 10);
        else
            return false;
    }
    return argc - optind >= 3;
}

int main(int argc, char **argv)
{
    struct bed *b = calloc(1, sizeof *b);
    struct diag d = {0};
    if (b == NULL || !parse(argc, argv, &b->o)) {
        (void)fprintf(
            stderr,
            "usage: warm [-pgc1r] [-E RULE] [-n ROUNDS] [-w LEAST] [-t LEAST] [-f MAX-KIB] [-m MUTANTS [-s SEED]] FIRMWARE HANDOFF LAYOUT...\n");
        free(b);
        return 2;
    }
    b->nr = (size_t)(argc - optind - 2);
    b->c = calloc(b->nr, sizeof *b->c);
    b->expected = calloc(b->nr, sizeof *b->expected);
    b->replayed = calloc(b->nr, sizeof *b->replayed);
    b->layout = calloc(b->nr, sizeof *b->layout);
    b->coverage = calloc(b->nr, COVERAGE_SIZE);
    monitor_defaults(&b->monitor);
    b->monitor.guest_lzma = b->o.guest_lzma;
    b->monitor.first_only = b->o.first_only || b->o.mutants != 0; /* or one boot of a mutant may take minutes */
    if (b->o.error != NULL && !monitor_set_severity(&b->monitor, b->o.error, SEVERITY_ERROR)) {
        (void)fprintf(stderr, "warm: no such rule: %s\n", b->o.error);
        free(b);
        return 2;
    }
    bool ok = b->c != NULL && b->expected != NULL && b->replayed != NULL && b->layout != NULL && b->coverage != NULL &&
              image_load(argv[optind], &b->image, &d) && prove(b, argv + optind + 2, argv[optind + 1], &d);
    if (ok && b->warmed < b->o.least) {
        printf("%u boots of %u were warm, %u were to be\n", b->warmed, b->runs, b->o.least);
        b->bad++;
    }
    if (ok && b->spared < b->o.taken) {
        printf("%llu blocks were taken over, %llu were to be\n", (unsigned long long)b->spared,
               (unsigned long long)b->o.taken);
        b->bad++;
    }
    if (b->replays != 0)
        printf("%u replays, %llu in new machines\n", b->replays, (unsigned long long)b->anew);
    printf("%u boots, %u of them warm, %u different\n", b->runs, b->warmed, b->bad);
    if (!ok)
        (void)fprintf(stderr, "warm: %s: %s\n", d.file, d.message);
    warm_close(b->warm);
    for (size_t i = 0; i < b->nr && b->c != NULL && b->expected != NULL && b->replayed != NULL; i++) {
        boot_case_free(&b->c[i]);
        free(b->expected[i]);
        free(b->replayed[i]);
    }
    const bool bad = b->bad != 0;
    image_free(&b->image);
    free(b->expected);
    free(b->replayed);
    free(b->layout);
    free(b->coverage);
    free(b->c);
    free(b);
    return !ok ? 2 : bad;
}
