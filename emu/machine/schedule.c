/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The processors take turns, always in the same order. What they do to each other depends on executed work alone, so
 * the same input gives the same interleaving. While one alone can run there are no turns, and nothing is counted for
 * them.
 */
#include "machine/schedule.h"

#include "machine/interrupt.h"
#include "machine/machine.h"

/*
 * A turn, in blocks: about 20,000 instructions. Short against what firmware waits for (50 ms for all processors to
 * come, E:UefiCpuPkg: PcdCpuApInitTimeOutInMicroSeconds): 64 that all compute come round within 0.7 ms of virtual time. Long
 * against a switch, which costs about as much as 100 blocks.
 */
#define TURN_BLOCKS 4096u

static bool go_to(struct machine *m, unsigned next)
{
    struct vcpu *v = &m->vcpus.v[next];
    const struct cpu_entry *entry = v->fresh ? &v->entry : NULL;
    m->vcpus.current = next;
    v->fresh = false;
    return engine_switch(m->engine, next, entry);
}

bool schedule_halt(struct machine *m)
{
    vcpus_halt(&m->vcpus, engine_interrupts(m->engine));
    while (vcpus_next(&m->vcpus) == m->vcpus.nr)
        if (!interrupts_wait(m))
            break;
    if (vcpus_next(&m->vcpus) < m->vcpus.nr)
        return true;
    m->halted = true;
    if (m->vcpus.v[0].halted)
        (void)go_to(m, 0);
    return false;
}

/* INIT has stopped the last processor: X:xen/arch/x86/hvm/hvm.c:hvm_vcpu_down. */
static void power_off(struct machine *m)
{
    m->halted = true;
    m->xen.shutdown = SHUTDOWN_OFF;
    if (m->watcher->paused != NULL)
        m->watcher->paused(m->watcher_self);
}

bool schedule(struct machine *m, bool over)
{
    struct vcpus *p = &m->vcpus;
    const struct vcpu *v = &p->v[p->current];
    const bool can = v->state == VCPU_UP && !v->blocked;
    const bool anew = p->changed;
    unsigned next = p->current;
    over = over || p->yield || !can || v->fresh;
    p->changed = false;
    p->yield = false;
    if (!over && !anew)
        return true;
    if (over)
        next = vcpus_next(p);
    if (next == p->nr) {
        power_off(m);
        return false;
    }
    if ((next != p->current || p->v[next].fresh) && !go_to(m, next))
        return false;
    engine_slice(m->engine, machine_alone(m) ? 0 : TURN_BLOCKS);
    return true;
}
