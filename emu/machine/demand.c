/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "machine/demand.h"

#include <stdlib.h>
#include <string.h>

#include "machine/footprint.h"
#include "machine/machine.h"
#include "machine/mapping.h"
#include "machine/pages.h"

/* What is mapped at once, at most: one address is a sign that its neighbours follow. */
static const struct {
    uint64_t below, size;
} windows[] = {{MIB, PAGE_SIZE}, {32 * MIB, 64 * KIB}, {UINT64_MAX, 256 * KIB}};
#define PIECES_MAX 300u     /* more make the engine slow: then those of other layouts go */
#define CODE_PAGES_MAX 512u /* likewise */
#define SPLITS_MAX 16u      /* likewise */
#define GAP (4 * PAGE_SIZE) /* between pages that are written in each boot: one region is cheaper than three */

struct piece {
    struct span at;
    bool ram;
    bool over; /* Xen has put it there, or taken it away */
    bool kept;
    bool hot;       /* kept, and written in each boot */
    bool exec;      /* code may run from it: stores are watched, which makes them slow */
    uint8_t allow;  /* in the machine's phase */
    uint8_t mapped; /* what the engine allows: less while writes are to be seen */
};

struct demand {
    struct piece *p; /* sorted, disjoint */
    size_t nr, cap;
    struct footprint print; /* of what is kept */
    uint64_t *code;         /* pages of it that code had run from by then, in order */
    size_t nr_code;
    unsigned splits; /* of kept pieces, since they were joined */
    size_t heated;   /* how many of its pages had been written when they were last sorted out */
};

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

/* The first piece that ends above @gpa. */
static size_t first_above(const struct demand *d, uint64_t gpa)
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

