/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz/target.h"

#include <stdlib.h>
#include <string.h>

bool target_open(struct target *t, const struct image *im, const struct monitor_options *o, struct diag *d)
{
    t->image = im;
    t->warm = warm_open(im, o, d);
    if (t->warm == NULL)
        return false;
    warm_trace(t->warm, edges_block, &t->edges);
    return true;
}

void target_close(struct target *t)
{
    warm_close(t->warm);
    boot_case_free(&t->boot);
    t->warm = NULL;
}

static struct boot_choice synthetic_handoff(const struct layout *l)
{
    return (struct boot_choice){.handoff = handoff_for(l->type)->name};
}

const struct verdict *target_run(struct target *t, const struct layout *l, enum warm_tier tier, struct diag *d)
{
    const struct boot_choice choice = synthetic_handoff(l);
    struct warm_result r;
    boot_case_free(&t->boot);
    memset(&t->boot, 0, sizeof t->boot);
    edges_clear(&t->edges);
    if (!boot_case_prepare(&t->boot, l, t->image, &choice, d) || !warm_run(t->warm, &t->boot, tier, &r, d))
        return NULL;
    ++*(r.warm ? &t->nr_warm : &t->nr_cold);
    t->why_cold = r.why_cold;
    coverage_fill(t->map, &t->edges, r.verdict, r.machine);
    return r.verdict;
}

/* Twice is what it takes: once to see where the firmware looks at the layout, once to keep what it is before. */
#define WARM_UP 3

void target_warm_up(struct target *t, const struct layout *l, enum warm_tier tier)
{
    const uint64_t warm = t->nr_warm, cold = t->nr_cold;
    for (unsigned i = 0; i < WARM_UP && t->nr_warm == warm; i++)
        if (target_run(t, l, tier, NULL) == NULL)
            break;
    t->nr_warm = warm;
    t->nr_cold = cold;
}

bool target_replay(const struct target *t, const char *path, bool synthetic, const struct monitor_options *o,
                   struct verdict *v, struct diag *d)
{
    struct boot_case c = {0};
    struct layout l;
    struct monitor_options options = *o;
    options.image = t->image;
    if (!layout_read(path, &l, d))
        return false;
    const struct boot_choice choice = synthetic ? synthetic_handoff(&l) : (struct boot_choice){0};
    struct {
        struct machine machine;
        struct monitor monitor;
    } *r = calloc(1, sizeof *r);
    bool ok = r != NULL
                  ? boot_case_prepare(&c, &l, t->image, &choice, d) && boot_case_power_on(&c, &c.layout, &r->machine, d)
                  : diag_fail(d, "", 0, "out of memory");
    if (ok) {
        monitor_init(&r->monitor, &r->machine, &options, v);
        monitor_run(&r->monitor);
        machine_exit(&r->machine);
    }
    boot_case_free(&c);
    free(r);
    return ok;
}
