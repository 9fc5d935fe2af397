/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One boot, with the stores to the targets' bytes watched, and what Xen and devices do to them. */
#include <stdlib.h>
#include <string.h>

#include "base/le.h"
#include "check/slice.h"
#include "why/internal.h"

/*
 * To look closely takes a backtrace, and each write may be the last: the first few are looked at, and those shortly
 * before the end, where the last write to a variable mostly is. Where that is not enough, the next boot knows which.
 */
#define EAGER 4u
#define NEAR_BLOCKS 4096u
#define LOOKS_MAX 64u
#define BLOCK_MAX 4096u

struct watched {
    struct monitor monitor; /* first: a pointer to it is what the machine gives its watcher */
    struct machine machine;
    struct verdict verdict;
    struct machine_watcher watcher; /* the monitor's, but for paused() */
    const struct machine_watcher *checks;
    struct targets *all;
    struct span around; /* all targets' bytes */
    bool stores;        /* some target is about bytes */
    bool watching;      /* the firmware runs, and its stores are told */
    bool begun;
    bool over;    /* nothing more can be told */
    bool no_room; /* out of memory */
    struct moment end;
    uint64_t exits;
    enum unpack_state unpack;
};

static bool open_in(const struct target *t, struct moment now)
{
    return !t->done && moment_before(now, t->before);
}

/* --- a closer look ---------------------------------------------------------------------------------------------- */

static void note_time(struct watched *p, struct target *t, uint64_t pc)
{
    struct machine *m = &p->machine;
    struct writer *w = t->w;
    t->writes++;
    t->when = (struct moment){engine_blocks(m->engine), pc};
    t->looked = t->copied = false;
    w->phase = machine_stage(m);
    w->vcpu = m->vcpus.current;
    w->instructions = engine_instructions(m->engine);
    w->virtual_ns = machine_virtual_ns(m);
    w->writes = t->writes;
    free(w->trace);
    w->trace = NULL;
}

static bool wants_look(const struct target *t)
{
    if (t->take != 0)
        return t->writes == t->take;
    return t->writes <= EAGER || (t->before.blocks - t->when.blocks < NEAR_BLOCKS && t->looks < LOOKS_MAX);
}

/* The last instruction of a block may be known to end at @pc + 15 at most: what is there is read, and not more. */
static void name_insn(struct watched *p, struct writer *w, uint64_t pc)
{
    uint8_t code[15];
    const size_t n = monitor_code(&p->monitor, pc, code, sizeof code);
    insn_text(code, n, monitor_width(&p->monitor), pc, w->insn, sizeof w->insn);
    monitor_place(&p->monitor, pc, &w->by);
}

static bool to_gpa(const struct watched *p, uint64_t gva, uint64_t *gpa)
{
    struct paging paging;
    struct walk walk;
    machine_paging(&p->machine, &paging);
    if (!walk_gva(&p->machine.memory, &paging, gva, &walk))
        return false;
    *gpa = walk.gpa;
    return true;
}

/* Where the bytes @at are copied from by the instruction at @pc, which stores to some of them. */
static bool copied_from(const struct watched *p, uint64_t pc, struct span at, struct span *from)
{
    uint8_t code[BLOCK_MAX];
    struct cpu_regs r;
    uint64_t gva[2], source, to;
    struct engine *e = p->machine.engine;
    const uint64_t block = engine_last_block(e);
    if (pc - block >= sizeof code)
        return false;
    const size_t n = monitor_code(&p->monitor, block, code, sizeof code);
    engine_regs(e, &r);
    if (!insn_copies(code, n, (size_t)(pc - block), monitor_width(&p->monitor), block, &r, &gva[0], &gva[1]) ||
        !to_gpa(p, gva[0], &source) || !to_gpa(p, gva[1], &to))
        return false;
    from->start = at.start - to + source;
    from->end = at.end - to + source;
    return from->start < from->end && !span_overlaps(*from, at);
}

/* --- stores ----------------------------------------------------------------------------------------------------- */

/* Between the decompressor's entry and its end how much is counted is chance: check/unpack.c. */
static bool unseen(const struct watched *p)
{
    const enum unpack_state s = p->monitor.unpack.state;
    return !p->begun || p->over || (s != UNPACK_BEFORE && s != UNPACK_DONE);
}

static void take_store(struct watched *p, struct target *t, uint64_t pc, uint64_t gpa, unsigned size, uint64_t value)
{
    struct writer *w = t->w;
    uint8_t old[8] = {0};
    const unsigned n = size < sizeof old ? size : (unsigned)sizeof old;
    if (t->take != 0 && t->writes >= t->take)
        return;
    note_time(p, t, pc);
    t->stale = true;
    (void)memory_read(&p->machine.memory, gpa, old, n);
    w->kind = WRITER_STORE;
    w->gpa = gpa;
    w->size = size;
    w->old = le64(old);
    w->value = n < 8 ? value & ((1ULL << 8 * n) - 1) : value;
    if (!wants_look(t))
        return;
    t->looked = true;
    t->looks++;
    name_insn(p, w, pc);
    w->trace = monitor_trace(&p->monitor, pc);
    find_author(w);
    if (!t->in_place)
        t->copied = copied_from(p, pc, w->at, &t->from) ||
                    (is_service(&w->author) && monitor_stored_from(&p->monitor, pc, &t->from));
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
            take_store(p, t, pc, gpa, size, value);
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

/* The block that ran last has an instruction that something else than the processor answered: it did this. */
static void take_exit(struct watched *p, struct target *t, uint64_t next)
{
    struct writer *w = t->w;
    uint8_t code[BLOCK_MAX];
    const uint64_t block = engine_last_block(p->machine.engine);
    if (t->take != 0 && t->writes >= t->take)
        return;
    note_time(p, t, block);
    w->kind = p->unpack != p->monitor.unpack.state ? WRITER_UNPACKED : WRITER_HOST;
    if (!wants_look(t))
        return;
    t->looked = true;
    if (w->kind == WRITER_UNPACKED)
        return;
    const size_t n = monitor_code(&p->monitor, block, code, sizeof code);
    const size_t at = insn_exit(code, n, monitor_width(&p->monitor));
    name_insn(p, w, at < n ? block + at : block);
    w->trace = monitor_trace(&p->monitor, next);
    find_author(w);
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
            take_exit(p, t, next);
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
