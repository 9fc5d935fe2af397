/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is what a run says the firmware wrote all that it wrote? Memory after the boot is compared with that of a machine that
 * was just switched on: each page that differs must be in one of the runs of pages.
 * Usage: written [-g] FIRMWARE HANDOFF LAYOUT
 *   -g  the guest unpacks the firmware itself: its decompressor's own memory is left out
 * Exit 0 it is, 1 not, 2 cannot be run.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "boot/case.h"
#include "boot/find.h"
#include "check/monitor.h"

struct proof {
    struct image image;
    struct boot_case c;
    struct machine before, after;
    struct monitor monitor;
    struct verdict verdict;
};

static bool is_told(const struct written *w, uint64_t gpa)
{
    for (size_t i = 0; i < w->nr; i++)
        if (span_has(w->run[i].at, gpa))
            return true;
    return false;
}

/* The decoder's memory, and the stack that it has used. */
static bool is_scratch(const struct proof *p, uint64_t gpa)
{
    const uint64_t scratch = p->monitor.unpack.scratch;
    return gpa >= page_down(scratch) && gpa < scratch + 64 * KIB;
}

static unsigned compare(const struct proof *p, bool guest)
{
    const struct plan *plan = &p->c.plan;
    unsigned bad = 0, differ = 0;
    for (size_t i = 0; i < plan->nr; i++) {
        const struct plan_range *r = &plan->r[i];
        for (uint64_t gpa = page_down(r->at.start); r->kind == PLAN_RAM && gpa < r->at.end; gpa += PAGE_SIZE) {
            const uint8_t *now = memory_hva(&p->after.memory, gpa);
            const uint8_t *was = memory_hva(&p->before.memory, gpa);
            if (now != p->after.memory.base + gpa || memcmp(now, was, PAGE_SIZE) == 0)
                continue; /* where Xen has put a page of its own, it is not the guest's */
            differ++;
            if (is_told(p->verdict.written, gpa) || (guest && is_scratch(p, gpa)))
                continue;
            bad++;
            printf("%#llx has changed, and nobody is said to have written there\n", (unsigned long long)gpa);
        }
    }
    printf("%u pages differ, %llu were written, %u untold\n", differ, (unsigned long long)p->verdict.written->pages,
           bad);
    return bad;
}

static int prove(struct proof *p, bool guest, char **argv, struct diag *d)
{
    const struct boot_choice choice = {.handoff = argv[1]};
    struct monitor_options o;
    struct layout l;
    char file[512];
    monitor_defaults(&o);
    o.written = true;
    o.guest_lzma = o.guest_bulk = guest;
    o.image = &p->image;
    if (!image_load(argv[0], &p->image, d) || !layout_find(argv[2], file, sizeof file, d) ||
        !layout_read(file, &l, d) || !boot_case_prepare(&p->c, &l, &p->image, &choice, d) ||
        !boot_case_power_on(&p->c, &p->c.layout, &p->before, d) ||
        !boot_case_power_on(&p->c, &p->c.layout, &p->after, d))
        return 2;
    monitor_init(&p->monitor, &p->after, &o, &p->verdict);
    monitor_run(&p->monitor);
    if (p->verdict.written == NULL || p->verdict.written->nr == 0) {
        printf("nothing is said to have been written\n");
        return 1;
    }
    return compare(p, guest) != 0;
}

int main(int argc, char **argv)
{
    const bool guest = argc > 1 && strcmp(argv[1], "-g") == 0;
    struct proof *p = calloc(1, sizeof *p);
    struct diag d = {0};
    if (p == NULL || argc != 4 + guest) {
        (void)fprintf(stderr, "usage: written [-g] FIRMWARE HANDOFF LAYOUT\n");
        free(p);
        return 2;
    }
    const int code = prove(p, guest, argv + 1 + guest, &d);
    if (code == 2)
        (void)fprintf(stderr, "written: %s: %s\n", d.file, d.message);
    if (p->after.engine != NULL)
        machine_exit(&p->after);
    if (p->before.engine != NULL)
        machine_exit(&p->before);
    verdict_free(&p->verdict);
    boot_case_free(&p->c);
    image_free(&p->image);
    free(p);
    return code;
}
