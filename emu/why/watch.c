/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One boot, with the stores to the targets' bytes watched, and what Xen and devices do to them. */
#include <stdlib.h>
#include <string.h>

#include "why/internal.h"

static bool open_in(const struct target *t, struct moment now)
{
    return !t->done && moment_before(now, t->before);
}

/* --- stores ----------------------------------------------------------------------------------------------------- */

/* Between the decompressor's entry and its end how much is counted is chance: check/host/unpack.c. */
static bool unseen(const struct watched *p)
{
    const enum unpack_state s = p->monitor.unpack.state;
    return !p->begun || p->over || (s != UNPACK_BEFORE && s != UNPACK_DONE);
}

static void on_store(void *self, uint64_t gpa, unsigned size, uint64_t value)
{
    struct watched *p = self;
    const struct span at = {gpa, gpa + size};
    if (!span_overlaps(at, p->around) || unseen(p))
        return;
    uint64_t pc = 0;
    for (size_t i = 0; i < p->all->nr; i++) {
        struct target *t = &p->all->t[i];
        if (t->done || t->w->mapping || !span_overlaps(t->w->at, at))
            continue;
        if (pc == 0)
            pc = engine_pc(p->machine.engine);
        if (open_in(t, (struct moment){engine_blocks(p->machine.engine), pc}))
            look_at_store(p, t, pc, gpa, size, value);
    }
}

/* --- what is not the processor's -------------------------------------------------------------------------------- */

static void keep(struct watched *p, struct target *t)
{
    const struct span at = t->w->at;
    t->page = memory_hva(&p->machine.memory, at.start);
    t->stale = false;
    if (!t->w->mapping && !memory_read(&p->machine.memory, at.start, t->kept, (size_t)span_size(at)))
        memset(t->kept, 0, (size_t)span_size(at));
}

static bool is_filled(const struct watched *p, const struct target *t)
{
    const struct span at = t->w->at;
    const struct plan_range *r = plan_find(p->machine.plan, at.start);
    if (t->w->mapping || r == NULL || r->kind != PLAN_RAM || r->cls != CLASS_FREE)
        return false;
    for (uint64_t gpa = at.start; gpa < at.end; gpa++)
        if (t->kept[gpa - at.start] != (uint8_t)(p->machine.layout->fill >> 8 * (gpa & 7)))
            return false;
    return true;
}

static void begin(struct watched *p)
{
    p->begun = true;
    for (size_t i = 0; i < p->all->nr; i++) {
        struct target *t = &p->all->t[i];
        if (t->done)
            continue;
        t->kept = t->w->mapping ? NULL : malloc((size_t)span_size(t->w->at));
        if (!t->w->mapping && t->kept == NULL) {
            p->no_room = true;
            p->over = true;
            machine_stop(&p->machine);
            return;
        }
        keep(p, t);
        t->filled = is_filled(p, t);
    }
    p->exits = p->monitor.exits;
    p->unpack = p->monitor.unpack.state;
}

static bool has_changed(const struct watched *p, const struct target *t)
{
    const struct memory *mem = &p->machine.memory;
    const struct span at = t->w->at;
    if (t->w->mapping)
        return memory_hva(mem, at.start) != t->page;
    for (uint64_t gpa = at.start, n; gpa < at.end; gpa += n) {
        n = page_down(gpa) + PAGE_SIZE - gpa < at.end - gpa ? page_down(gpa) + PAGE_SIZE - gpa : at.end - gpa;
        const uint8_t *now = memory_hva(mem, gpa);
        if (now != NULL && memcmp(now, t->kept + (gpa - at.start), (size_t)n) != 0)
            return true;
    }
    return false;
}

/* What is unpacked may be what was there before. */
static bool was_unpacked(const struct watched *p, const struct target *t)
{
    const struct unpack_watch *u = &p->monitor.unpack;
    return p->unpack != u->state && u->state == UNPACK_DONE && span_overlaps(u->output, t->w->at);
}