static bool insert(struct demand *d, const struct piece *piece)
{
    if (d->nr == d->cap) {
        const size_t cap = d->cap != 0 ? 2 * d->cap : 128;
        struct piece *p = realloc(d->p, cap * sizeof *p);
        if (p == NULL)
            return false;
        d->p = p;
        d->cap = cap;
    }
    const size_t i = first_above(d, piece->at.start);
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
    const size_t i = first_above(d, gpa);
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

/* The run of pages around @gpa in @w that @plan has mapped alike. */
static struct piece planned(const struct plan *plan, enum phase phase, bool guarded, uint64_t gpa, struct span w)
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

/* The same, and it stays so in every phase. */
static struct piece uniform(const struct machine *m, const struct plan *plan, uint64_t gpa, struct span w)
{
    struct piece p = planned(plan, m->phase, m->guarded, gpa, w);
    const struct plan_range *r = plan_find(plan, gpa);
    if (r != NULL && r->at.start <= w.start && r->at.end >= w.end) /* all pages of one range are alike */
        return p;
    for (unsigned phase = 0; m->guarded && phase < PHASE_COUNT; phase++)
        p.at = planned(plan, (enum phase)phase, true, gpa, p.at).at;
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
    struct piece p = uniform(m, m->plan, gpa, w);
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

static bool map(struct machine *m, struct piece *p)
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

void demand_ready(struct machine *m, struct span at)
{
    struct demand *d = m->demand;
    for (size_t i = first_above(d, at.start); i < d->nr && d->p[i].at.start < at.end; i++) {
        struct piece *p = &d->p[i];
        if (p->ram && !p->exec)
            p->exec = engine_protect(m->engine, p->at.start, span_size(p->at), p->mapped);
    }
}

bool demand_touch(struct machine *m, uint64_t gpa)
{
    struct demand *d = m->demand;
    const uint64_t end = 1ULL << m->layout->phys_bits;
    gpa = page_down(gpa);
    if (d == NULL || gpa >= end)
        return false;
    const size_t i = first_above(d, gpa);
    if (i < d->nr && d->p[i].at.start <= gpa)
        return true; /* it is there: the library will see */
    struct span w = alike(&m->memory, gpa, window(d, gpa, end));
    struct piece p = belongs(m, gpa, w);
    return map(m, &p) && insert(d, &p);
}

uint64_t demand_takes_stores(const struct machine *m, struct span at)
{
    const struct demand *d = m->demand;
    uint64_t gpa = at.start;
    for (size_t i = first_above(d, gpa); gpa < at.end && i < d->nr; i++) {
        const struct piece *p = &d->p[i];
        if (p->at.start > gpa || !p->ram || p->over || p->exec || (p->mapped & ALLOW_W) == 0)
            break;
        gpa = p->at.end;
    }
    return gpa < at.end ? gpa : at.end;
}

static bool unmap(struct machine *m, size_t i)
{
    const struct span at = m->demand->p[i].at;
    take_out(m->demand, i);
    return engine_unmap(m->engine, at.start, span_size(at));
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

void demand_changed(struct machine *m, struct span at)
{
    struct demand *d = m->demand;
    for (size_t i = first_above(d, at.start); i < d->nr && d->p[i].at.start < at.end;)
        if (stays_empty(m, &d->p[i], at))
            i++;
        else if (!unmap(m, i))
            return;
}

static bool protect(struct machine *m, struct piece *p, uint8_t mapped)
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

/* No code of @p has run yet in this boot. */
static bool rest(struct machine *m, struct piece *p)
{
    if (!p->ram || !p->exec || (p->mapped & ALLOW_W) == 0)
        return true;
    p->exec = false;
    return engine_protect_data(m->engine, p->at.start, span_size(p->at), p->mapped);
}

static uint8_t frozen(const struct piece *p)
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
        p->allow = planned(m->plan, m->phase, m->guarded, p->at.start, p->at).allow;
        if (!p->kept && (p->allow & ALLOW_W) != 0)
            pages_writing(&m->memory, p->at);
        if (!protect(m, p, frozen(p)))
            return false;
    }
    return true;
}

/* --- the common part ---------------------------------------------------------------------------------------------- */

static void touch_page(void *self, uint64_t gpa)
{
    struct machine *m = self;
    (void)demand_touch(m, gpa);
}

/* Adjacent pieces with the same rights become one: regions cost the library time. */
static bool merge_kept(struct machine *m)
{
    struct demand *d = m->demand;
    for (size_t i = 0; i < d->nr; i++) {
        struct piece p = d->p[i];
        if (!p.kept)
            continue;
        size_t n = 1;
        while (i + n < d->nr && d->p[i + n].kept && d->p[i + n].hot == p.hot && d->p[i + n].at.start == p.at.end &&
               uniform(m, m->plan, p.at.start, (struct span){p.at.start, d->p[i + n].at.end}).at.end ==
                   d->p[i + n].at.end)
            p.at.end = d->p[i + n++].at.end;
        while (n > 0) {
            if (!unmap(m, i))
                return false;
            n--;
        }
        p.mapped = frozen(&p);
        if (!map(m, &p) || !insert(d, &p))
            return false;
    }
    return true;
}

/* Which pages code has run from: it was judged by who owns them. */
static bool note_code(const struct machine *m)
{
    struct demand *d = m->demand;
    free(d->code);
    d->nr_code = 0;
    d->code = malloc(engine_code_pages(m->engine) * sizeof *d->code + 1);
    for (size_t i = 0; d->code != NULL && i < d->nr; i++)
        for (uint64_t gpa = d->p[i].at.start; d->p[i].ram && gpa < d->p[i].at.end; gpa += PAGE_SIZE)
            if (engine_has_code(m->engine, gpa))
                d->code[d->nr_code++] = gpa;
    return d->code != NULL;
}

static bool judged(const void *self, struct span at)
{
    const struct demand *d = self;
    size_t lo = 0, hi = d->nr_code;
    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;
        if (d->code[mid] + PAGE_SIZE <= at.start)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < d->nr_code && d->code[lo] < at.end;
}

bool demand_judged(const struct machine *m, uint64_t gpa)
{
    return judged(m->demand, (struct span){gpa, gpa + 1});
}

bool demand_keep(struct machine *m)
{
    struct demand *d = m->demand;
    pages_each(&m->memory, touch_page, m);
    pages_no_more_peeks(&m->memory);
    footprint_free(&d->print);
    for (size_t i = 0; i < d->nr; i++)
        if (d->p[i].ram && (d->p[i].at.end > m->memory.size || !footprint_add(&d->print, m->plan, d->p[i].at)))
            return false;
    for (size_t i = 0; i < d->nr; i++)
        if (d->p[i].ram) {
            d->p[i].kept = true;
            pages_keep(&m->memory, d->p[i].at);
        }
    return note_code(m) && merge_kept(m);
}

size_t demand_kept(const struct machine *m, uint64_t from, struct span *out, size_t max)
{
    const struct footprint *f = &m->demand->print;
    size_t nr = 0;
    for (size_t i = 0; i < f->nr; i++) {
        const struct plan_range *r = &f->r[i];
        if (r->kind != PLAN_RAM || !(r->cls == CLASS_NULL || (r->cls == CLASS_FREE && r->at.start >= from)))
            continue;
        if (nr > 0 && out[nr - 1].end == r->at.start)
            out[nr - 1].end = r->at.end;
        else if (nr < max)
            out[nr++] = r->at;
    }
    return nr;
}

const char *demand_unlike(const struct machine *m, const struct plan *plan, enum phase phase, uint64_t fill,
                          bool strict)
{
    const struct footprint_use use = {phase, fill, strict ? NULL : judged, m->demand};
    const char *why = footprint_unlike(&m->demand->print, plan, &use);
    if (why == NULL && !pages_peeks_hold(&m->memory, plan))
        why = "memory that was looked at for code is another here";
    return why;
}

/* --- the next boot ------------------------------------------------------------------------------------------------ */

/* Pages of the kept piece @i that the last boot was the first to write become pieces of their own, writable at once. */
static bool heat(struct machine *m, size_t i)
{
    struct demand *d = m->demand;
    const struct piece whole = d->p[i];
    struct span run = {0, 0};
    uint64_t done = whole.at.start;
    bool cut = false;
    if (!whole.kept || whole.hot || (whole.allow & ALLOW_W) == 0)
        return true;
    for (uint64_t gpa = whole.at.start; gpa <= whole.at.end; gpa += PAGE_SIZE) {
        const bool written = gpa < whole.at.end && pages_written_since(&m->memory, gpa);
        const bool alone = run.end != 0 && gpa < whole.at.end &&
                           (engine_has_code(m->engine, run.start) || engine_has_code(m->engine, gpa));
        if (written && run.end == 0)
            run = (struct span){gpa, gpa + PAGE_SIZE};
        else if (written && !alone)
            run.end = gpa + PAGE_SIZE;
        if (run.end == 0 || (gpa < whole.at.end && gpa < run.end + GAP && !alone))
            continue;
        if (!cut && !unmap(m, i))
            return false;
        cut = true;
        struct piece before = whole, hot = whole;
        before.at = (struct span){done, run.start};
        hot.at = run;
        hot.hot = true;
        hot.mapped = hot.allow;
        pages_writing(&m->memory, run);
        if ((done < run.start && (!map(m, &before) || !insert(d, &before))) || !map(m, &hot) || !insert(d, &hot))
            return false;
        done = run.end;
        run = (struct span){0, 0};
        if (alone)
            gpa -= PAGE_SIZE; /* it may begin the next */
    }
    struct piece after = whole;
    after.at.start = done;
    return !cut || done == whole.at.end || (map(m, &after) && insert(d, &after));
}

bool demand_heat(struct machine *m)
{
    if (m->demand->heated == pages_nr_written_since(&m->memory))
        return true;
    for (size_t i = 0; i < m->demand->nr; i++)
        if (!heat(m, i))
            return false;
    m->demand->heated = pages_nr_written_since(&m->memory);
    return true;
}

static bool stays(const struct machine *m, const struct piece *p)
{
    if (p->over || p->at.end > 1ULL << m->layout->phys_bits || (p->ram && p->at.end > m->memory.size))
        return false;
    if (p->at.start >= m->plan->top)
        return !p->ram;
    const struct span w = {p->at.start, p->at.end < m->plan->top ? p->at.end : m->plan->top};
    const struct piece now = uniform(m, m->plan, w.start, w);
    return now.ram == p->ram && now.at.end == w.end && (!p->ram || (w.end == p->at.end && now.allow == p->allow));
}

/* Code and data in one piece: they come apart. */
static bool is_mixed(const struct machine *m, const struct piece *p)
{
    bool code = false;
    for (uint64_t gpa = p->at.start; p->ram && (p->allow & ALLOW_W) != 0 && gpa < p->at.end; gpa += PAGE_SIZE)
        code |= engine_has_code(m->engine, gpa);
    return code && span_size(p->at) > PAGE_SIZE;
}

/* Where this plan tells apart what was one in those before. */
static bool split_kept(struct machine *m, size_t i)
{
    struct demand *d = m->demand;
    const struct piece whole = d->p[i];
    if (uniform(m, m->plan, whole.at.start, whole.at).at.end == whole.at.end)
        return true;
    if (!unmap(m, i))
        return false;
    struct piece part = whole;
    for (; part.at.start < whole.at.end; part.at.start = part.at.end) {
        const struct piece now = uniform(m, m->plan, part.at.start, (struct span){part.at.start, whole.at.end});
        part.at.end = now.at.end;
        part.allow = now.allow;
        part.mapped = frozen(&part);
        if (!map(m, &part) || !insert(d, &part))
            return false;
    }
    d->splits++;
    return true;
}

/* Are the kept pieces many more than they need to be, for plans that came by? */
static bool join_kept(struct machine *m)
{
    if (m->demand->splits < SPLITS_MAX)
        return true;
    m->demand->splits = 0;
    return merge_kept(m);
}

bool demand_restart(struct machine *m)
{
    struct demand *d = m->demand;
    const bool tidy = d->nr > PIECES_MAX || engine_code_pages(m->engine) > CODE_PAGES_MAX;
    if (tidy)
        engine_forget_code(m->engine);
    for (size_t i = 0; i < d->nr;) {
        struct piece *p = &d->p[i];
        if (p->kept) {
            if (!split_kept(m, i))
                return false;
            p = &d->p[i];
            p->allow = planned(m->plan, m->phase, m->guarded, p->at.start, p->at).allow;
            if (!protect(m, p, frozen(p)) || !rest(m, p))
                return false;
            i++;
            continue;
        }
        if (p->ram && !p->over) /* a phase may have changed its rights since */
            p->allow = planned(m->plan, m->phase, m->guarded, p->at.start, p->at).allow;
        if (!stays(m, p) || (tidy && p->at.start >= MIB) || is_mixed(m, p)) {
            if (!unmap(m, i))
                return false;
            continue;
        }
        if (p->ram) {
            pages_want(&m->memory, p->at);
            if ((p->allow & ALLOW_W) != 0)
                pages_writing(&m->memory, p->at);
            if (!protect(m, p, p->allow) || !rest(m, p))
                return false;
        }
        i++;
    }
    return join_kept(m) && demand_heat(m);
}
