/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/monitor.h"
#include "check/handoff/look.h"
#include "check/host/host.h"
#include "check/loop/loop.h"
#include "check/rights/rights.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/internal.h"

/* A boot counts 2 to 400 million instructions; twenty times the largest is spent in about a minute. */
#define DEFAULT_BUDGET 8000000000ULL
/* A good image's decompression takes one or two. */
#define DEFAULT_PATIENCE 20u

void monitor_defaults(struct monitor_options *o)
{
    memset(o, 0, sizeof *o);
    o->budget = DEFAULT_BUDGET;
    o->patience = DEFAULT_PATIENCE;
    for (unsigned i = 0; i < RULE_COUNT; i++)
        o->severity[i] = rules[i].severity;
}

bool monitor_set_severity(struct monitor_options *o, const char *rule, enum severity s)
{
    const struct rule *r = rule_find(rule);
    if (r != NULL)
        o->severity[r->id] = s;
    return r != NULL;
}

static void tell_progress(struct monitor *mon)
{
    mon->v->phase = machine_stage(mon->m);
    /* How far a run away decompressor had come when it was noticed is chance, and not reported. */
    mon->v->instructions =
        unpack_running(&mon->unpack) ? mon->unpack.entered.instructions : engine_instructions(mon->m->engine);
    if (mon->options.progress != NULL)
        mon->options.progress(mon->options.progress_self, mon->v);
}

static bool on_forbidden(void *self, enum engine_fault kind, uint64_t gpa, unsigned size, uint64_t value,
                         const struct plan_range *range)
{
    return guard_access(self, kind, gpa, size, value, range);
}

static void on_new_block(void *self, const struct engine_block *b)
{
    struct monitor *mon = self;
    if (boot_loading(mon, b))
        return;
    if (mon->m->vcpus.current == 0) { /* it alone boots; the others help */
        boot_block(mon, b);
        if (mon->m->stopping)
            return;
        unpack_block(mon, b);
        dxe_block(mon, b);
    }
    exec_block(mon, b);
    if (!mon->m->stopping)
        bulk_block(mon, b);
    /* What the host may unpack instead does not run here; where it does after all, it is told again. */
    if (mon->options.ran != NULL && !mon->m->stopping && mon->unpack.state != UNPACK_ENTERING)
        mon->options.ran(mon->options.ran_self, mon, b);
}

static void on_noticed(void *self, const struct machine_notice *n)
{
    notice_taken(self, n);
}

static bool on_exception(void *self, const struct engine_exception *x)
{
    return fault_taken(self, x);
}

static void on_triple_fault(void *self, const struct engine_exception *x)
{
    fault_triple(self, x);
}

static void on_breakpoint(void *self, uint64_t pc)
{
    dxe_break(self, pc);
}

static void on_tick(void *self, uint64_t pc)
{
    struct monitor *mon = self;
    tell_progress(mon);
    if (engine_instructions(mon->m->engine) > mon->options.budget) {
        char text[96];
        (void)snprintf(text, sizeof text, "the budget of %llu instructions is spent",
                       (unsigned long long)mon->options.budget);
        end_run(mon, END_BUDGET, text);
        return;
    }
    aftermath_tick(mon);
    loop_tick(mon, pc);
    standstill_tick(mon);
}

static void on_alarm(void *self)
{
    unpack_alarm(self);
}

static void on_exited(void *self, enum machine_exit kind)
{
    struct monitor *mon = self;
    mon->exits++;
    timeline_exit(&mon->v->timeline, machine_stage(mon->m), kind);
}

static void on_called(void *self, const struct hypercall *c, int64_t result)
{
    struct monitor *mon = self;
    timeline_call(&mon->v->timeline, machine_stage(mon->m), timepoint_now(mon), c->nr, c->arg[0], result);
}

static void on_wrote(void *self, uint64_t gpa, size_t n)
{
    written_by_host(self, (struct span){gpa, gpa + n});
}

static void on_interrupted(void *self, unsigned vector)
{
    (void)vector;
    loop_interrupted(self);
}

static void shut_down(struct monitor *mon)
{
    static const char *const reset[] = {
        [RESET_CF9] = "port CF9", [RESET_8042] = "the keyboard controller", [RESET_PORT92] = "port 92"};
    static const char *const reason[] = {"poweroff", "reboot", "suspend", "crash"};
    const struct machine *m = mon->m;
    bool asked = m->xen.shutdown != SHUTDOWN_RUNNING;
    if (!asked && m->platform.reset == RESET_NONE)
        return;
    bool again;
    struct finding *f = record(mon, RULE_SHUTDOWN, engine_pc(m->engine), NULL, &again);
    if (f == NULL || again)
        return;
    if (asked)
        (void)snprintf(f->text, sizeof f->text, "%s asked Xen to shut the guest down (sched_op, reason %d: %s)",
                       m->loading ? "the first stage" : "the firmware", m->xen.shutdown,
                       m->xen.shutdown >= 0 && m->xen.shutdown < 4 ? reason[m->xen.shutdown] : "unknown");
    else
        (void)snprintf(f->text, sizeof f->text, "the firmware reset the machine through %s", reset[m->platform.reset]);
}

