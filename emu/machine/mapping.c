/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "machine/mapping.h"

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

/* The longest run from @gpa on. Inside one range all whole pages are alike. */
static struct piece run_at(const struct plan *p, enum phase phase, bool guarded, uint64_t gpa)
{
    struct piece run = page_at(p, phase, guarded, gpa);
    while (run.at.end < p->top) {
        struct piece next = page_at(p, phase, guarded, run.at.end);
        if (!same(&run, &next))
            break;
        const struct plan_range *r = plan_find(p, run.at.end);
        uint64_t whole = page_down(r->at.end);
        run.at.end = whole > next.at.end ? whole : next.at.end;
    }
    return run;
}

static bool map(struct engine *e, const struct memory *m, struct piece piece)
{
    uint64_t size = span_size(piece.at);
    return piece.ram ? engine_map_ram(e, piece.at.start, size, m->base + piece.at.start, piece.allow)
                     : engine_map_io(e, piece.at.start, size);
}

bool mapping_all(struct engine *e, const struct memory *m, const struct plan *p, enum phase phase, bool guarded,
                 unsigned phys_bits)
{
    uint64_t gpa = 0;
    while (gpa < p->top) {
        struct piece run = run_at(p, phase, guarded, gpa);
        if (!map(e, m, run))
            return false;
        gpa = run.at.end;
    }
    uint64_t width = 1ULL << phys_bits;
    return gpa >= width || engine_map_io(e, gpa, width - gpa);
}

/* Pages that Xen has moved keep their own rights. */
static bool protect(struct engine *e, const struct memory *m, uint64_t gpa, uint64_t end, unsigned allow)
{
    while (gpa < end) {
        uint64_t stop = gpa;
        while (stop < end && memory_override(m, stop) == NULL)
            stop = m->nr_over == 0 ? end : stop + PAGE_SIZE;
        if (stop > gpa && !engine_protect(e, gpa, stop - gpa, allow))
            return false;
        gpa = stop < end ? stop + PAGE_SIZE : stop;
    }
    return true;
}

bool mapping_phase(struct engine *e, const struct memory *m, const struct plan *p, enum phase before, enum phase now,
                   bool guarded)
{
    if (!guarded || before == now)
        return true;
    for (uint64_t gpa = 0; gpa < p->top;) {
        struct piece old = run_at(p, before, guarded, gpa);
        struct piece new = run_at(p, now, guarded, gpa);
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
        struct piece run = run_at(p, phase, true, gpa);
        if (run.ram && run.allow != (ALLOW_R | ALLOW_W | ALLOW_X) && !protect(e, m, gpa, run.at.end, run.allow))
            return false;
        gpa = run.at.end;
    }
    return true;
}

bool mapping_page(struct engine *e, const struct memory *m, const struct plan *p, enum phase phase, bool guarded,
                  uint64_t gpa)
{
    if (!engine_unmap(e, gpa, PAGE_SIZE))
        return false;
    const struct page_override *o = memory_override(m, gpa);
    if (o == NULL)
        return map(e, m, page_at(p, phase, guarded, gpa));
    return o->page != NULL ? engine_map_ram(e, gpa, PAGE_SIZE, o->page, o->allow) : engine_map_io(e, gpa, PAGE_SIZE);
}
