/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is a boot that does not begin at reset the same boot? Each layout is booted from reset and warm, and the reports, text
 * and JSON, HOB list and all, must be the same bytes. Then once more in children of the process as it is by then.
 * Usage: warm [-p] [-g] [-n ROUNDS] [-w LEAST] [-f MAX-KIB] FIRMWARE HANDOFF LAYOUT...
 *   -p  to the published PEI memory instead of the hand-off
 *   -g  the guest unpacks the firmware itself
 *   -n  that many rounds over all layouts
 *   -w  at least that many boots must have been warm
 *   -f  resident memory may grow by that much after the second round
 *   -c  no boots from reset: what the first round says is compared with
 * Exit 0 equal, 1 not, 2 cannot be run.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "boot/find.h"
#include "report/report.h"
#include "warm/warm.h"

struct options {
    enum warm_tier tier;
    bool guest_lzma, no_cold;
    unsigned rounds, least, growth;
};

struct bed {
    struct options o;
    struct image image;
    struct monitor_options monitor;
    struct warm *warm;
    size_t nr;
    struct boot_case *c;
    char **expected; /* the reports of boots from reset */
    unsigned bad, warmed, runs;
};

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

static char *boot_cold(struct bed *b, const struct boot_case *c, struct diag *d)
{
    struct machine *m = calloc(1, sizeof *m);
    struct monitor *mon = calloc(1, sizeof *mon);
    struct verdict *v = calloc(1, sizeof *v);
    char *text = NULL;
    struct monitor_options o = b->monitor;
    o.image = &b->image;
    o.platform = b->o.tier == WARM_PLATFORM;
    if (m != NULL && mon != NULL && v != NULL && boot_case_power_on(c, &c->layout, m, d)) {
        monitor_init(mon, m, &o, v);
        monitor_run(mon);
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

static bool boot_warm(struct bed *b, size_t i, const char *what, struct diag *d)
{
    struct warm_result r;
    if (!warm_run(b->warm, &b->c[i], b->o.tier, &r, d))
        return false;
    b->runs++;
    b->warmed += r.warm;
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
            if (!boot_warm(b, i, "again", d))
                return false;
        if (n == 2)
            before = resident_kib();
    }
    const long grown = resident_kib() - before;
    if (b->o.growth != 0 && grown > (long)b->o.growth) {
        printf("resident memory has grown by %ld KiB\n", grown);
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
    const struct boot_choice choice = {.handoff = handoff};
    for (size_t i = 0; i < b->nr; i++) {
        struct layout l;
        char file[512];
        if (!layout_find(layouts[i], file, sizeof file, d) || !layout_read(file, &l, d) ||
            !boot_case_prepare(&b->c[i], &l, &b->image, &choice, d))
            return false;
        if (!b->o.no_cold && (b->expected[i] = boot_cold(b, &b->c[i], d)) == NULL)
            return false;
    }
    b->warm = warm_open(&b->image, &b->monitor, d);
    return b->warm != NULL && rounds(b, d) && in_children(b, d);
}

static bool parse(int argc, char **argv, struct options *o)
{
    int opt;
    *o = (struct options){.tier = WARM_HANDOFF, .rounds = 3};
    while ((opt = getopt(argc, argv, "pgcn:w:f:")) != -1) {
        if (opt == 'p')
            o->tier = WARM_PLATFORM;
        else if (opt == 'g')
            o->guest_lzma = true;
        else if (opt == 'c')
            o->no_cold = true;
        else if (opt == 'n')
            o->rounds = (unsigned)strtoul(optarg, NULL, 10);
        else if (opt == 'w')
            o->least = (unsigned)strtoul(optarg, NULL, 10);
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
        (void)fprintf(stderr, "usage: warm [-pgc] [-n ROUNDS] [-w LEAST] [-f MAX-KIB] FIRMWARE HANDOFF LAYOUT...\n");
        free(b);
        return 2;
    }
    b->nr = (size_t)(argc - optind - 2);
    b->c = calloc(b->nr, sizeof *b->c);
    b->expected = calloc(b->nr, sizeof *b->expected);
    monitor_defaults(&b->monitor);
    b->monitor.guest_lzma = b->o.guest_lzma;
    bool ok = b->c != NULL && b->expected != NULL && image_load(argv[optind], &b->image, &d) &&
              prove(b, argv + optind + 2, argv[optind + 1], &d);
    if (ok && b->warmed < b->o.least) {
        printf("%u boots of %u were warm, %u were to be\n", b->warmed, b->runs, b->o.least);
        b->bad++;
    }
    printf("%u boots, %u of them warm, %u different\n", b->runs, b->warmed, b->bad);
    if (!ok)
        (void)fprintf(stderr, "warm: %s: %s\n", d.file, d.message);
    warm_close(b->warm);
    for (size_t i = 0; i < b->nr && b->c != NULL && b->expected != NULL; i++) {
        boot_case_free(&b->c[i]);
        free(b->expected[i]);
    }
    const bool bad = b->bad != 0;
    image_free(&b->image);
    free(b->expected);
    free(b->c);
    free(b);
    return !ok ? 2 : bad;
}
