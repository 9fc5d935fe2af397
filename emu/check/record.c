/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "check/explain/explain.h"
#include "check/internal.h"

static struct finding *find_same(struct findings *list, enum rule_id rule, uint64_t pc, const struct plan_range *range)
{
    for (size_t i = 0; i < list->nr; i++) {
        struct finding *f = &list->f[i];
        if (f->rule == rule && f->at.gva == pc && (range == NULL || f->range.start == range->at.start))
            return f;
    }
    return NULL;
}

/* What is there by now is complete: the next one is about to be told. */
static void ask_whether_enough(struct monitor *mon)
{
    const struct monitor_options *o = &mon->options;
    if (o->enough != NULL && mon->v->findings.nr != 0 && !mon->m->stopping && o->enough(o->enough_self, mon->v))
        end_run(mon, END_FINDING, "what was looked for is known");
}

struct finding *record(struct monitor *mon, enum rule_id rule, uint64_t pc, const struct plan_range *range, bool *again)
{
    struct findings *list = &mon->v->findings;
    *again = false;
    if (mon->aftermath.on) {
        if (rules[rule].then == STOP)
            end_run(mon, END_FINDING, rules[RULE_EXCEPTION].name);
        return NULL;
    }
    ask_whether_enough(mon);
    struct finding *f = find_same(list, rule, pc, range);
    *again = f != NULL;
    if (f != NULL) {
        f->count++;
        return f;
    }
    f = record_new(mon, rule, pc, range);
    if (f != NULL)
        take_backtrace(mon, f, pc);
    return f;
}

struct finding *record_new(struct monitor *mon, enum rule_id rule, uint64_t pc, const struct plan_range *range)
{
    bool low = rule == RULE_EXEC_NULL || rule == RULE_EXEC_LOW;
    const bool first = mon->options.first_only && mon->options.severity[rule] == SEVERITY_ERROR && !mon->m->stopping;
    const bool goes_on = (low && mon->options.follow_low_exec) || mon->aftermath.wanted;
    if (first || (rules[rule].then == STOP && !goes_on))
        end_run(mon, END_FINDING, rules[rule].name);
    struct finding *f = verdict_add_finding(mon->v);
    if (f == NULL)
        return NULL;
    f->rule = rule;
    f->severity = mon->options.severity[rule];
    f->phase = machine_stage(mon->m);
    f->vcpu = mon->m->vcpus.current;
    f->count = 1;
    f->blocks = engine_blocks(mon->m->engine);
    if (range != NULL) {
        f->range = range->at;
        f->owner = range->owner;
        f->cls = range->cls;
    }
    engine_regs(mon->m->engine, &f->regs);
    place_code(mon, pc, &f->at);
    return f;
}

void record_touch(struct finding *f, uint64_t gpa, uint64_t size)
{
    if (gpa < f->touched.start)
        f->touched.start = gpa;
    if (gpa + size > f->touched.end)
        f->touched.end = gpa + size;
}

struct timepoint timepoint_now(struct monitor *mon)
{
    return (struct timepoint){machine_virtual_ns(mon->m), engine_instructions(mon->m->engine)};
}

void end_run(struct monitor *mon, enum ending e, const char *detail)
{
    mon->v->ending = e;
    (void)snprintf(mon->v->detail, sizeof mon->v->detail, "%s", detail);
    machine_stop(mon->m);
}
