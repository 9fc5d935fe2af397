/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/timeline.h"

#include "xen/names.h"

const enum phase timeline_order[STAGES] = {PHASE_LOADER, PHASE_SEC, PHASE_PEI, PHASE_MEMORY, PHASE_DXE};

void timeline_phase(struct timeline *t, enum phase p, struct timepoint now)
{
    if (t->phase[p].began)
        return;
    t->phase[p].began = true;
    t->phase[p].at = now;
}

void timeline_exit(struct timeline *t, enum phase p, enum machine_exit kind)
{
    t->exits[kind][p]++;
}

static struct call_count *find_call(struct timeline *t, uint16_t nr, uint16_t command, struct timepoint now)
{
    for (size_t i = 0; i < t->nr_calls; i++)
        if (t->call[i].nr == nr && t->call[i].command == command)
            return &t->call[i];
    if (t->nr_calls == CALLS_MAX)
        return NULL;
    t->call[t->nr_calls] =
        (struct call_count){.nr = nr, .command = command, .name = xen_call_name(nr, command), .first = now};
    return &t->call[t->nr_calls++];
}

void timeline_call(struct timeline *t, enum phase p, struct timepoint now, uint64_t nr, uint64_t arg0, int64_t result)
{
    struct call_count *c = find_call(t, (uint16_t)(nr < UINT16_MAX ? nr : UINT16_MAX), xen_call_command(nr, arg0), now);
    if (c == NULL) {
        t->other_calls++;
        return;
    }
    c->count[p]++;
    c->refused += result < 0;
}

static uint64_t sum(const uint64_t count[STAGES])
{
    uint64_t n = 0;
    for (unsigned i = 0; i < STAGES; i++)
        n += count[i];
    return n;
}

uint64_t timeline_exits(const struct timeline *t, enum machine_exit kind)
{
    return sum(t->exits[kind]);
}

uint64_t call_count_total(const struct call_count *c)
{
    return sum(c->count);
}

enum phase timeline_phase_at(const struct timeline *t, struct timepoint at)
{
    enum phase in = PHASE_SEC;
    for (unsigned i = 0; i < STAGES; i++) {
        const enum phase p = timeline_order[i];
        if (t->phase[p].began && t->phase[p].at.ns <= at.ns)
            in = p;
    }
    return in;
}

struct timepoint timeline_phase_end(const struct timeline *t, enum phase p, struct timepoint end)
{
    bool after = false;
    for (unsigned i = 0; i < STAGES; i++) {
        if (after && t->phase[timeline_order[i]].began)
            return t->phase[timeline_order[i]].at;
        after = after || timeline_order[i] == p;
    }
    return end;
}

const char *machine_exit_name(enum machine_exit kind)
{
    static const char *const names[MACHINE_EXITS] = {
        [EXITED_PORT_READ] = "port_read",   [EXITED_PORT_WRITE] = "port_write", [EXITED_MMIO_READ] = "mmio_read",
        [EXITED_MMIO_WRITE] = "mmio_write", [EXITED_CPUID] = "cpuid",           [EXITED_RDTSC] = "rdtsc",
        [EXITED_RDMSR] = "rdmsr",           [EXITED_WRMSR] = "wrmsr",           [EXITED_HYPERCALL] = "hypercall",
        [EXITED_INTERRUPT] = "interrupt",
    };
    return (unsigned)kind < MACHINE_EXITS ? names[kind] : "?";
}
