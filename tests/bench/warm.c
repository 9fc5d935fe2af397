/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPU time of one more layout in a process, against a boot from reset whose firmware its own code unpacks.
 * Usage: warm LAYOUT OTHER-LAYOUT FIRMWARE [RUNS]; exit 1 when one is over its limit.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "boot/find.h"
#include "warm/base.h"
#include "warm/warm.h"

/* Of a cold boot: twice what is measured on an idle machine, and more. */
#define HANDOFF_LIMIT (1.0 / 80)
#define PLATFORM_LIMIT (1.0 / 2000)
#define RESTORE_LIMIT (1.0 / 8000)

static double cpu_seconds(void)
{
    struct timespec t = {0};
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double cold(const struct boot_case *c, const struct monitor_options *o)
{
    struct machine *m = calloc(1, sizeof *m);
    struct monitor *mon = calloc(1, sizeof *mon);
    struct verdict *v = calloc(1, sizeof *v);
    const double begin = cpu_seconds();
    if (m != NULL && mon != NULL && v != NULL && boot_case_power_on(c, &c->layout, m, NULL)) {
        monitor_init(mon, m, o, v);
        monitor_run(mon);
        verdict_free(v);
        machine_exit(m);
    }
    free(m);
    free(mon);
    free(v);
    return cpu_seconds() - begin;
}

/* Of one boot, in the layouts by turns; planning included. 0 when it is not warm. */
static double warm(const struct image *im, const struct monitor_options *o, const struct layout *l,
                   const struct boot_choice *choice, enum warm_tier tier, unsigned runs)
{
    struct diag d;
    struct boot_case c[2] = {0};
    struct warm *w = warm_open(im, o, &d);
    double begin = 0;
    for (unsigned i = 0; w != NULL && i < runs + 8; i++) {
        struct boot_case *next = &c[i % 2];
        struct warm_result r = {0};
        if (i == 8)
            begin = cpu_seconds();
        boot_case_free(next);
        memset(next, 0, sizeof *next);
        const bool ok = boot_case_prepare(next, &l[i % 2], im, choice, &d) && warm_run(w, next, tier, &r, &d);
        if (!ok || (i >= 8 && !r.warm)) {
            runs = 0;
            break;
        }
    }
    const double t = runs != 0 ? (cpu_seconds() - begin) / runs : 0;
    warm_close(w);
    boot_case_free(&c[0]);
    boot_case_free(&c[1]);
    return t;
}

/* Going back alone, to the beginning that both layouts have in common. 0 when there is none. */
static double restore(const struct image *im, const struct monitor_options *o, const struct layout *l,
                      const struct boot_choice *choice, unsigned runs)
{
    struct diag d;
    struct boot_case c[2] = {0};
    struct base *b = calloc(1, sizeof *b);
    struct monitor *mon = calloc(1, sizeof *mon);
    bool ok = b != NULL && mon != NULL && boot_case_prepare(&c[0], &l[0], im, choice, &d) &&
              boot_case_prepare(&c[1], &l[1], im, choice, &d);
    if (ok)
        base_init(b, &c[0], NULL);
    for (unsigned i = 0; ok && i < 2; i++) { /* where the firmware looks at the layout; then up to there */
        struct verdict v = {0};
        ok = base_begin(b, &c[0], &d);
        if (ok) {
            monitor_init(mon, &b->machine, o, &v);
            base_run(b, mon);
        }
        verdict_free(&v);
    }
    const double begin = cpu_seconds();
    for (unsigned i = 0; ok && i < runs; i++)
        ok = base_go_back(b, &c[i % 2]) == NULL;
    const double t = ok ? (cpu_seconds() - begin) / runs : 0;
    if (b != NULL)
        base_off(b);
    boot_case_free(&c[0]);
    boot_case_free(&c[1]);
    free(mon);
    free(b);
    return t;
}

/* Beside what a user waits for in QEMU before PEI begins, where that is known. */
static void tell_beside(double t, double qemu)
{
    if (qemu > 0 && t > 0)
        (void)printf("%-44s 1/%.0f of QEMU TCG's SEC (%.0f ms)\n", "", qemu / t, qemu * 1e3);
}

static bool row(const char *what, double t, double reset, double limit)
{
    const bool ok = t > 0 && t <= reset * limit;
    (void)printf("%-44s %.3f ms / %.0f ms  1/%.0f, %.0f/s  limit 1/%.0f  %s\n", what, t * 1e3, reset * 1e3,
                 t > 0 ? reset / t : 0, t > 0 ? 1 / t : 0, 1 / limit, ok ? "ok" : "OVER");
    return ok;
}

int main(int argc, char **argv)
{
    struct diag d = {0};
    struct image im = {0};
    struct layout l[2];
    struct monitor_options o;
    struct boot_case c = {0};
    monitor_defaults(&o);
    if (argc < 4 || !layout_read(argv[1], &l[0], &d) || !layout_read(argv[2], &l[1], &d) ||
        !image_load(argv[3], &im, &d)) {
        (void)fprintf(stderr, "usage: warm LAYOUT OTHER-LAYOUT FIRMWARE [RUNS [QEMU-SEC-SECONDS]] (%s)\n", d.message);
        return 2;
    }
    const unsigned runs = argc > 4 ? (unsigned)strtoul(argv[4], NULL, 10) : 50;
    const struct boot_choice choice = {.handoff = l[0].type == GUEST_HVM ? "hvm" : "pvh"};
    if (!boot_case_prepare(&c, &l[0], &im, &choice, &d))
        return 2;
    const double by_host = cold(&c, &o);
    struct monitor_options guest = o;
    guest.guest_lzma = true;
    guest.patience = 100000;
    const double reset = cold(&c, &guest);
    (void)printf("%-44s %.0f ms / %.0f ms  1/%.1f\n", "from reset, the host unpacks / the guest", by_host * 1e3,
                 reset * 1e3, reset / by_host);
    const double qemu = argc > 5 ? strtod(argv[5], NULL) : 0;
    tell_beside(by_host, qemu);
    const double handoff = warm(&im, &o, l, &choice, WARM_HANDOFF, runs);
    bool ok = row("one more layout, to the hand-off", handoff, reset, HANDOFF_LIMIT);
    tell_beside(handoff, qemu);
    const double platform = warm(&im, &o, l, &choice, WARM_PLATFORM, 20 * runs);
    ok &= row("one more layout, to the platform", platform, reset, PLATFORM_LIMIT);
    tell_beside(platform, qemu);
    const double back = restore(&im, &o, l, &choice, 20 * runs);
    ok &= row("of that: back to the beginning", back, reset, RESTORE_LIMIT);
    tell_beside(back, qemu);
    boot_case_free(&c);
    image_free(&im);
    return ok ? 0 : 1;
}
