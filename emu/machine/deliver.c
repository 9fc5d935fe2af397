/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "machine/deliver.h"

#include "base/le.h"
#include "base/span.h"
#include "machine/machine.h"

#define RFLAGS_TF 0x100u
#define RFLAGS_IF 0x200u
#define RFLAGS_NT 0x4000u
#define RFLAGS_RF 0x10000u
#define EFER_LMA 0x400u
#define CR0_WP 0x10000u

enum vector { DE = 0, DB = 1, BP = 3, OF = 4, DF = 8, TS = 10, NP = 11, SS = 12, GP = 13, PF = 14 };

/* A gate of long mode (6.14.1), a code segment's descriptor (5.8), the TSS (7.7). */
#define GATE_SIZE 16u
#define PRESENT 0x80u
#define GATE_TYPE 0x1Fu
#define GATE_INTERRUPT 0x0Eu
#define GATE_TRAP 0x0Fu
#define CODE_SEGMENT 0x18u
#define SEGMENT_DPL 0x60u
#define SIZE_BITS 0x60u
#define SIZE_64 0x20u
#define TSS_IST1 0x24u

/* Page-fault error code bits (4.7). */
#define PF_PRESENT 1u
#define PF_WRITE 2u
#define PF_RESERVED 8u

#define INT1 0xF1u
#define INT3 0xCCu
#define INTO 0xCEu

#define CODE_EXTERNAL 1u
#define CODE_IDT 2u
#define WORDS_MAX 6u

struct event {
    unsigned vector;
    bool fault; /* raised by the processor: it counts for double faults */
    bool software, has_code;
    uint32_t code;
    uint64_t cr2; /* of a page fault that delivery met */
};

struct gate {
    uint64_t rip;
    uint16_t cs;
    uint8_t ist;
    bool trap;
};

static bool canonical(uint64_t gva)
{
    const uint64_t top = gva >> 47;
    return top == 0 || top == 0x1ffff;
}

/* False with @next, what the processor raises instead. */
static bool raise(struct event *next, unsigned vector, uint32_t code)
{
    *next = (struct event){.vector = vector, .fault = true, .has_code = true, .code = code};
    return false;
}

static uint32_t external(const struct event *e)
{
    return e->software ? 0 : CODE_EXTERNAL;
}

/* May the processor itself touch that page? */
static bool reachable(struct machine *m, uint64_t gva, bool write, struct event *next)
{
    struct paging p;
    struct walk w;
    machine_paging(m, &p);
    const bool mapped = walk_gva(&m->memory, &p, gva, &w);
    bool may = mapped;
    for (unsigned i = 0; write && i < w.nr; i++)
        may = may && ((w.step[i].entry & 2) != 0 || (p.cr0 & CR0_WP) == 0);
    if (may)
        return true;
    const bool reserved = !mapped && w.nr > 0 && (w.step[w.nr - 1].entry & 1) != 0;
    (void)raise(next, PF,
                (mapped || reserved ? PF_PRESENT : 0) | (reserved ? PF_RESERVED : 0) | (write ? PF_WRITE : 0));
    next->cr2 = gva;
    return false;
}

static bool fetch(struct machine *m, uint64_t gva, void *dst, unsigned n, struct event *next)
{
    return reachable(m, gva, false, next) && reachable(m, gva + n - 1, false, next) && machine_read(m, gva, dst, n);
}

static bool read_gate(struct machine *m, const struct event *e, struct gate *g, struct event *next)
{
    uint64_t base;
    uint32_t limit;
    uint8_t d[GATE_SIZE] = {0};
    const uint32_t at = e->vector * GATE_SIZE, code = e->vector * 8 | CODE_IDT | external(e);
    engine_idt(m->engine, &base, &limit);
    if (at + GATE_SIZE - 1 > limit)
        return raise(next, GP, code);
    if (!fetch(m, base + at, d, sizeof d, next))
        return false;
    const uint8_t type = d[5] & GATE_TYPE;
    if (type != GATE_INTERRUPT && type != GATE_TRAP)
        return raise(next, GP, code);
    if ((d[5] & PRESENT) == 0)
        return raise(next, NP, code);
    *g = (struct gate){.cs = le16(d + 2), .ist = d[4] & 7, .trap = type == GATE_TRAP};
    g->rip = le16(d) | (uint64_t)le16(d + 6) << 16 | (uint64_t)le32(d + 8) << 32;
    return true;
}

static bool check_segment(struct machine *m, const struct event *e, const struct gate *g, struct event *next)
{
    uint64_t base;
    uint32_t limit;
    uint8_t d[8] = {0};
    const uint32_t at = g->cs & 0xFFF8u, code = (g->cs & 0xFFFCu) | external(e);
    engine_gdt(m->engine, &base, &limit);
    if ((g->cs & 0xFFFCu) == 0 || (g->cs & 4) != 0 || at + 7 > limit)
        return raise(next, GP, code);
    if (!fetch(m, base + at, d, sizeof d, next))
        return false;
    const bool to_ring_0 = (d[5] & SEGMENT_DPL) == 0;
    if ((d[5] & CODE_SEGMENT) != CODE_SEGMENT || !to_ring_0 || (d[6] & SIZE_BITS) != SIZE_64)
        return raise(next, GP, code);
    if ((d[5] & PRESENT) == 0)
        return raise(next, NP, code);
    return canonical(g->rip) || raise(next, GP, external(e));
}

