/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guest exceptions, decoded: the engine gives the vector, the rest is worked out from the guest's state. */
#include <stdio.h>

#include "base/le.h"
#include "check/explain/explain.h"
#include "check/internal.h"
#include "check/rights/rights.h"
#include "machine/deliver.h"

#define VECTOR_BP 3u
#define INT3 0xccu
#define VECTOR_GP 13u
#define VECTOR_PF 14u

/* Can the processor reach a handler at all? Without a present gate any fault ends as a triple fault. */
static bool deliverable(struct monitor *mon, const struct cpu_regs *r, unsigned vector)
{
    uint64_t base;
    uint32_t limit;
    engine_idt(mon->m->engine, &base, &limit);
    bool real = (r->cr0 & 1) == 0;
    unsigned size = real ? 4 : (r->efer & 0x400) != 0 ? 16 : 8;
    uint8_t gate[16];
    if ((uint64_t)vector * size + size - 1 > limit || !machine_read(mon->m, base + (uint64_t)vector * size, gate, size))
        return false;
    return real || (gate[5] & 0x80) != 0;
}

static void describe(struct monitor *mon, struct finding *f, const struct engine_exception *x, uint64_t pc,
                     const char *why_triple)
{
    const struct cpu_regs *r = &f->regs;
    f->has_fault = true;
    f->fault.vector = x->vector;
    f->fault.error_code = x->has_code ? x->code : 0;
    f->fault.has_error_code = x->has_code;
    if (x->vector == VECTOR_PF) {
        f->fault.cr2 = r->cr2;
        struct paging p;
        machine_paging(mon->m, &p);
        (void)walk_gva(&mon->m->memory, &p, r->cr2, &f->fault.walk);
        f->gva = r->cr2;
        if (r->cr2 == pc)
            led_here(mon, f, pc);
        else
            find_fault_pointer(mon, f, pc, &r->cr2);
    } else if (x->vector == VECTOR_GP) {
        find_fault_pointer(mon, f, pc, NULL);
    }
    uint8_t bytes[15];
    size_t n = sizeof bytes;
    while (n > 0 && !machine_read(mon->m, pc, bytes, n))
        n--;
    char text[96];
    insn_text(bytes, n, width_of(mon, r), pc, text, sizeof text);
    (void)snprintf(f->text, sizeof f->text, "exception %u at %#llx%s%s%s", x->vector, (unsigned long long)pc,
                   text[0] != '\0' ? ": " : "", text, f->rule == RULE_TRIPLE_FAULT ? why_triple : "");
    explain(mon, f);
}

static struct finding *find(struct monitor *mon, enum rule_id rule, const struct engine_exception *x,
                            const char *why_triple)
{
    uint64_t pc = engine_pc(mon->m->engine);
    uint8_t before;
    if (x->vector == VECTOR_BP && machine_read(mon->m, pc - 1, &before, 1) && before == INT3)
        pc--; /* a trap: the processor is past it already */
    bool again;
    struct finding *f = record(mon, rule, pc, NULL, &again);
    if (f == NULL || again)
        return NULL;
    describe(mon, f, x, pc, why_triple);
    return f;
}

void fault_triple(struct monitor *mon, const struct engine_exception *x)
{
    (void)find(mon, RULE_TRIPLE_FAULT, x,
               " (it could not be delivered, nor the double fault that followed: the guest is reset)");
}

/* The handler's business, and none of ours? */
static bool is_meant(const struct monitor *mon, const struct engine_exception *x)
{
    if (mon->dxe == NULL)
        return false;
    return x->software || (mon->options.deliver && deliver_possible(mon->m));
}

bool fault_taken(struct monitor *mon, const struct engine_exception *x)
{
    if (is_meant(mon, x)) {
        mon->v->exceptions += !x->software;
        mon->v->software_interrupts += x->software;
        return true;
    }
    struct cpu_regs r;
    engine_regs(mon->m->engine, &r);
    const bool handled = deliverable(mon, &r, x->vector);
    mon->aftermath.wanted =
        handled && mon->dxe != NULL && !mon->options.first_only && !mon->aftermath.on && deliver_possible(mon->m);
    const struct finding *f =
        find(mon, handled ? RULE_EXCEPTION : RULE_TRIPLE_FAULT, x, " (no handler in the IDT: the guest is reset)");
    const bool goes_on = mon->aftermath.wanted && f != NULL && !mon->m->stopping;
    mon->aftermath.wanted = false;
    if (goes_on)
        aftermath_begin(mon, f);
    return goes_on;
}
