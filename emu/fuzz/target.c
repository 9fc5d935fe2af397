/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz/target.h"

#include <stdlib.h>
#include <string.h>

static const struct warm_trace trace = {.edge = edges_add, .begin = edges_clear};

bool target_open(struct target *t, const struct image *im, const struct monitor_options *o, struct diag *d)
{
    t->image = im;
    t->warm = warm_open(im, o, d);
    if (t->warm == NULL)
        return false;
    warm_trace(t->warm, &trace, &t->edges);
    const struct boot_choice choice = {.stages = &t->stages};
    return boot_hold_stages(&choice, d);
}

void target_close(struct target *t)
{
    warm_close(t->warm);
    boot_case_free(&t->boot);
    first_stages_free(&t->stages);
    held_free(&t->held);
    t->warm = NULL;
}

#define COLD_MACHINES 2u /* one from reset, one to see it again */
uint64_t target_address_space(uint64_t top)
{
    return WARM_ADDRESS_SPACE + COLD_MACHINES * 2 * top;
}

static struct boot_choice choose_handoff(struct target *t, const struct layout *l, bool synthetic)
{
    return (struct boot_choice){.handoff = synthetic ? handoff_for(l->type)->name : NULL,
                                .stages = &t->stages,
                                .limits = t->limits,
                                .held = &t->held};
}

bool target_hold(struct target *t, const struct layout *l, struct diag *d)
{
    const struct boot_choice choice = choose_handoff(t, l, true);
    return boot_hold_disks(&choice, l, d);
}

const struct verdict *target_run(struct target *t, const struct layout *l, enum warm_tier tier, struct diag *d)
{
    const struct boot_choice choice = choose_handoff(t, l, true);
    struct warm_result r;
    boot_case_free(&t->boot);
    memset(&t->boot, 0, sizeof t->boot);
    if (!boot_case_prepare(&t->boot, l, t->image, &choice, d) || !warm_run(t->warm, &t->boot, tier, &r, d))
        return NULL;
    ++*(r.warm ? &t->nr_warm : &t->nr_cold);
    t->why_cold = r.why_cold;
    coverage_fill(&t->map, &t->edges, r.verdict, r.machine);
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

bool target_hands_over(struct target *t, const struct layout *l)
{
    const struct boot_choice choice = choose_handoff(t, l, false);
    return boot_handoff(&choice, l) == handoff_for(l->type);
}

bool target_replay(struct target *t, const struct layout *from, const char *text, bool synthetic,
                   const struct monitor_options *o, struct verdict *v, struct diag *d)
{
    struct boot_case c = {0};
    struct layout l;
    struct layout_lines lines = {0};
    if (!layout_read_text("layout", text, &l, &lines, d))
        return false;
    memcpy(l.disk, from->disk, sizeof l.disk); /* whose files cannot be looked up in a cage */
    l.nr_disks = from->nr_disks;
    const struct boot_choice choice = choose_handoff(t, &l, synthetic);
    const uint64_t machines = warm_machines(t->warm);
    const bool ok = boot_case_prepare(&c, &l, t->image, &choice, d) && warm_replay(t->warm, &c, o, v, d);
    t->nr_replays++;
    t->nr_replays_anew += warm_machines(t->warm) != machines;
    boot_case_free(&c);
    return ok;
}
