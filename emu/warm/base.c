/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A beginning is found, kept and gone back to. */
#include "warm/base.h"

#include <stdlib.h>
#include <string.h>

#include "machine/demand.h"
#include "machine/interrupt.h"
#include "machine/pages.h"

#define TRIES_MAX 4u
#define MISSES_MAX 32u

static bool same_entry(const struct cpu_entry *a, const struct cpu_entry *b)
{
    return a->mode == b->mode && a->cs == b->cs && a->eip == b->eip && a->eax == b->eax && a->ecx == b->ecx &&
           a->edx == b->edx && a->ebx == b->ebx && a->esp == b->esp && a->ebp == b->ebp && a->esi == b->esi &&
           a->edi == b->edi && a->eflags == b->eflags && a->gdt_base == b->gdt_base && a->gdt_limit == b->gdt_limit &&
           a->idt_limit == b->idt_limit;
}

bool base_same_start(const struct base *b, const struct boot_case *c)
{
    return b->handoff == c->handoff && b->unchecked == c->unchecked && same_entry(&b->entry, &c->entry);
}

bool base_serves(const struct base *b, const struct boot_case *c)
{
    return base_same_start(b, c) && b->fill == c->layout.fill;
}

void base_init(struct base *b, const struct boot_case *c, const struct base *like)
{
    /* Any block will do, as long as what happens before is the same: keep() and the recorded answers see to that. */
    if (like != NULL && like->handoff == c->handoff && like->state >= BASE_LOOKED && like->state != BASE_HOPELESS) {
        b->state = BASE_LOOKED;
        b->look = like->look;
    }
    b->handoff = c->handoff;
    b->entry = c->entry;
    b->fill = c->layout.fill;
    b->unchecked = c->unchecked;
}

void base_off(struct base *b)
{
    if (b->on)
        machine_exit(&b->machine);
    b->on = false;
    monitor_drop(&b->monitor);
    verdict_free(&b->verdict);
    record_free(&b->log);
    stretches_free(b->stretches);
    b->stretches = NULL;
}

void base_trace(struct base *b, const struct warm_trace *t, void *self)
{
    b->trace = t;
    b->trace_self = self;
    engine_watch_edges(b->machine.engine, t != NULL ? t->edge : NULL, self);
    if (t != NULL)
        t->begin(self);
}

static struct machine_guest guest_of(const struct boot_case *c)
{
    return (struct machine_guest){&c->layout, &c->guest, &c->plan};
}

bool base_begin(struct base *b, const struct boot_case *c, struct diag *d)
{
    const struct machine_guest g = guest_of(c);
    base_off(b);
    b->asked = false;
    record_client(b);
    b->on = machine_init_again(&b->machine, &g, &c->entry, !c->unchecked, &b->client, BASE_RESERVE, d);
    if (b->on)
        machine_limit(&b->machine, c->choice.limits);
    record_served(b);
    b->log.recording = b->on;
    return b->on;
}

/* All page tables: the processor writes to them without telling. */
static void heat_tables(struct base *b)
{
    struct machine *m = &b->machine;
    struct paging p;
    struct walk w;
    machine_paging(m, &p);
    /* Firmware maps its memory one to one: walking over each piece of the common part meets all tables of it. */
    for (uint64_t gva = 0; gva < 4 * GIB; gva += 2 * MIB) {
        (void)walk_gva(&m->memory, &p, gva, &w);
        for (unsigned i = 0; i < w.nr; i++)
            if (pages_kept(&m->memory, w.step[i].entry_gpa) && !pages_written_since(&m->memory, w.step[i].entry_gpa))
                pages_writing(&m->memory, (struct span){w.step[i].entry_gpa, w.step[i].entry_gpa + 8});
    }
}

/* What of the machine is no memory, device or processor: time, work, and how far it is. */
static void keep_course(struct base *b)
{
    const struct machine *m = &b->machine;
    b->phase = m->phase;
    b->clock = m->clock;
    b->spin = m->spin;
    b->exits = m->exits;
    b->work_seen = m->work_seen;
    b->nr_again = m->nr_again;
    b->again_cut = m->again_cut;
}

static bool keep(struct base *b, struct monitor *mon)
{
    struct machine *m = &b->machine;
    if (b->log.open || m->memory.nr_over != 0 || m->timer_ns != IRQ_NEVER || m->interrupt_waits ||
        m->platform.irq.changed || m->vcpus.changed || m->vcpus.yield || !machine_alone(m) || mon->loop.looking ||
        mon->loop.stores || mon->loop.loads || unpack_running(&mon->unpack) || engine_doubt(m->engine) != NULL ||
        m->doubt != NULL)
        return false;
    /* To map anew what page tables lie in makes the library take page faults: the CPU's state is put back after that. */
    if (!monitor_keep(mon, &b->monitor, &b->verdict) || !engine_keep(m->engine) || !demand_keep(m))
        return false;
    heat_tables(b);
    if (!demand_heat(m) || pages_failed(&m->memory) || !engine_go_back(m->engine))
        return false;
    keep_course(b);
    b->stretches = stretches_new(m);
    return true;
}