/* The handler's stack: the one in use, or the interrupt stack that the gate asks for. */
static bool find_stack(struct machine *m, const struct event *e, const struct gate *g, uint64_t *rsp,
                       struct event *next)
{
    uint16_t selector;
    uint64_t base;
    uint32_t limit;
    uint8_t raw[8] = {0};
    if (g->ist != 0) {
        const uint32_t at = TSS_IST1 + (g->ist - 1u) * 8;
        engine_task(m->engine, &selector, &base, &limit);
        if ((selector & 0xFFFC) == 0 || at + 7 > limit)
            return raise(next, TS, (selector & 0xFFFCu) | external(e));
        if (!fetch(m, base + at, raw, sizeof raw, next))
            return false;
        *rsp = le64(raw);
    }
    *rsp &= ~15ull;
    return canonical(*rsp - 1) || raise(next, SS, external(e));
}

static bool push(struct machine *m, uint64_t *rsp, const uint64_t *words, unsigned n, const struct event *e,
                 struct event *next)
{
    uint8_t raw[8];
    for (unsigned i = 0; i < n; i++) {
        const uint64_t at = *rsp - 8 * (i + 1);
        if (!canonical(at))
            return raise(next, SS, external(e));
        if (!reachable(m, at, true, next))
            return false;
    }
    for (unsigned i = 0; i < n; i++) {
        *rsp -= 8;
        put_le64(raw, words[i]);
        (void)machine_write(m, *rsp, raw, sizeof raw); /* where no RAM is, it is lost */
    }
    return true;
}

/* Those after which the instruction runs again are restarted without its breakpoints: 17.3.1.1. */
static bool restarts(const struct event *e)
{
    return e->fault && !e->software && e->vector != DB && e->vector != BP && e->vector != OF && e->vector != DF;
}

/* INT n that cannot be taken is restarted. */
static void undo(struct machine *m)
{
    struct cpu_regs r;
    uint8_t op = 0;
    engine_regs(m->engine, &r);
    (void)machine_read(m, r.rip - 1, &op, 1);
    engine_jump(m->engine, r.rip - (op == INT3 || op == INTO || op == INT1 ? 1 : 2));
}

/* False with @next, the exception that this one meets. */
static bool enter(struct machine *m, const struct event *e, struct event *next)
{
    struct cpu_regs r;
    struct gate g;
    engine_regs(m->engine, &r);
    uint64_t rsp = r.gpr[CPU_RSP];
    if (!read_gate(m, e, &g, next) || !check_segment(m, e, &g, next) || !find_stack(m, e, &g, &rsp, next))
        return false;
    const uint64_t flags = restarts(e) ? r.rflags | RFLAGS_RF : r.rflags;
    const uint64_t words[WORDS_MAX] = {r.ss, r.gpr[CPU_RSP], flags, r.cs, r.rip, e->code};
    const bool has_code = e->fault && engine_exception_has_code(e->vector) && !e->software;
    if (!push(m, &rsp, words, has_code ? WORDS_MAX : WORDS_MAX - 1, e, next))
        return false;
    const uint64_t off = RFLAGS_TF | RFLAGS_NT | RFLAGS_RF | (g.trap ? 0 : RFLAGS_IF);
    engine_enter_gate(m->engine, g.cs, g.rip, rsp, r.rflags & ~off);
    return true;
}

/* 6.15, interrupt 8: which exceptions together are a double fault. */
static bool contributory(const struct event *e)
{
    return e->fault && (e->vector == DE || (e->vector >= TS && e->vector <= GP));
}

static bool is_double(const struct event *first, const struct event *second)
{
    if (first->fault && first->vector == PF)
        return second->vector == PF || contributory(second);
    return contributory(first) && contributory(second);
}

bool deliver_possible(struct machine *m)
{
    struct cpu_regs r;
    engine_regs(m->engine, &r);
    return (r.efer & EFER_LMA) != 0 && (r.cs & 3) == 0 && engine_code64(m->engine);
}

static struct engine_exception exception_of(const struct event *e)
{
    return (struct engine_exception){e->vector, e->software, e->has_code, e->code};
}

/* An exception that an interrupt met, or INT n: nobody has been told of it. */
static bool wanted(struct machine *m, const struct event *e)
{
    const struct engine_exception x = exception_of(e);
    return m->watcher->exception != NULL && m->watcher->exception(m->watcher_self, &x);
}

static void tell_triple(struct machine *m, const struct event *e)
{
    const struct engine_exception x = exception_of(e);
    if (m->watcher->triple_fault != NULL)
        m->watcher->triple_fault(m->watcher_self, &x);
    else
        machine_stop(m);
}

static void deliver(struct machine *m, struct event e)
{
    struct event next;
    const struct event first = e;
    while (deliver_possible(m)) {
        if (enter(m, &e, &next))
            return;
        if (e.software)
            undo(m);
        if (next.vector == PF)
            engine_set_cr2(m->engine, next.cr2);
        if (e.fault && e.vector == DF)
            break;
        if (is_double(&e, &next))
            (void)raise(&next, DF, 0);
        if (!e.fault && !wanted(m, &next)) {
            machine_stop(m);
            return;
        }
        e = next;
    }
    tell_triple(m, &first);
}

void deliver_interrupt(struct machine *m, uint8_t vector)
{
    deliver(m, (struct event){.vector = vector});
}

bool deliver_raised(struct machine *m)
{
    const struct engine_exception *x = &m->exception;
    m->raised = false;
    if (!engine_exception_over(m->engine))
        return false;
    deliver(m, (struct event){x->vector, !x->software, x->software, x->has_code, x->code, 0});
    return true;
}
