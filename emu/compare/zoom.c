/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looking closer at two runs: both again with every load and store hashed by window, which tells the windows in which
 * accesses differ; then both again up to where they part, the first logging those windows, the second compared with
 * the log access by access. What differs is the lineage.
 */
#include <stdlib.h>
#include <string.h>

#include "compare/internal.h"

#define LOG_MAX (4u << 20) /* accesses; the earliest windows are left out beyond it */

struct zoom {
    const struct compare_setup *s;
    struct compare_result *r;
    unsigned run[2]; /* indices of the two */
    struct lane *lane;
    struct trace trace[2];
    uint64_t part; /* the block from which they go different ways, or TRACE_NEVER */
    bool ended[2]; /* a run ended there */

    bool *windows; /* which are logged */
    size_t nr_windows;
    struct trace_access *log; /* of the first run */
    size_t nr, cap, cursor;
    uint64_t heads[COMPARE_HOBS_MAX];
    bool lost; /* the second run does not follow the log: nothing more is known */
    struct lineage lineage;
};

static bool run(struct zoom *z, unsigned which, const struct trace_want *want,
                void (*each)(void *self, const struct trace_access *a), struct diag *d)
{
    struct lane *lane = z->lane;
    memset(lane, 0, sizeof *lane);
    lane->trace.each = each;
    lane->trace.each_self = z;
    bool ok = lane_run(lane, z->s, z->s->fill[z->run[which]], want, d);
    trace_free(&z->trace[which]);
    z->trace[which] = lane->trace;
    return ok;
}

/* --- which windows ---------------------------------------------------------------------------------------------- */

/* The first block that differs in the window whose blocks both runs have kept. */
static void find_part(struct zoom *z, uint64_t window)
{
    const struct trace *a = &z->trace[0];
    const struct trace *b = &z->trace[1];
    size_t n = a->nr_exact < b->nr_exact ? a->nr_exact : b->nr_exact;
    size_t i = 0;
    while (i < n && a->exact[i].pc == b->exact[i].pc && a->exact[i].vcpu == b->exact[i].vcpu)
        i++;
    z->part = window * TRACE_WINDOW + i;
    z->ended[0] = i >= a->nr_exact;
    z->ended[1] = i >= b->nr_exact;
    z->r->flow.unpacked = i < n && a->exact[i].size == 0 && b->exact[i].size == 0;
}

static bool choose_windows(struct zoom *z)
{
    const struct trace *a = &z->trace[0];
    const struct trace *b = &z->trace[1];
    size_t n = a->nr < b->nr ? a->nr : b->nr;
    z->windows = calloc(n + 1, sizeof *z->windows);
    if (z->windows == NULL)
        return false;
    z->nr_windows = n;
    uint64_t sum = 0;
    for (size_t i = n; i-- > 0;) {
        if (a->window[i].accesses == b->window[i].accesses)
            continue;
        sum += a->window[i].nr_accesses;
        z->windows[i] = sum <= LOG_MAX;
    }
    return true;
}

static bool hash_accesses(struct zoom *z, uint64_t window, struct diag *d)
{
    const struct trace_want want = {.accesses = true,
                                    .blocks_window = window,
                                    .stop = window == TRACE_NEVER ? TRACE_NEVER : (window + 1) * TRACE_WINDOW};
    for (unsigned i = 0; i < 2; i++) {
        if (!run(z, i, &want, NULL, d))
            return false;
        lane_off(z->lane);
    }
    z->part = TRACE_NEVER;
    if (window != TRACE_NEVER)
        find_part(z, window);
    return choose_windows(z) || diag_fail(d, "", 0, "out of memory");
}

/* --- what differs in them --------------------------------------------------------------------------------------- */

static void keep(void *self, const struct trace_access *a)
{
    struct zoom *z = self;
    if (z->nr == z->cap) {
        size_t cap = z->cap != 0 ? 2 * z->cap : 4096;
        struct trace_access *p = realloc(z->log, cap * sizeof *p);
        if (p == NULL) {
            z->lost = true;
            return;
        }
        z->log = p;
        z->cap = cap;
    }
    z->log[z->nr++] = *a;
}

static void match(void *self, const struct trace_access *b)
{
    struct zoom *z = self;
    if (z->lost || z->cursor == z->nr || b->block >= z->part)
        return;
    const struct trace_access *a = &z->log[z->cursor++];
    if (a->block != b->block || a->store != b->store || a->size != b->size) {
        z->lost = true;
        return;
    }
    if (a->value == b->value && a->gpa == b->gpa)
        return;
    const struct difference d = {.block = a->block,
                                 .pc = a->pc,
                                 .gpa = {a->gpa, b->gpa},
                                 .value = {a->value, b->value},
                                 .size = a->size,
                                 .store = a->store};
    z->lost = !lineage_add(&z->lineage, &d);
}

/* --- what to say ------------------------------------------------------------------------------------------------ */

