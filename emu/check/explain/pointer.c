/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a bad pointer came from: the way back through the blocks that ran last. Only on the way to a finding. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/span.h"
#include "check/code/slice.h"
#include "check/explain/explain.h"
#include "check/internal.h"

#define TRAIL_MAX 1024u /* instructions */
#define LONGEST_BLOCK 4096u

struct way {
    const struct monitor *mon;
    enum code_width width;
    struct ran in[TRAIL_MAX];
    size_t nr;
};

static bool read_guest(const void *self, uint64_t gva, void *dst, size_t n)
{
    const struct monitor *mon = self;
    return machine_read(mon->m, gva, dst, n);
}

static bool read_insn(const struct monitor *mon, uint64_t pc, struct ran *out)
{
    size_t n = sizeof out->code;
    while (n > 0 && !machine_read(mon->m, pc, out->code, n))
        n--;
    out->pc = pc;
    out->n = (uint8_t)n;
    return n > 0;
}

/* Room for one more: the older half goes. */
static struct ran *next_slot(struct way *w)
{
    if (w->nr == TRAIL_MAX) {
        w->nr = TRAIL_MAX / 2;
        memmove(w->in, w->in + TRAIL_MAX / 2, w->nr * sizeof w->in[0]);
    }
    return &w->in[w->nr];
}

/*
 * The instructions of the block at @from: up to its branch, to @next where the following block begins, or to @stop,
 * which is not among them. False when that is not how it ended.
 */
static bool add_block(struct way *w, uint64_t from, uint64_t next, uint64_t stop)
{
    static const struct cpu_regs none = {0};
    for (uint64_t pc = from; pc != stop && (pc != next || pc == from) && pc - from < LONGEST_BLOCK;) {
        struct ran *in = next_slot(w);
        struct insn_transfer t;
        if (!read_insn(w->mon, pc, in) || !insn_decode_transfer(in->code, in->n, w->width, pc, &none, &t) ||
            t.length == 0)
            return false;
        w->nr++;
        pc += t.length;
        if (t.kind != TRANSFER_NONE)
            return stop == UINT64_MAX;
        if (pc == stop || pc == next)
            return true;
    }
    return from == stop || from == next;
}

/* All that ran up to the instruction at @stop. */
static void walk_back(struct way *w, uint64_t stop)
{
    uint64_t block[ENGINE_RING];
    const size_t nr = engine_last_blocks(w->mon->m->engine, block);
    for (size_t i = 0; i < nr; i++) {
        const bool last = i + 1 == nr;
        if (!add_block(w, block[i], last ? UINT64_MAX : block[i + 1], last ? stop : UINT64_MAX))
            w->nr = 0; /* what was before does not lead here */
    }
}

static void note_memory(const struct monitor *mon, struct pointer *p, uint64_t gva, unsigned size)
{
    struct paging paging;
    struct walk walk;
    machine_paging(mon->m, &paging);
    p->in_memory = walk_gva(&mon->m->memory, &paging, gva, &walk);
    p->gva = gva;
    p->gpa = p->in_memory ? walk.gpa : 0;
    p->size = size;
}

/* Where @gpr had its value from; @regs are those before the instruction at @pc. *@by is the one that set or loaded it. */
static void look_back(struct monitor *mon, uint64_t pc, const struct cpu_regs *regs, unsigned gpr, struct origin *o,
                      uint64_t *by)
{
    struct way *w = calloc(1, sizeof *w);
    o->kind = ORIGIN_UNKNOWN;
    if (w == NULL)
        return;
    w->mon = mon;
    w->width = width_of(mon, regs);
    walk_back(w, pc);
    const struct trail t = {w->in, w->nr, w->width, *regs, read_guest, mon};
    trail_origin(&t, gpr, o);
    *by = w->in[o->by].pc;
    free(w);
}

static void trace_register(struct monitor *mon, struct finding *f, uint64_t pc, const struct cpu_regs *regs,
                           unsigned gpr)
{
    struct pointer *p = &f->pointer;
    struct origin o;
    uint64_t by;
    p->known = true;
    p->value = regs->gpr[gpr];
    (void)snprintf(p->reg, sizeof p->reg, "%s", cpu_reg_names[gpr]);
    look_back(mon, pc, regs, gpr, &o, &by);
    if (o.kind != ORIGIN_UNKNOWN)
        place_code(mon, by, &p->by);
    if (o.kind == ORIGIN_MEMORY)
        note_memory(mon, p, o.gva, o.size);
}

void find_transfer_pointer(struct monitor *mon, struct finding *f)
{
    const struct transfer *t = &f->transfer;
    const enum code_width width = width_of(mon, &f->regs);
    struct ran in;
    struct insn_transfer how;
    struct cpu_regs before = f->regs;
    memset(&f->pointer, 0, sizeof f->pointer);
    if (t->kind == TRANSFER_NONE || t->direct || !read_insn(mon, t->from.gva, &in) ||
        !insn_decode_transfer(in.code, in.n, width, in.pc, &before, &how))
        return;
    if (t->kind == TRANSFER_CALL)
        before.gpr[CPU_RSP] += how.stack_use;
    unsigned gpr = insn_target_register(in.code, in.n, width);
    /* A member of a structure at 0: the pointer to the structure is the bad one. */
    if (t->in_memory && t->gva < PAGE_SIZE && t->kind != TRANSFER_RETURN)
        gpr = insn_base_register(in.code, in.n, width, in.pc, &before, &t->gva);
    if (gpr != NO_REGISTER)
        trace_register(mon, f, in.pc, &before, gpr);
    else if (t->in_memory)
        f->pointer = (struct pointer){
            .known = true, .value = t->value, .in_memory = true, .gva = t->gva, .gpa = t->gpa, .size = t->size};
}

void find_fault_pointer(struct monitor *mon, struct finding *f, uint64_t pc, const uint64_t *gva)
{
    const enum code_width width = width_of(mon, &f->regs);
    struct ran in;
    if (!read_insn(mon, pc, &in))
        return;
    const unsigned gpr = insn_base_register(in.code, in.n, width, pc, &f->regs, gva);
    if (gpr != NO_REGISTER && gpr != CPU_RSP)
        trace_register(mon, f, pc, &f->regs, gpr);
}

bool monitor_stored_from(struct monitor *mon, uint64_t pc, struct span *from)
{
    struct ran in;
    struct cpu_regs r;
    struct origin o;
    struct pointer p = {0};
    uint64_t by;
    engine_regs(mon->m->engine, &r);
    if (!read_insn(mon, pc, &in))
        return false;
    const unsigned gpr = insn_stored_register(in.code, in.n, width_of(mon, &r));
    if (gpr == NO_REGISTER)
        return false;
    look_back(mon, pc, &r, gpr, &o, &by);
    if (o.kind != ORIGIN_MEMORY)
        return false;
    note_memory(mon, &p, o.gva, o.size);
    *from = (struct span){p.gpa, p.gpa + p.size};
    return p.in_memory && p.size != 0;
}
