/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stores are told by the engine (engine/spy.c) and noted by page: the phase and module that wrote there first and last.
 * A record for each page of the guest would be large, most of them empty: they come in pieces, when there is a first
 * store.
 */
#include <stdlib.h>

#include "check/internal.h"

/* 2 MiB of guest memory. */
#define PIECE_PAGES 512u

struct page_record {
    uint8_t written, first_phase, last_phase;
    uint16_t first_module, last_module;
    uint32_t range; /* of the plan */
};

struct written_watch {
    struct monitor *mon;
    struct page_record **piece; /* owned, and what they point to */
    size_t nr;
    bool lost;     /* out of memory: what is known is not all */
    uint64_t page; /* the last store's, page-aligned; UINT64_MAX: must be looked at */
    enum phase phase;
    struct span code; /* of the module that runs */
    uint16_t module;
};

void written_free(struct written *w)
{
    if (w != NULL)
        free(w->run);
    free(w);
}

static void watch_free(struct written_watch *w)
{
    for (size_t i = 0; i < w->nr; i++)
        free(w->piece[i]);
    free(w->piece);
    free(w);
}

/* --- who runs */

static void on_block(void *self, uint64_t pc, uint32_t size)
{
    struct written_watch *w = self;
    const struct monitor *mon = w->mon;
    (void)size;
    if (w->phase != mon->m->phase)
        w->page = UINT64_MAX;
    w->phase = mon->m->phase;
    if (span_has(w->code, pc))
        return;
    /* Xen's own code is called on its caller's behalf. */
    if (mon->m->xen.msr_hypercall_page != 0 && page_down(pc) == mon->m->xen.msr_hypercall_page)
        return;
    const struct module *mod = module_known(mon, pc);
    w->page = UINT64_MAX;
    w->module = mod != NULL ? (uint16_t)(mod - mon->v->module) : NO_MODULE;
    w->code = mod != NULL ? (struct span){mod->base, mod->base + mod->size} : (struct span){0, 0};
}

/* --- what it writes */

static struct page_record *record_of(struct written_watch *w, uint64_t gpa)
{
    const uint64_t page = gpa >> PAGE_SHIFT;
    struct page_record **p = &w->piece[page / PIECE_PAGES];
    if (*p == NULL)
        *p = calloc(PIECE_PAGES, sizeof **p);
    w->lost = w->lost || *p == NULL;
    return *p != NULL ? &(*p)[page % PIECE_PAGES] : NULL;
}

static void note(struct written_watch *w, uint64_t gpa)
{
    const struct plan *plan = w->mon->m->plan;
    if (gpa >= plan->top || !memory_has(&w->mon->m->memory, gpa))
        return;
    struct page_record *r = record_of(w, gpa);
    if (r == NULL)
        return;
    if (r->written == 0) {
        r->written = 1;
        r->first_phase = (uint8_t)w->phase;
        r->first_module = w->module;
        r->range = (uint32_t)(plan_find(plan, gpa) - plan->r);
    }
    r->last_phase = (uint8_t)w->phase;
    r->last_module = w->module;
}

static void note_all(struct written_watch *w, struct span at)
{
    for (uint64_t gpa = at.start; gpa < at.end; gpa = page_down(gpa) + PAGE_SIZE)
        note(w, gpa);
}

static void on_store(void *self, uint64_t gpa, unsigned size, uint64_t value)
{
    struct written_watch *w = self;
    (void)value;
    if (page_down(gpa) == w->page && page_down(gpa + size - 1) == w->page)
        return;
    w->page = page_down(gpa);
    note_all(w, (struct span){gpa, gpa + size});
}

void written_by_host(struct monitor *mon, struct span at)
{
    if (mon->written != NULL)
        note_all(mon->written, at);
}

/* --- from beginning to end */

void written_begin(struct monitor *mon)
{
    static const struct engine_spy spy = {.block = on_block, .store = on_store};
    if (!mon->options.written)
        return;
    struct written_watch *w = calloc(1, sizeof *w);
    const size_t nr = (size_t)(mon->m->plan->top / (PIECE_PAGES * PAGE_SIZE) + 1);
    struct page_record **piece = calloc(nr, sizeof *piece);
    if (w == NULL || piece == NULL) {
        free(w);
        free(piece);
        return;
    }
    *w = (struct written_watch){
        .mon = mon, .piece = piece, .nr = nr, .page = UINT64_MAX, .phase = mon->m->phase, .module = NO_MODULE};
    mon->written = w;
    engine_spy(mon->m->engine, &spy, w);
}

static bool is_more_of(const struct written_run *run, const struct written_run *next)
{
    return run->at.end == next->at.start && run->owner == next->owner && run->cls == next->cls &&
           run->first.phase == next->first.phase && run->first.module == next->first.module &&
           run->last.phase == next->last.phase && run->last.module == next->last.module;
}

static bool append(struct written *out, size_t *room, const struct written_run *next)
{
    out->pages++;
    if (out->nr != 0 && is_more_of(&out->run[out->nr - 1], next)) {
        out->run[out->nr - 1].at.end = next->at.end;
        return true;
    }
    if (out->nr == *room) {
        const size_t more = *room != 0 ? 2 * *room : 64;
        struct written_run *run = realloc(out->run, more * sizeof *run);
        if (run == NULL)
            return false;
        out->run = run;
        *room = more;
    }
    out->run[out->nr++] = *next;
    return true;
}

static bool collect(const struct written_watch *w, struct written *out)
{
    const struct plan *plan = w->mon->m->plan;
    size_t room = 0;
    for (size_t i = 0; i < w->nr * PIECE_PAGES; i++) {
        const struct page_record *piece = w->piece[i / PIECE_PAGES];
        if (piece == NULL) {
            i += PIECE_PAGES - 1;
            continue;
        }
        const struct page_record *r = &piece[i % PIECE_PAGES];
        if (r->written == 0)
            continue;
        const struct written_run run = {
            .at = {(uint64_t)i << PAGE_SHIFT, (uint64_t)(i + 1) << PAGE_SHIFT},
            .first = {(enum phase)r->first_phase, r->first_module},
            .last = {(enum phase)r->last_phase, r->last_module},
            .owner = plan->r[r->range].owner,
            .cls = plan->r[r->range].cls,
        };
        if (!append(out, &room, &run))
            return false;
    }
    return true;
}

void written_end(struct monitor *mon)
{
    struct written_watch *w = mon->written;
    if (w == NULL)
        return;
    engine_spy(mon->m->engine, NULL, NULL);
    mon->written = NULL;
    struct written *out = w->lost ? NULL : calloc(1, sizeof *out);
    if (out != NULL && collect(w, out)) {
        mon->v->written = out;
        out = NULL;
    }
    written_free(out);
    watch_free(w);
}