/* Did this load read what RAM was filled with: do the bytes that differ hold it, and did no store put them there? */
static bool unwritten(const struct zoom *z, size_t index)
{
    const struct difference *d = &z->lineage.d[index];
    bool any = false;
    if (lineage_store(&z->lineage, index, d->gpa[0] + lineage_byte(d)) != LINEAGE_NONE)
        return false;
    for (unsigned i = 0; i < d->size; i++) {
        bool same = true;
        for (unsigned k = 0; k < 2; k++) {
            uint64_t fill = z->s->fill[z->run[k]];
            same = same && (d->value[k] >> 8 * i & 0xff) == (fill >> 8 * ((d->gpa[k] + i) & 7) & 0xff);
        }
        if ((d->value[0] >> 8 * i & 0xff) == (d->value[1] >> 8 * i & 0xff))
            continue;
        if (!same)
            return false;
        any = true;
    }
    return any && !d->store;
}

static void access_at(struct zoom *z, size_t index, struct compare_access *out)
{
    if (index == LINEAGE_NONE)
        return;
    const struct difference *d = &z->lineage.d[index];
    *out = (struct compare_access){.known = true,
                                   .gpa = {d->gpa[0], d->gpa[1]},
                                   .value = {d->value[0], d->value[1]},
                                   .size = d->size,
                                   .unwritten = unwritten(z, index)};
    monitor_place(&z->lane->monitor, d->pc, &out->at);
}

/* The first run's half of where they part, or the second's: its machine is still on. */
static void describe_side(struct zoom *z, unsigned which)
{
    struct compare_flow *f = &z->r->flow;
    struct compare_side *side = &f->side[which];
    const struct trace *t = &z->lane->trace;
    side->ended = z->ended[which];
    side->regs = t->regs;
    if (!t->stopped)
        engine_regs(z->lane->machine.engine, &side->regs);
    else if (!f->unpacked)
        monitor_place(&z->lane->monitor, t->stopped_at, &side->to);
}

static void describe_part(struct zoom *z, uint64_t window)
{
    struct compare_flow *f = &z->r->flow;
    f->diverged = true;
    f->other = z->run[1];
    f->block = z->r->blocks = z->part;
    f->phase = z->lane->trace.stopped ? z->lane->trace.phase : z->lane->verdict.phase;
    f->vcpu = z->lane->trace.vcpu;
    size_t i = (size_t)(z->part - window * TRACE_WINDOW);
    const struct trace_block *last = i > 0 ? &z->trace[0].exact[i - 1] : NULL;
    if (last != NULL && last->size != 0)
        monitor_branch(&z->lane->monitor, last->pc, last->size, &f->from, f->insn, sizeof f->insn);
    size_t load = lineage_load(&z->lineage, z->lineage.nr);
    if (load == LINEAGE_NONE)
        return;
    access_at(z, load, &f->read);
    access_at(z, lineage_origin(&z->lineage, load), &f->origin);
}

static void describe_hob(struct zoom *z, size_t index)
{
    struct compare_hob *h = &z->r->hob[index];
    const uint64_t maker = z->lane->trace.head_pc[index];
    if (maker != 0)
        monitor_place(&z->lane->monitor, maker, &h->maker);
    const struct lineage *l = &z->lineage;
    size_t store = lineage_store(l, l->nr, h->gpa + h->offset);
    access_at(z, store, &h->write);
    size_t load = store != LINEAGE_NONE ? lineage_load(l, store) : LINEAGE_NONE;
    if (load != LINEAGE_NONE)
        access_at(z, lineage_origin(l, load), &h->origin);
}

static bool log_accesses(struct zoom *z, uint64_t window, struct diag *d)
{
    const struct trace_want want = {.blocks_window = window,
                                    .log = z->windows,
                                    .nr_log = z->nr_windows,
                                    .stop = z->part,
                                    .heads = z->heads,
                                    .nr_heads = z->part == TRACE_NEVER ? z->r->nr_hobs : 0};
    for (size_t i = 0; i < want.nr_heads; i++)
        z->heads[i] = z->r->hob[i].gpa;
    if (!run(z, 0, &want, keep, d))
        return false;
    if (z->part != TRACE_NEVER)
        describe_side(z, 0);
    lane_off(z->lane);
    if (!run(z, 1, &want, match, d))
        return false;
    if (z->part != TRACE_NEVER) {
        describe_side(z, 1);
        describe_part(z, window);
    } else {
        for (size_t i = 0; i < z->r->nr_hobs; i++)
            describe_hob(z, i);
    }
    lane_off(z->lane);
    return true;
}

bool zoom(const struct compare_setup *s, const unsigned pair[2], uint64_t differ, struct compare_result *r,
          struct diag *d)
{
    struct zoom *z = calloc(1, sizeof *z);
    struct lane *lane = malloc(sizeof *lane);
    bool ok = z != NULL && lane != NULL;
    if (ok) {
        *z = (struct zoom){.s = s, .r = r, .run = {pair[0], pair[1]}, .lane = lane};
        ok = hash_accesses(z, differ, d) && log_accesses(z, differ, d);
        for (unsigned i = 0; i < 2; i++)
            trace_free(&z->trace[i]);
        lineage_free(&z->lineage);
        free(z->windows);
        free(z->log);
    } else {
        (void)diag_fail(d, "", 0, "out of memory");
    }
    free(lane);
    free(z);
    return ok;
}
