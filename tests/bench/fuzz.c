/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How many layouts a second one core boots, as hvmbed fuzz makes them: mutants of the layouts and of what they became,
 * rules on, coverage taken. What begins at reset is counted apart, with the reason.
 * Usage: fuzz platform|handoff RUNS SEED FIRMWARE LAYOUT...
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fuzz/fuzz.h"
#include "fuzz/mutate.h"
#include "fuzz/target.h"

#define LAYOUTS_MAX 256u
#define REASONS_MAX 16u

struct reason {
    const char *why;
    unsigned nr;
    double seconds;
};

static struct bench {
    struct target target;
    struct image image;
    struct layout layout[LAYOUTS_MAX];
    size_t nr_layouts;
    struct reason reason[REASONS_MAX];
    size_t nr_reasons;
} bench;

static double cpu_seconds(void)
{
    struct timespec t = {0};
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void count(struct bench *b, const char *why, double seconds)
{
    size_t i = 0;
    while (i < b->nr_reasons && strcmp(b->reason[i].why, why) != 0)
        i++;
    if (i == REASONS_MAX)
        return;
    if (i == b->nr_reasons)
        b->reason[b->nr_reasons++].why = why;
    b->reason[i].nr++;
    b->reason[i].seconds += seconds;
}

static void run(struct bench *b, const struct layout *l, enum warm_tier tier, uint64_t mutant, bool counted)
{
    const double begin = cpu_seconds();
    if ((tier == WARM_HANDOFF && fuzz_is_slow(l, mutant)) || target_run(&b->target, l, tier, NULL) == NULL)
        return;
    if (counted)
        count(b, b->target.why_cold, cpu_seconds() - begin);
}

int main(int argc, char **argv)
{
    struct bench *b = &bench;
    struct diag d = {0};
    struct monitor_options o;
    struct chooser c;
    monitor_defaults(&o);
    o.first_only = o.no_chains = true;
    o.budget = 400000000;
    if (argc < 6 || !image_load(argv[4], &b->image, &d) || !target_open(&b->target, &b->image, &o, &d)) {
        (void)fprintf(stderr, "usage: fuzz platform|handoff RUNS SEED FIRMWARE LAYOUT... (%s)\n", d.message);
        return 2;
    }
    o.image = &b->image;
    const enum warm_tier tier = strcmp(argv[1], "handoff") == 0 ? WARM_HANDOFF : WARM_PLATFORM;
    const unsigned long runs = strtoul(argv[2], NULL, 10);
    const size_t seeds = (size_t)(argc - 5);
    chooser_seed(&c, strtoull(argv[3], NULL, 10));
    for (size_t i = 0; i < seeds && i < LAYOUTS_MAX; i++)
        if (!layout_read(argv[5 + i], &b->layout[b->nr_layouts++], &d)) {
            (void)fprintf(stderr, "%s: %s\n", argv[5 + i], d.message);
            return 2;
        }
    struct mutate_options m = {.hostile = true,
                               .hvm = b->layout[0].type == GUEST_HVM,
                               .pvh = b->layout[0].type == GUEST_PVH,
                               .image_size = b->image.size};
    for (unsigned i = 0; i < 3; i++)
        run(b, &b->layout[0], tier, 0, false);
    m.nr_spared = warm_fixed(b->target.warm, m.spared, MUTATE_SPARED_MAX);
    const double begin = cpu_seconds();
    double making = 0;
    for (unsigned long i = 0; i < runs; i++) {
        const double start = cpu_seconds();
        struct layout l = b->layout[choose(&c, b->nr_layouts)];
        const bool changed = mutate(&l, &b->layout[choose(&c, b->nr_layouts)], &c, &m);
        making += cpu_seconds() - start;
        if (!changed)
            continue;
        run(b, &l, tier, i, true);
        if (b->nr_layouts < LAYOUTS_MAX) /* one in eight is changed again later on */
            b->layout[b->nr_layouts++] = l;
        else if (choose(&c, 8) == 0)
            b->layout[seeds + choose(&c, LAYOUTS_MAX - seeds)] = l;
    }
    const double all = cpu_seconds() - begin;
    unsigned nr = 0;
    for (size_t i = 0; i < b->nr_reasons; i++) {
        const struct reason *r = &b->reason[i];
        nr += r->nr;
        printf("%6u in %8.3f s, %9.3f ms each: %s\n", r->nr, r->seconds, r->seconds / r->nr * 1e3,
               r->why[0] != '\0' ? r->why : "warm");
    }
    printf("%6u in %8.3f s, %9.3f ms each, %.0f/s; making them %.3f s\n", nr, all, nr != 0 ? all / nr * 1e3 : 0,
           nr / all, making);
    target_close(&b->target);
    image_free(&b->image);
    return 0;
}
