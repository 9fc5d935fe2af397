/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz/mutate.h"

#include <stdlib.h>

#include "fuzz/operators.h"
#include "fuzz/processor.h"
#include "layout/lint.h"
#include "layout/settle.h"

#define TRIES 8
#define OPERATORS_MAX 6 /* in one mutation */

static bool usable(const struct mutate_operator *op, const struct mutation *m)
{
    return !op->hvm_only || m->l->type == GUEST_HVM;
}

/* One operator of a table, by weight. */
static void apply_one(const struct mutate_operator *ops, size_t nr, struct mutation *m)
{
    unsigned all = 0;
    for (size_t i = 0; i < nr; i++)
        all += usable(&ops[i], m) ? ops[i].weight : 0;
    unsigned at = (unsigned)choose(m->c, all);
    for (size_t i = 0; i < nr; i++) {
        if (!usable(&ops[i], m))
            continue;
        if (at < ops[i].weight) {
            ops[i].apply(m);
            return;
        }
        at -= ops[i].weight;
    }
}

static bool allowed(const struct layout *l, const struct mutate_options *o)
{
    struct guest_memory g;
    if (!(l->type == GUEST_HVM ? o->hvm : o->pvh) || !layout_resolve(l, o->image_size, &g, NULL))
        return false;
    return o->hostile || layout_is_legal(l, o->image_size);
}

bool mutate(struct layout *l, const struct layout *other, struct chooser *c, const struct mutate_options *o)
{
    struct mutation m = {.other = other, .c = c, .o = o};
    for (unsigned t = 0; t < TRIES; t++) {
        struct layout changed = *l;
        m.l = &changed;
        if (!layout_resolve(l, o->image_size, &m.g, NULL))
            return false;
        const uint64_t n = 1 + choose(c, choose(c, OPERATORS_MAX) + 1);
        for (uint64_t i = 0; i < n; i++) {
            if (o->hostile && choose_percent(c, 65))
                apply_one(table_operators, nr_table_operators, &m);
            else
                apply_one(guest_operators, nr_guest_operators, &m);
        }
        spare_fixed(&m);
        if (!processor_same(&changed, l) && choose(c, MUTATE_UNSPARED) != MUTATE_UNSPARED - 1)
            processor_take(&changed, l);
        if (layout_settle(&changed) && allowed(&changed, o)) {
            *l = changed;
            return true;
        }
        if (!chooser_has_more(c))
            return false;
    }
    return false;
}

void layout_of_bytes(const uint8_t *bytes, size_t n, const struct layout *seeds, size_t nr,
                     const struct mutate_options *o, struct layout *l)
{
    struct chooser c;
    chooser_bytes(&c, bytes, n);
    *l = seeds[choose(&c, nr)];
    const struct layout *other = &seeds[choose(&c, nr)];
    for (unsigned i = 0; i < 4 && chooser_has_more(&c); i++)
        (void)mutate(l, other, &c, o);
}

bool layout_is_legal(const struct layout *l, uint64_t image_size)
{
    struct guest_memory g;
    if (l->has_e820 || l->has_cmos_low_ram || l->fill != 0 || !layout_resolve(l, image_size, &g, NULL))
        return false;
    struct lint *lint = malloc(sizeof *lint);
    if (lint == NULL)
        return false;
    const struct lint_input in = {.layout = l, .guest = &g};
    lint_init(lint);
    lint_run(lint, &in);
    const bool legal = lint->worst < LINT_ERROR;
    free(lint);
    return legal;
}
