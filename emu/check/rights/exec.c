/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Execution where no code should be. Looked at once for each new block, so it costs nothing in loops. */
#include <stdio.h>

#include "base/le.h"
#include "base/span.h"
#include "check/explain/explain.h"
#include "check/internal.h"
#include "check/rights/rights.h"

#define LONGEST_BLOCK 4096u

enum code_width width_of(const struct monitor *mon, const struct cpu_regs *r)
{
    if (engine_code64(mon->m->engine))
        return CODE_64;
    return (r->cr0 & 1) != 0 ? CODE_32 : CODE_16;
}

/* *@back: what is on top of the stack; false when no CALL ends there. */
static bool behind_call(struct monitor *mon, const struct finding *f, uint64_t *back)
{
    enum code_width w = width_of(mon, &f->regs);
    unsigned n = w == CODE_64 ? 8 : w == CODE_32 ? 4 : 2;
    uint8_t raw[8] = {0};
    uint8_t code[8];
    if (!machine_read(mon->m, f->regs.gpr[CPU_RSP], raw, n))
        return false;
    *back = le64(raw);
    return *back >= sizeof code && machine_read(mon->m, *back - sizeof code, code, sizeof code) &&
           insn_call_before(code, sizeof code, w) != 0;
}

/* The CALL that led to where @f was found, if one did: its return address is on top of the stack. */
static void find_caller(struct monitor *mon, struct finding *f)
{
    uint64_t back;
    if (!behind_call(mon, f, &back))
        return;
    /* A jump leaves an older return address there: the call must be the end of the block that ran last. */
    uint64_t from = engine_last_block(mon->m->engine);
    if (back <= from || back - from > LONGEST_BLOCK)
        return;
    f->has_caller = true;
    place_return(mon, back, &f->caller);
}

void find_stub_caller(struct monitor *mon, struct finding *f)
{
    uint64_t back;
    if (f->at.module[0] != '\0' || !behind_call(mon, f, &back))
        return;
    f->has_caller = true;
    place_return(mon, back, &f->caller);
}

void led_here(struct monitor *mon, struct finding *f, uint64_t pc)
{
    find_caller(mon, f);
    find_transfer(mon, f, pc);
    find_transfer_pointer(mon, f);
    take_backtrace(mon, f, pc);
}

/* One wrong transfer is one finding, however far a slide goes or however many blocks a page has. */
static bool already_told(struct monitor *mon, enum rule_id rule, const struct engine_block *b, uint64_t gpa)
{
    struct findings *list = &mon->v->findings;
    for (size_t i = 0; i < list->nr; i++) {
        struct finding *f = &list->f[i];
        bool low = rule != RULE_EXEC_UNKNOWN && (f->rule == RULE_EXEC_NULL || f->rule == RULE_EXEC_LOW);
        if (!low && !(f->rule == rule && (page_down(f->gpa) == page_down(gpa) || f->touched.end == gpa)))
            continue;
        f->count++;
        record_touch(f, gpa, b->size);
        return true;
    }
    return false;
}

void exec_block(struct monitor *mon, const struct engine_block *b)
{
    struct paging p;
    struct walk w;
    const uint64_t page = page_down(b->pc);
    const size_t good = page / PAGE_SIZE % EXEC_GOOD;
    if (page == mon->exec_good[good].page && engine_tables(mon->m->engine) == mon->exec_good[good].tables &&
        module_known(mon, b->pc) != NULL)
        return;
    machine_paging(mon->m, &p);
    if (!walk_gva(&mon->m->memory, &p, b->pc, &w))
        return; /* the fetch itself will fault */
    const struct plan_range *r = plan_find(mon->m->plan, w.gpa);
    if (r == NULL || r->kind != PLAN_RAM)
        return; /* the engine asks before it fetches there */
    if (r->cls == CLASS_IMAGE) {
        (void)module_at(mon, b->pc);
        return;
    }
    uint64_t hypercalls = mon->m->xen.msr_hypercall_page;
    if (hypercalls != 0 && page_down(w.gpa) == hypercalls)
        return; /* Xen's own code, in the page that the guest gave it */
    if (wake_is_code(mon, r, w.gpa))
        return;
    enum rule_id rule = w.gpa < PAGE_SIZE ? RULE_EXEC_NULL : w.gpa < LOW_MEMORY_END ? RULE_EXEC_LOW : RULE_EXEC_UNKNOWN;
    if (rule == RULE_EXEC_UNKNOWN && r->cls == CLASS_FREE && module_at(mon, b->pc) != NULL) {
        if (r->at.start <= page && r->at.end >= page + PAGE_SIZE && w.gpa == b->pc) {
            mon->exec_good[good].page = page;
            mon->exec_good[good].tables = p.cr3;
        }
        return;
    }
    if (already_told(mon, rule, b, w.gpa))
        return;
    bool again;
    struct finding *f = record(mon, rule, b->pc, r, &again);
    if (f == NULL || again)
        return;
    f->access = ACCESS_EXEC;
    f->gpa = w.gpa;
    f->gva = b->pc;
    f->size = b->size;
    f->touched = (struct span){w.gpa, w.gpa + b->size};
    led_here(mon, f, b->pc);
    dxe_explain_call(mon, f);
    if (f->has_caller)
        (void)snprintf(f->text, sizeof f->text, "a call that returns to %#llx went to %#llx (%s)",
                       (unsigned long long)f->caller.gva, (unsigned long long)b->pc, r->owner);
    else
        (void)snprintf(f->text, sizeof f->text, "control went to %#llx (%s) from the block at %#llx",
                       (unsigned long long)b->pc, r->owner, (unsigned long long)engine_last_block(mon->m->engine));
}