static void on_paused(void *self)
{
    struct monitor *mon = self;
    boot_paused(mon);
    dxe_paused(mon);
    unpack_paused(mon);
    bulk_paused(mon);
    loop_paused(mon);
    standstill_paused(mon);
    shut_down(mon);
    notice_limits(mon);
}

static const struct machine_watcher watcher = {
    .forbidden = on_forbidden,
    .new_block = on_new_block,
    .noticed = on_noticed,
    .exception = on_exception,
    .triple_fault = on_triple_fault,
    .breakpoint = on_breakpoint,
    .tick = on_tick,
    .alarm = on_alarm,
    .exited = on_exited,
    .called = on_called,
    .wrote = on_wrote,
    .interrupted = on_interrupted,
    .paused = on_paused,
};

void monitor_judge(struct monitor *mon, const struct monitor_options *o)
{
    mon->options = *o;
    if (mon->options.budget == 0)
        mon->options.budget = DEFAULT_BUDGET;
}

void monitor_init(struct monitor *mon, struct machine *m, const struct monitor_options *o, struct verdict *v)
{
    memset(mon, 0, sizeof *mon);
    memset(v, 0, sizeof *v);
    mon->m = m;
    monitor_judge(mon, o);
    mon->v = v;
    v->findings.most = (size_t)limit(m->limits, LIMIT_FINDINGS);
    v->modules_most = (size_t)limit(m->limits, LIMIT_MODULES);
    machine_watch(m, &watcher, mon);
}

/* Named only where something went wrong: names may have to be read from files first. */
static void keep_last_blocks(struct monitor *mon)
{
    struct verdict *v = mon->v;
    uint64_t pc[ENGINE_RING];
    _Static_assert(ENGINE_RING <= LAST_BLOCKS_MAX, "room for all of the engine's");
    if (ending_arrived(v->ending) || v->ending == END_PLATFORM)
        return;
    const size_t nr = engine_last_blocks(mon->m->engine, pc);
    v->last = malloc(nr * sizeof *v->last + 1);
    v->nr_last = v->last != NULL ? nr : 0;
    for (size_t i = 0; i < v->nr_last; i++)
        place_block(mon, pc[i], &v->last[i]);
}

void monitor_begin(struct monitor *mon)
{
    mon->v->ending = END_ENGINE;
    timeline_phase(&mon->v->timeline, machine_stage(mon->m), (struct timepoint){0, 0});
    if (mon->m->loading)
        return;
    preserve_begin(mon);
    written_begin(mon);
}

void monitor_run(struct monitor *mon)
{
    monitor_begin(mon);
    monitor_end(mon, machine_run(mon->m));
}

/* Another of the same, for verdict @v: what it keeps of memory is its own business. */
static void copy(struct monitor *mon, const struct monitor *from, struct verdict *v)
{
    memcpy(mon, from, offsetof(struct monitor, preserve));
    preserve_none(&mon->preserve);
    mon->v = v;
    mon->written = NULL;
    verdict_copy(v, from->v);
    mon->access.f = NULL;
    if (from->access.f != NULL && v->findings.nr == from->v->findings.nr)
        mon->access.f = v->findings.f + (from->access.f - from->v->findings.f);
}

bool monitor_keep(struct monitor *mon, struct monitor *kept, struct verdict *v)
{
    if (!preserve_settle(mon))
        return false;
    copy(kept, mon, v);
    preserve_hand_over(&kept->preserve, &mon->preserve);
    return true;
}

void monitor_resume(struct monitor *mon, const struct monitor *from, struct machine *m, struct verdict *v)
{
    copy(mon, from, v);
    mon->m = m;
    machine_watch(m, &watcher, mon);
    preserve_begin(mon);
    preserve_share(&mon->preserve, &from->preserve);
}

void monitor_drop(struct monitor *mon)
{
    preserve_end(mon);
}

void monitor_end(struct monitor *mon, bool ran)
{
    struct verdict *v = mon->v;
    if (!ran && !mon->m->stopping)
        (void)snprintf(v->detail, sizeof v->detail, "the CPU engine failed at %#llx: %s",
                       (unsigned long long)engine_pc(mon->m->engine), engine_error(mon->m->engine));
    if (mon->m->halted && !mon->m->stopping) {
        bool again;
        struct finding *f = record(mon, RULE_HALT, engine_pc(mon->m->engine) - 1, NULL, &again);
        if (f != NULL && !again)
            (void)snprintf(f->text, sizeof f->text, "HLT, and no interrupt can ever wake this processor%s",
                           mon->m->vcpus.nr > 1 ? "; no other one runs" : "");
    }
    engine_watchdog(mon->m->engine, 0); /* the run may have ended in what it watches */
    preserve_end(mon);
    written_end(mon);
    aftermath_end(mon);
    dxe_end(mon);
    tell_progress(mon);
    if (unpack_running(&mon->unpack))
        machine_rewind(mon->m, &mon->unpack.entered);
    keep_last_blocks(mon);
    v->virtual_ns = machine_virtual_ns(mon->m);
    v->vcpus_started = vcpus_started(&mon->m->vcpus);
    machine_limits_met(mon->m, &v->reached);
}
