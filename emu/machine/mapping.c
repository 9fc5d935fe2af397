/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "machine/mapping.h"

#include <stdlib.h>

#include "base/span.h"

/* A run of pages that are mapped alike. */
struct piece {
    struct span at;
    bool ram;
    unsigned allow; /* of the strictest range in the page */
};

static bool same(const struct piece *a, const struct piece *b)
{
    return a->ram == b->ram && (!a->ram || a->allow == b->allow);
}

/* The page at @gpa: RAM when any part is, with the rights that all its parts share. */
static struct piece page_at(const struct plan *p, enum phase phase, bool guarded, uint64_t gpa)
{
    struct piece piece = {.at = {gpa, gpa + PAGE_SIZE}, .allow = ALLOW_R | ALLOW_W | ALLOW_X};
    const struct plan_range *r = plan_find(p, gpa);
    for (; r != NULL && r < p->r + p->nr && r->at.start < piece.at.end; r++) {
        if (r->kind == PLAN_RAM)
            piece.ram = true;
        if (guarded)
            piece.allow &= r->allow[phase];
    }
    return piece;
}

/* The longest run from @gpa on, or one that goes to @end and maybe beyond. Inside one range all whole pages are alike. */
static struct piece run_at(const struct plan *p, enum phase phase, bool guarded, uint64_t gpa, uint64_t end)
{
    struct piece run = page_at(p, phase, guarded, gpa);
    while (run.at.end < p->top && run.at.end < end) {
        struct piece next = page_at(p, phase, guarded, run.at.end);
        if (!same(&run, &next))
            break;
        const struct plan_range *r = plan_find(p, run.at.end);
        uint64_t whole = page_down(r->at.end);
        run.at.end = whole > next.at.end ? whole : next.at.end;
    }
    return run;
}

struct mapping_run mapping_run_at(const struct plan *p, enum phase phase, bool guarded, uint64_t gpa, uint64_t end)
{
    const struct piece run = run_at(p, phase, guarded, gpa, end);
    return (struct mapping_run){{gpa, run.at.end < end ? run.at.end : end}, run.ram, run.allow};
}

static bool map(struct engine *e, const struct memory *m, struct piece piece)
{
    uint64_t size = span_size(piece.at);
    return piece.ram ? engine_map_ram(e, piece.at.start, size, memory_at(m, piece.at.start), piece.allow)
                     : engine_map_io(e, piece.at.start, size);
}

/*
 * A page that comes or goes is mapped together with neighbours, or a loader would leave the engine 500 regions; but only
 * with few, for what is unmapped costs the library some work a page.
 */
#define CHUNK (256 * KIB)
#define CHUNKED_MAX (32 * MIB) /* holes above that stay whole: nobody fills those page by page */

static uint64_t chunk_end(uint64_t gpa, uint64_t end)
{
    const uint64_t chunk = (gpa & ~(CHUNK - 1)) + CHUNK;
    return chunk < end ? chunk : end;
}

static bool map_hole(struct engine *e, struct span at)
{
    const bool whole = span_size(at) > CHUNKED_MAX;
    for (uint64_t gpa = at.start, next; gpa < at.end; gpa = next) {
        next = whole ? at.end : chunk_end(gpa, at.end);
        if (!engine_map_io(e, gpa, next - gpa))
            return false;
    }
    return true;
}

/*
 * Above the plan pages stay I/O, and the machine serves them: the library takes seconds to unmap all the address space
 * that there is, page by page.
 */
static bool map_override(struct engine *e, const struct plan *p, const struct page_override *o, struct span at)
{
    if (at.start >= p->top || o->lazy)
        return true;
    const uint64_t size = (at.end < p->top ? at.end : p->top) - at.start;
    if (!engine_unmap(e, at.start, size))
        return false;
    return o->page != NULL ? engine_map_ram(e, at.start, size, o->page + (at.start - o->at.start), o->allow)
                           : map_hole(e, (struct span){at.start, at.start + size});
}

bool mapping_all(struct engine *e, const struct memory *m, const struct plan *p, enum phase phase, bool guarded,
                 unsigned phys_bits)
{
    uint64_t gpa = 0;
    while (gpa < p->top) {
        /* Cut where the rights differ even if all are given yet: to cut a region later costs work for each page. */
        struct piece run = run_at(p, phase, true, gpa, p->top);
        if (!guarded)
            run.allow = ALLOW_R | ALLOW_W | ALLOW_X;
        if (!map(e, m, run))
            return false;
        gpa = run.at.end;
    }
    uint64_t width = 1ULL << phys_bits;
    if (gpa < width && !engine_map_io(e, gpa, width - gpa))
        return false;
    for (size_t i = 0; i < m->nr_over; i++)
        if (!map_override(e, p, &m->over[i], m->over[i].at))
            return false;
    return true;
}