/* Another layout may show what this one did not, but not for ever. */
static void give_up(struct base *b)
{
    if (++b->tries == TRIES_MAX)
        b->state = BASE_HOPELESS;
}

void base_run(struct base *b, struct monitor *mon)
{
    struct machine *m = &b->machine;
    monitor_begin(mon);
    pages_restart(&m->memory, m->plan, b->fill); /* what the monitor has read, nobody else has */
    if (b->state == BASE_NEW) {
        monitor_end(mon, machine_run(m));
        b->look = b->log.look - 1;
        if (b->log.looked)
            b->state = BASE_LOOKED;
        else
            give_up(b);
        return;
    }
    engine_stop_before(m->engine, b->look);
    bool ran = machine_run(m);
    engine_stop_before(m->engine, UINT64_MAX);
    b->log.recording = false;
    if (!ran || m->stopping || m->halted || engine_blocks(m->engine) != b->look) {
        give_up(b);
    } else if (b->log.looked) { /* in this guest it looks earlier than in the one that showed where */
        b->look = b->log.look - 1;
        ran = machine_run(m);
    } else {
        b->state = keep(b, mon) ? BASE_KEPT : BASE_HOPELESS;
        ran = machine_run(m);
    }
    monitor_end(mon, ran);
}

bool base_at_reset(struct base *b, const struct boot_case *c, struct monitor *mon, struct diag *d)
{
    if (!base_begin(b, c, d))
        return false;
    struct machine *m = &b->machine;
    b->log.recording = false;
    monitor_begin(mon);
    pages_restart(&m->memory, m->plan, b->fill); /* what the monitor has read, nobody else has */
    if (!monitor_keep(mon, &b->monitor, &b->verdict) || !engine_keep(m->engine) || !demand_keep(m))
        return diag_fail(d, "", 0, "out of memory");
    monitor_drop(mon); /* what it has noted of memory, each boot notes anew */
    keep_course(b);
    b->state = BASE_KEPT;
    return true;
}

/* Is @f one finding with another, since what were two ranges of memory is one in @plan? */
static bool folds(const struct findings *list, const struct finding *f, const struct plan_range *r,
                  const struct plan *plan)
{
    for (const struct finding *o = list->f; o < f; o++)
        if (o->owner != NULL && o->rule == f->rule && o->at.gva == f->at.gva && plan_find(plan, o->gpa) == r)
            return true;
    return false;
}

/* What has been found before must be said of this layout: the memory that a finding names is of the same kind here. */
static bool findings_fit(const struct base *b, const struct plan *plan)
{
    const struct findings *list = &b->verdict.findings;
    for (size_t i = 0; i < list->nr; i++) {
        const struct finding *f = &list->f[i];
        const struct plan_range *r = plan_find(plan, f->gpa);
        if (f->owner != NULL && (!finding_fits(f, r) || folds(list, f, r, plan)))
            return false;
    }
    return true;
}

static const char *go_back(struct base *b, const struct boot_case *c)
{
    struct machine *m = &b->machine;
    const struct machine_guest g = guest_of(c);
    b->answered = b->asked = false;
    /* What was asked of the plan more closely than whether it allows something must get the same answer. */
    const bool strict = b->verdict.unpacked != UNPACKED_BY_HOST;
    const char *why = demand_unlike(m, &c->plan, b->phase, b->fill, strict);
    if (why == NULL && !findings_fit(b, &c->plan))
        why = "what was found before the firmware looks at the layout is something else here";
    if (why != NULL)
        return why;
    if (!machine_restart(m, &g))
        return "out of memory";
    why = record_replay(b);
    b->answered = why != NULL;
    if (why != NULL)
        return why;
    m->phase = b->phase;
    m->clock = b->clock;
    m->spin = b->spin;
    m->exits = b->exits;
    if (!demand_restart(m) || !engine_go_back(m->engine) || pages_failed(&m->memory)) {
        b->state = BASE_HOPELESS;
        return "out of memory";
    }
    m->work_seen = b->work_seen;
    m->nr_again = b->nr_again;
    m->again_cut = b->again_cut;
    return NULL;
}

const char *base_go_back(struct base *b, const struct boot_case *c)
{
    const char *why = go_back(b, c);
    b->misses = why == NULL ? 0 : b->misses + !b->answered;
    if (b->misses == MISSES_MAX &&
        b->state == BASE_KEPT) { /* it was kept in an odd layout: the next one may be better */
        b->state = BASE_LOOKED;
        b->misses = 0;
    }
    return why;
}

const char *base_doubt(const struct base *b)
{
    /* Where more is allowed here than where it was kept, fewer reads may have been told of: the limit must be far. */
    if (b->nr_again != 0 && b->machine.nr_again >= limit(b->machine.limits, LIMIT_READS))
        return "it reads forbidden memory for ever";
    if (pages_failed(&b->machine.memory))
        return "out of memory";
    if (b->machine.doubt != NULL)
        return b->machine.doubt;
    return engine_doubt(b->machine.engine);
}

void base_quote(struct verdict *v, const struct plan *plan)
{
    for (size_t i = 0; i < v->findings.nr; i++)
        finding_quote(&v->findings.f[i], plan_find(plan, v->findings.f[i].gpa));
}