static void look_around(struct watched *p, uint64_t next)
{
    const bool exited = p->exits != p->monitor.exits || p->unpack != p->monitor.unpack.state;
    const struct moment now = {engine_blocks(p->machine.engine), engine_last_block(p->machine.engine)};
    for (size_t i = 0; i < p->all->nr; i++) {
        struct target *t = &p->all->t[i];
        if (t->done || (!t->stale && !exited))
            continue;
        if (!t->stale && open_in(t, now) && (has_changed(p, t) || was_unpacked(p, t))) {
            look_at_exit(p, t, next);
            t->stale = true;
        }
        if (t->stale)
            keep(p, t);
    }
    p->exits = p->monitor.exits;
    p->unpack = p->monitor.unpack.state;
}

/* --- the boot --------------------------------------------------------------------------------------------------- */

static void on_block(void *self, uint64_t pc, uint32_t size)
{
    struct watched *p = self;
    (void)size;
    if (p->machine.loading || p->over)
        return;
    if (!p->begun)
        begin(p);
    if (unseen(p))
        return;
    look_around(p, pc);
    if (engine_blocks(p->machine.engine) >= p->end.blocks && p->end.blocks != UINT64_MAX) {
        p->over = true;
        machine_stop(&p->machine);
    }
}

/* Not while a first stage runs: what it does takes longer than the rest, and is not the firmware's. */
static void start(struct watched *p)
{
    static const struct engine_spy blocks = {.block = on_block};
    static const struct engine_spy all = {.block = on_block, .store = on_store};
    if (p->watching || p->machine.loading || p->machine.stopping)
        return;
    p->watching = true;
    engine_spy(p->machine.engine, p->stores ? &all : &blocks, p);
}

static void on_paused(void *self)
{
    struct watched *p = self;
    p->checks->paused(self);
    start(p);
}

static void prepare(struct watched *p)
{
    p->around = (struct span){UINT64_MAX, 0};
    for (size_t i = 0; i < p->all->nr; i++) {
        struct target *t = &p->all->t[i];
        const struct span at = t->w->at;
        t->writes = t->looks = 0;
        t->looked = t->copied = t->filled = false;
        t->when = (struct moment){0, 0};
        if (t->done)
            continue;
        if (p->end.blocks < t->before.blocks)
            p->end = t->before;
        p->stores = p->stores || !t->w->mapping;
        p->around.start = at.start < p->around.start ? at.start : p->around.start;
        p->around.end = at.end > p->around.end ? at.end : p->around.end;
    }
}

/* A boot that was not stopped must have been the first one again. */
static bool same_way(const struct watched *p, const struct verdict *first)
{
    return p->over || (p->verdict.ending == first->ending && p->verdict.instructions == first->instructions &&
                       p->verdict.findings.nr == first->findings.nr);
}

static void boot(struct watched *p, const struct why_setup *s)
{
    monitor_init(&p->monitor, &p->machine, s->options, &p->verdict);
    p->checks = p->machine.watcher;
    p->watcher = *p->checks;
    p->watcher.paused = on_paused;
    machine_watch(&p->machine, &p->watcher, p);
    prepare(p);
    start(p);
    monitor_run(&p->monitor);
    engine_spy(p->machine.engine, NULL, NULL);
    for (size_t i = 0; i < p->all->nr; i++) {
        free(p->all->t[i].kept);
        p->all->t[i].kept = NULL;
    }
}

/* What was seen is not what happened. */
static void forget(struct targets *all)
{
    for (size_t i = 0; i < all->nr; i++) {
        struct target *t = &all->t[i];
        if (t->done)
            continue;
        free(t->w->trace);
        t->w->trace = NULL;
        t->w->kind = WRITER_UNKNOWN;
        t->done = true;
    }
}

bool watch(const struct why_setup *s, const struct verdict *first, struct targets *all, struct diag *d)
{
    struct watched *p = calloc(1, sizeof *p);
    if (p == NULL)
        return diag_fail(d, "", 0, "out of memory");
    p->all = all;
    bool ok = s->power_on(s->self, s->layout, &p->machine, d);
    if (ok) {
        boot(p, s);
        ok = !p->no_room || diag_fail(d, "", 0, "out of memory");
        if (!same_way(p, first))
            forget(all);
        verdict_free(&p->verdict);
        machine_exit(&p->machine);
    }
    free(p);
    return ok;
}
