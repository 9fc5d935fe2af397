/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which block came after which, and how often, in a run of code that is remembered. Each block counts those that lately
 * came after it in its own slot, which the callback of each block has at hand; what does not fit there is told at once, the rest
 * at the end.
 */
#include "engine/again.h"

static void tell(struct engine *e, uint64_t from, uint64_t to, uint64_t times)
{
    if (e->edge != NULL)
        e->edge(e->edge_self, from, to, times);
}

void edges_drop(struct again *a)
{
    for (size_t i = 0; i < a->nr_taken; i++)
        a->slot[a->taken[i] / WAYS].times[a->taken[i] % WAYS] = 0;
    a->nr_taken = 0;
    a->last = NULL;
    a->last_pc = 0;
}

void edges_note(struct engine *e, const struct slot *from, unsigned way)
{
    struct again *a = e->again;
    a->taken[a->nr_taken++] = (uint32_t)(from - a->slot) * WAYS + way;
}

/* The way from @from that leads to @to; WAYS: none. */
static unsigned way_to(const struct slot *from, uint32_t to)
{
    unsigned way = 0;
    while (way < WAYS && from->next[way] != to)
        way++;
    return way;
}

static void add(struct engine *e, struct slot *from, const struct slot *to, uint64_t times)
{
    const struct again *a = e->again;
    const uint32_t next = (uint32_t)(to - a->slot);
    unsigned way = way_to(from, next);
    if (way == WAYS) { /* in the place of the one that came less often */
        way = from->times[0] <= from->times[1] ? 0 : 1;
        if (from->times[way] != 0) {
            tell(e, from->pc, a->slot[from->next[way]].pc, from->times[way]);
            from->times[way] = 1; /* it is noted already */
            times--;
        }
        from->next[way] = next;
    }
    if (times > UINT32_MAX - from->times[way]) {
        tell(e, from->pc, to->pc, times);
        return;
    }
    if (from->times[way] == 0)
        edges_note(e, from, way);
    from->times[way] += (uint32_t)times;
}

void edges_follow(struct engine *e, struct slot *s, uint64_t pc, uint64_t times)
{
    struct again *a = e->again;
    if (s != NULL && a->last != NULL)
        add(e, a->last, s, 1);
    else
        tell(e, a->last != NULL ? a->last->pc : a->last_pc, pc, 1);
    if (times > 1 && s != NULL)
        add(e, s, s, times - 1);
    else if (times > 1)
        tell(e, pc, pc, times - 1);
    a->last = s;
    a->last_pc = pc;
}

void edges_ran(struct engine *e, uint64_t pc, uint64_t times)
{
    edges_follow(e, again_find(e->again, pc), pc, times);
}

void edges_done(struct engine *e, const struct engine_done *done)
{
    struct again *a = e->again;
    edges_ran(e, done->first, 1);
    for (size_t i = 0; i < done->nr_edges; i++)
        tell(e, done->edge[i].from, done->edge[i].to, done->edge[i].times);
    a->last_pc = done->last[done->nr_last - 1];
    a->last = again_find(a, a->last_pc);
}

void engine_watch_edges(struct engine *e, void (*fn)(void *self, uint64_t from, uint64_t to, uint64_t times),
                        void *self)
{
    e->edge = fn;
    e->edge_self = self;
}

void engine_tell_edges(struct engine *e)
{
    struct again *a = e->again;
    for (size_t i = 0; i < a->nr_taken; i++) {
        struct slot *s = &a->slot[a->taken[i] / WAYS];
        uint32_t *times = &s->times[a->taken[i] % WAYS];
        if (*times != 0)
            tell(e, s->pc, a->slot[s->next[a->taken[i] % WAYS]].pc, *times);
        *times = 0;
    }
    a->nr_taken = 0;
}

void engine_begin_edges(struct engine *e, uint64_t pc)
{
    edges_drop(e->again);
    edges_ran(e, pc, 1);
}
