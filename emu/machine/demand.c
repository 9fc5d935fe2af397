/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "machine/demand_parts.h"
#include "machine/machine.h"
#include "machine/mapping.h"
#include "machine/pages.h"

/* What is mapped at once, at most: one address is a sign that its neighbours follow. */
static const struct {
    uint64_t below, size;
} windows[] = {{MIB, PAGE_SIZE}, {32 * MIB, 64 * KIB}, {UINT64_MAX, 256 * KIB}};

struct demand *demand_new(void)
{
    return calloc(1, sizeof(struct demand));
}

void demand_free(struct demand *d)
{
    if (d == NULL)
        return;
    footprint_free(&d->print);
    free(d->code);
    free(d->p);
    free(d);
}

size_t demand_first_above(const struct demand *d, uint64_t gpa)
{
    size_t lo = 0, hi = d->nr;
    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;
        if (d->p[mid].at.end <= gpa)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

bool demand_insert(struct demand *d, const struct piece *piece)
{
    if (d->nr == d->cap) {
        const size_t cap = d->cap != 0 ? 2 * d->cap : 128;
        struct piece *p = realloc(d->p, cap * sizeof *p);
        if (p == NULL)
            return false;
        d->p = p;
        d->cap = cap;
    }
    const size_t i = demand_first_above(d, piece->at.start);
    memmove(d->p + i + 1, d->p + i, (d->nr - i) * sizeof *d->p);
    d->p[i] = *piece;
    d->nr++;
    return true;
}

static void take_out(struct demand *d, size_t i)
{
    memmove(d->p + i, d->p + i + 1, (d->nr - i - 1) * sizeof *d->p);
    d->nr--;
}

/* --- what belongs at an address ---------------------------------------------------------------------------------- */

static uint64_t window_size(uint64_t gpa)
{
    size_t i = 0;
    while (gpa >= windows[i].below)
        i++;
    return windows[i].size;
}

/* Around @gpa, and not over what is mapped already. */
static struct span window(const struct demand *d, uint64_t gpa, uint64_t end)
{
    const uint64_t size = window_size(gpa), start = gpa & ~(size - 1);
    struct span w = {start, start + size < end ? start + size : end};
    const size_t i = demand_first_above(d, gpa);
    if (i > 0 && d->p[i - 1].at.end > w.start)
        w.start = d->p[i - 1].at.end;
    if (i < d->nr && d->p[i].at.start < w.end)
        w.end = d->p[i].at.start;
    return w;
}

/* Pages that code has run from come alone, so that what is stored beside them is not taken for a change of code. */
static struct span same_use(const struct machine *m, uint64_t gpa, struct span w)
{
    if (gpa < MIB || engine_has_code(m->engine, gpa))
        return (struct span){gpa, gpa + PAGE_SIZE};
    for (uint64_t at = w.start; at < w.end; at += PAGE_SIZE) {
        if (!engine_has_code(m->engine, at))
            continue;
        if (at < gpa)
            w.start = at + PAGE_SIZE;
        else
            w.end = at;
    }
    return w;
}

/* The same, and all of it Xen's doing, or none. */
static struct span alike(const struct memory *mem, uint64_t gpa, struct span w)
{
    const struct page_override *o = memory_override(mem, gpa);
    if (o != NULL)
        return (struct span){o->at.start > w.start ? o->at.start : w.start, o->at.end < w.end ? o->at.end : w.end};
    for (const struct page_override *n = memory_next_override(mem, w.start); n != NULL && n->at.start < w.end;
         n = memory_next_override(mem, n->at.start)) {
        if (n->at.end <= gpa)
            w.start = n->at.end;
        else if (n->at.start > gpa && n->at.start < w.end)
            w.end = n->at.start;
    }
    o = memory_override(mem, w.start);
    if (o != NULL)
        w.start = o->at.end;
    return w;
}

struct piece demand_planned(const struct plan *plan, enum phase phase, bool guarded, uint64_t gpa, struct span w)
{
    struct piece p = {.at = w};
    for (uint64_t at = w.start; at < w.end; at = p.at.end) {
        const struct mapping_run run = mapping_run_at(plan, phase, guarded, at, w.end);
        p = (struct piece){.at = run.at, .ram = run.ram, .allow = (uint8_t)run.allow};
        if (run.at.end > gpa)
            break;
    }
    return p;
}

struct piece demand_uniform(const struct machine *m, const struct plan *plan, uint64_t gpa, struct span w)
{
    struct piece p = demand_planned(plan, m->phase, m->guarded, gpa, w);
    const struct plan_range *r = plan_find(plan, gpa);
    if (r != NULL && r->at.start <= w.start && r->at.end >= w.end) /* all pages of one range are alike */
        return p;
    for (unsigned phase = 0; m->guarded && phase < PHASE_COUNT; phase++)
        p.at = demand_planned(plan, (enum phase)phase, true, gpa, p.at).at;
    return p;
}

/*
 * Xen's own pages, where the guest has no memory: each boot puts them there and takes them away. Accesses are served as those to
 * a device's registers are, for that is cheaper than to map and unmap them.
 */
static bool is_served(const struct machine *m, const struct page_override *o)
{
    bool served = o->page != NULL && !o->lazy && (o->allow & ALLOW_X) == 0;
    for (uint64_t gpa = o->at.start; served && gpa < o->at.end; gpa += PAGE_SIZE) {
        const struct plan_range *r = plan_find(m->plan, gpa);
        served = r == NULL || r->kind != PLAN_RAM;
    }
    return served;
}

bool demand_serves(const struct machine *m, const struct page_override *o)
{
    return m->demand != NULL && is_served(m, o);
}

static struct piece belongs(const struct machine *m, uint64_t gpa, struct span w)
{
    const struct page_override *o = memory_override(&m->memory, gpa);
    if (o != NULL && is_served(m, o))
        return (struct piece){.at = w};
    if (o != NULL)
        return (struct piece){.at = w, .ram = o->page != NULL && !o->lazy, .over = true, .allow = o->allow};
    if (gpa >= m->plan->top)
        return (struct piece){.at = w};
    if (w.end > m->plan->top)
        w.end = m->plan->top;
    struct piece p = demand_uniform(m, m->plan, gpa, w);
    if (p.ram && (p.allow & ALLOW_W) != 0)
        p.at = same_use(m, gpa, p.at);
    return p;
}

/* --- mapping ------------------------------------------------------------------------------------------------------ */

static uint8_t *host(const struct machine *m, const struct piece *p)
{
    const struct page_override *o = memory_override(&m->memory, p->at.start);
    return o != NULL ? o->page + (p->at.start - o->at.start) : memory_at(&m->memory, p->at.start);
}

bool demand_map(struct machine *m, struct piece *p)
{
    if (!p->ram)
        return engine_map_io(m->engine, p->at.start, span_size(p->at));
    if (!p->kept)
        p->mapped = p->allow;
    if (!p->over && !p->kept) {
        pages_want(&m->memory, p->at);
        if ((p->allow & ALLOW_W) != 0)
            pages_writing(&m->memory, p->at);
    }
    p->exec = (p->mapped & ALLOW_W) == 0;
    return engine_map_ram(m->engine, p->at.start, span_size(p->at), host(m, p), p->mapped) &&
           (p->exec || engine_protect_data(m->engine, p->at.start, span_size(p->at), p->mapped));
}

/* The same as demand_first_above(): code mostly runs where it ran just before. */
static size_t first_of_code(struct demand *d, uint64_t gpa)
{
    if (d->ran >= d->nr || !span_has(d->p[d->ran].at, gpa))
        d->ran = demand_first_above(d, gpa);
    return d->ran;
}

void demand_ready(struct machine *m, struct span at)
{
    struct demand *d = m->demand;
    for (size_t i = first_of_code(d, at.start); i < d->nr && d->p[i].at.start < at.end; i++) {
        struct piece *p = &d->p[i];
        if (p->ram && !p->exec)
            p->exec = engine_protect(m->engine, p->at.start, span_size(p->at), p->mapped);
    }
}

bool demand_add(struct machine *m, uint64_t gpa, bool later)
{
    struct demand *d = m->demand;
    const uint64_t end = 1ULL << m->layout->phys_bits;
    gpa = page_down(gpa);
    if (d == NULL || gpa >= end)
        return false;
    const size_t i = demand_first_above(d, gpa);
    if (i < d->nr && d->p[i].at.start <= gpa)
        return true; /* it is there: the library will see */
    struct piece p = belongs(m, gpa, alike(&m->memory, gpa, window(d, gpa, end)));
    p.away = later && p.ram;
    return (p.away || demand_map(m, &p)) && demand_insert(d, &p);
}

bool demand_touch(struct machine *m, uint64_t gpa)
{
    return demand_add(m, gpa, false);
}

uint64_t demand_takes_stores(const struct machine *m, struct span at)
{
    const struct demand *d = m->demand;
    uint64_t gpa = at.start;
    for (size_t i = demand_first_above(d, gpa); gpa < at.end && i < d->nr; i++) {
        const struct piece *p = &d->p[i];
        if (p->at.start > gpa || !p->ram || p->over || p->exec || (p->mapped & ALLOW_W) == 0)
            break;
        gpa = p->at.end;
    }
    return gpa < at.end ? gpa : at.end;
}

bool demand_unmap(struct machine *m, size_t i)
{
    const struct piece p = m->demand->p[i];
    take_out(m->demand, i);
    return p.away || engine_unmap(m->engine, p.at.start, span_size(p.at));
}

/* Is nothing to be mapped in @at, where nothing was, whatever Xen has done there? */
static bool stays_empty(const struct machine *m, const struct piece *p, struct span at)
{
    const uint64_t end = p->at.end < at.end ? p->at.end : at.end;
    uint64_t gpa = p->at.start > at.start ? p->at.start : at.start;
    while (!p->ram && !p->over && gpa < end) {
        const struct page_override *o = memory_override(&m->memory, gpa);
        if (o != NULL && o->page != NULL && !is_served(m, o))
            return false;
        o = o != NULL ? o : memory_next_override(&m->memory, gpa);
        gpa = o == NULL ? end : o->at.start > gpa ? o->at.start : o->at.end;
    }
    return gpa >= end;
}

bool demand_has_code(const struct machine *m, struct span at)
{
    bool code = false;
    for (uint64_t gpa = at.start; !code && gpa < at.end; gpa += PAGE_SIZE)
        code = engine_has_code(m->engine, gpa);
    return code;
}

bool demand_quick(struct machine *m)
{
    const struct demand *d = m->demand;
    struct span at[ENGINE_QUICK_MAX];
    size_t nr = 0;
    if (!d->again)
        return true;
    for (size_t i = 0; i < d->nr; i++) {
        const struct piece *p = &d->p[i];
        if (!p->hot || p->over || p->exec || (p->mapped & (ALLOW_R | ALLOW_W)) != (ALLOW_R | ALLOW_W) ||
            demand_has_code(m, p->at))
            continue;
        if (nr > 0 && at[nr - 1].end == p->at.start)
            at[nr - 1].end = p->at.end;
        else if (nr < ENGINE_QUICK_MAX)
            at[nr++] = p->at;
    }
    return engine_quick(m->engine, at, nr);
}

void demand_changed(struct machine *m, struct span at)
{
    struct demand *d = m->demand;
    for (size_t i = demand_first_above(d, at.start); i < d->nr && d->p[i].at.start < at.end;)
        if (stays_empty(m, &d->p[i], at))
            i++;
        else if (!demand_unmap(m, i))
            return;
    (void)demand_quick(m);
}

bool demand_protect(struct machine *m, struct piece *p, uint8_t mapped)
{
    const bool exec = p->exec || (mapped & ALLOW_W) == 0;
    if (p->mapped == mapped && p->exec == exec)
        return true;
    if ((p->mapped & ~mapped & ALLOW_R) != 0)
        engine_read_anew(m->engine);
    p->mapped = mapped;
    p->exec = exec;
    return exec ? engine_protect(m->engine, p->at.start, span_size(p->at), mapped)
                : engine_protect_data(m->engine, p->at.start, span_size(p->at), mapped);
}

uint8_t demand_frozen(const struct piece *p)
{
    return p->kept && !p->hot ? (uint8_t)(p->allow & ~ALLOW_W) : p->allow;
}

bool demand_phase(struct machine *m)
{
    struct demand *d = m->demand;
    for (size_t i = 0; i < d->nr; i++) {
        struct piece *p = &d->p[i];
        if (!p->ram || p->over)
            continue;
        p->allow = demand_planned(m->plan, m->phase, m->guarded, p->at.start, p->at).allow;
        if (!p->kept && (p->allow & ALLOW_W) != 0)
            pages_writing(&m->memory, p->at);
        if (!demand_protect(m, p, demand_frozen(p)))
            return false;
    }
    return demand_quick(m);
}
