/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A write to a target, as it happens: when, by whom, from where. */
#include <stdlib.h>
#include <string.h>

#include "base/le.h"
#include "check/code/slice.h"
#include "why/internal.h"

/*
 * To look closely takes a backtrace, and each write may be the last: the first few are looked at, and those shortly
 * before the end, where the last write to a variable mostly is. Where that is not enough, the next boot knows which.
 */
#define EAGER 4u
#define NEAR_BLOCKS 4096u
#define LOOKS_MAX 64u
#define BLOCK_MAX 4096u

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
    w->insn[0] = '\0';
    if (w->by.gva != 0) {
        memset(&w->by, 0, sizeof w->by);
        memset(&w->author, 0, sizeof w->author);
    }
}

static bool wants_look(const struct target *t)
{
    if (t->take != 0)
        return t->writes == t->take;
    return t->writes <= EAGER || (t->before.blocks - t->when.blocks < NEAR_BLOCKS && t->looks < LOOKS_MAX);
}

/* The instruction at @pc: where, and as text. */
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

void look_at_store(struct watched *p, struct target *t, uint64_t pc, uint64_t gpa, unsigned size, uint64_t value)
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

void look_at_exit(struct watched *p, struct target *t, uint64_t next)
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