/* Pages that Xen has moved keep their own rights. */
static bool protect(struct engine *e, const struct memory *m, uint64_t gpa, uint64_t end, unsigned allow)
{
    while (gpa < end) {
        const struct page_override *o = memory_override(m, gpa), *next = memory_next_override(m, gpa);
        const uint64_t stop = o != NULL ? o->at.end : next != NULL ? next->at.start : end;
        const uint64_t here = stop < end ? stop : end;
        if (o == NULL && !engine_protect(e, gpa, here - gpa, allow))
            return false;
        gpa = here;
    }
    return true;
}

bool mapping_phase(struct engine *e, const struct memory *m, const struct plan *p, enum phase before, enum phase now,
                   bool guarded)
{
    if (!guarded || before == now)
        return true;
    for (uint64_t gpa = 0; gpa < p->top;) {
        struct piece old = run_at(p, before, guarded, gpa, p->top);
        struct piece new = run_at(p, now, guarded, gpa, p->top);
        uint64_t end = old.at.end < new.at.end ? old.at.end : new.at.end;
        if (old.ram && old.allow != new.allow && !protect(e, m, gpa, end, new.allow))
            return false;
        gpa = end;
    }
    return true;
}

bool mapping_guard(struct engine *e, const struct memory *m, const struct plan *p, enum phase phase)
{
    for (uint64_t gpa = 0; gpa < p->top;) {
        struct piece run = run_at(p, phase, true, gpa, p->top);
        if (run.ram && run.allow != (ALLOW_R | ALLOW_W | ALLOW_X) && !protect(e, m, gpa, run.at.end, run.allow))
            return false;
        gpa = run.at.end;
    }
    return true;
}

static struct span widen(const struct page_override *o, struct span at)
{
    const uint64_t start = at.start & ~(CHUNK - 1), end = (at.end + CHUNK - 1) & ~(CHUNK - 1);
    return (struct span){start > o->at.start ? start : o->at.start, end < o->at.end ? end : o->at.end};
}

bool mapping_changed(struct engine *e, const struct memory *m, const struct plan *p, enum phase phase, bool guarded,
                     struct span at)
{
    const uint64_t stop = at.end < p->top ? at.end : p->top;
    for (uint64_t gpa = at.start; gpa < stop;) {
        const struct page_override *o = memory_override(m, gpa), *next = memory_next_override(m, gpa);
        if (o != NULL) {
            const struct span all = widen(o, (struct span){gpa, stop < o->at.end ? stop : o->at.end});
            if (!map_override(e, p, o, all))
                return false;
            gpa = all.end;
            continue;
        }
        struct piece run = run_at(p, phase, guarded, gpa, stop);
        const uint64_t end = next != NULL && next->at.start < stop ? next->at.start : stop;
        if (run.at.end > end)
            run.at.end = end;
        if (!engine_unmap(e, gpa, span_size(run.at)) || !map(e, m, run))
            return false;
        gpa = run.at.end;
    }
    return true;
}

static bool settle_page(struct memory *m, const struct plan *p, enum phase phase, const struct page_override *o,
                        uint64_t gpa)
{
    uint8_t *const page = o->page != NULL ? o->page + (gpa - o->at.start) : NULL;
    const struct piece plan = page_at(p, phase, true, gpa);
    if (page == NULL ? !plan.ram : plan.ram && page == memory_at(m, gpa))
        return true;
    return memory_put(m, (struct span){gpa, gpa + PAGE_SIZE}, page, (uint8_t)(o->allow & plan.allow), o->owner);
}

bool mapping_settle(struct memory *m, const struct plan *p, enum phase phase)
{
    size_t nr;
    struct page_override *old = memory_take_overrides(m, &nr);
    bool ok = true;
    for (size_t i = 0; i < nr; i++)
        for (uint64_t gpa = old[i].at.start; ok && gpa < old[i].at.end; gpa += PAGE_SIZE)
            ok = settle_page(m, p, phase, &old[i], gpa);
    free(old);
    memory_apply_all(m);
    return ok;
}
