/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is mapped, from one boot to the next: the common part of all boots, and what both plans say the same of. */
#include <stdlib.h>

#include "machine/demand_parts.h"
#include "machine/machine.h"
#include "machine/pages.h"

#define PIECES_MAX 300u     /* more make the engine slow: then those of other layouts go */
#define CODE_PAGES_MAX 512u /* likewise */
#define SPLITS_MAX 16u      /* likewise */
#define GAP (4 * PAGE_SIZE) /* between pages that are written in each boot: one region is cheaper than three */

/* --- the common part ---------------------------------------------------------------------------------------------- */

/* What the host alone has touched. It is mapped when it is known what it is one with: each mapping costs the library time. */
static void add_page(void *self, uint64_t gpa)
{
    (void)demand_add(self, gpa, true);
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
               demand_uniform(m, m->plan, p.at.start, (struct span){p.at.start, d->p[i + n].at.end}).at.end ==
                   d->p[i + n].at.end)
            p.at.end = d->p[i + n++].at.end;
        while (n > 0) {
            if (!demand_unmap(m, i))
                return false;
            n--;
        }
        p.mapped = demand_frozen(&p);
        p.away = false;
        if (!demand_map(m, &p) || !demand_insert(d, &p))
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
    pages_each(&m->memory, add_page, m);
    footprint_free(&d->print);
    for (size_t i = 0; i < d->nr; i++)
        if (d->p[i].ram && (d->p[i].at.end > m->memory.size || !footprint_add(&d->print, m->plan, d->p[i].at)))
            return false;
    for (size_t i = 0; i < d->nr; i++)
        if (d->p[i].ram) {
            d->p[i].kept = true;
            pages_keep(&m->memory, d->p[i].at);
        }
    pages_no_more_peeks(&m->memory);
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
        if (!cut && !demand_unmap(m, i))
            return false;
        cut = true;
        struct piece before = whole, hot = whole;
        before.at = (struct span){done, run.start};
        hot.at = run;
        hot.hot = true;
        hot.mapped = hot.allow;
        pages_writing(&m->memory, run);
        if ((done < run.start && (!demand_map(m, &before) || !demand_insert(d, &before))) || !demand_map(m, &hot) ||
            !demand_insert(d, &hot))
            return false;
        done = run.end;
        run = (struct span){0, 0};
        if (alone)
            gpa -= PAGE_SIZE; /* it may begin the next */
    }
    struct piece after = whole;
    after.at.start = done;
    return !cut || done == whole.at.end || (demand_map(m, &after) && demand_insert(d, &after));
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

/* No code of @p has run yet in this boot. */
static bool rest(struct machine *m, struct piece *p)
{
    if (!p->ram || !p->exec || (p->mapped & ALLOW_W) == 0)
        return true;
    p->exec = false;
    return engine_protect_data(m->engine, p->at.start, span_size(p->at), p->mapped);
}

static bool stays(const struct machine *m, const struct piece *p)
{
    if (p->over || p->at.end > 1ULL << m->layout->phys_bits || (p->ram && p->at.end > m->memory.size))
        return false;
    if (p->at.start >= m->plan->top)
        return !p->ram;
    const struct span w = {p->at.start, p->at.end < m->plan->top ? p->at.end : m->plan->top};
    const struct piece now = demand_uniform(m, m->plan, w.start, w);
    return now.ram == p->ram && now.at.end == w.end && (!p->ram || (w.end == p->at.end && now.allow == p->allow));
}

/* Code and data in one piece: they come apart. */
static bool is_mixed(const struct machine *m, const struct piece *p)
{
    return p->ram && (p->allow & ALLOW_W) != 0 && span_size(p->at) > PAGE_SIZE && demand_has_code(m, p->at);
}

/* Where this plan tells apart what was one in those before. */
static bool split_kept(struct machine *m, size_t i)
{
    struct demand *d = m->demand;
    const struct piece whole = d->p[i];
    if (demand_uniform(m, m->plan, whole.at.start, whole.at).at.end == whole.at.end)
        return true;
    if (!demand_unmap(m, i))
        return false;
    struct piece part = whole;
    for (; part.at.start < whole.at.end; part.at.start = part.at.end) {
        const struct piece now = demand_uniform(m, m->plan, part.at.start, (struct span){part.at.start, whole.at.end});
        part.at.end = now.at.end;
        part.allow = now.allow;
        part.mapped = demand_frozen(&part);
        if (!demand_map(m, &part) || !demand_insert(d, &part))
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
    d->again = true;
    const bool tidy = d->nr > PIECES_MAX || engine_code_pages(m->engine) > CODE_PAGES_MAX;
    if (tidy)
        engine_forget_code(m->engine);
    for (size_t i = 0; i < d->nr;) {
        struct piece *p = &d->p[i];
        if (p->kept) {
            if (!split_kept(m, i))
                return false;
            p = &d->p[i];
            p->allow = demand_planned(m->plan, m->phase, m->guarded, p->at.start, p->at).allow;
            if (!demand_protect(m, p, demand_frozen(p)) || !rest(m, p))
                return false;
            i++;
            continue;
        }
        if (p->ram && !p->over) /* a phase may have changed its rights since */
            p->allow = demand_planned(m->plan, m->phase, m->guarded, p->at.start, p->at).allow;
        if (!stays(m, p) || (tidy && p->at.start >= MIB) || is_mixed(m, p)) {
            if (!demand_unmap(m, i))
                return false;
            continue;
        }
        if (p->ram) {
            pages_want(&m->memory, p->at);
            if ((p->allow & ALLOW_W) != 0)
                pages_writing(&m->memory, p->at);
            if (!demand_protect(m, p, p->allow) || !rest(m, p))
                return false;
        }
        i++;
    }
    return join_kept(m) && demand_heat(m) && demand_quick(m);
}
