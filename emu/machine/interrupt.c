/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "machine/interrupt.h"

#include "machine/deliver.h"
#include "machine/exits.h"
#include "machine/machine.h"
#include "machine/upcall.h"

#define CYCLES_PER_NS (CLOCK_TSC_KHZ / 1000000u)

static bool waits(const struct machine *m, unsigned cpu)
{
    uint8_t vector;
    return upcall_vector(m, cpu, &vector) || irq_waits(&m->platform.irq, cpu);
}

/* X:xen/arch/x86/hvm/irq.c:hvm_vcpu_has_pending_irq: events come first. */
static uint8_t take(struct machine *m, unsigned cpu)
{
    uint8_t vector;
    return upcall_vector(m, cpu, &vector) ? vector : irq_take(&m->platform.irq, cpu);
}

static void wake(struct machine *m)
{
    for (unsigned i = 0; i < m->vcpus.nr; i++)
        if (m->vcpus.v[i].blocked && waits(m, i))
            vcpus_wake(&m->vcpus, i);
}

/* When the engine has to come out for the next timer; exits, which take time too, look by themselves. */
static void set_deadline(struct machine *m)
{
    const uint64_t next = m->timer_ns = irq_next(&m->platform.irq);
    const uint64_t now = m->clock.cycles;
    m->timer_cycles = next <= UINT64_MAX / CYCLES_PER_NS ? next * CYCLES_PER_NS : UINT64_MAX;
    uint64_t left = m->timer_cycles > now ? m->timer_cycles - now : 0;
    engine_deadline(m->engine, m->timer_cycles == UINT64_MAX ? UINT64_MAX : engine_instructions(m->engine) + left);
}

void interrupts_exit(struct machine *m)
{
    struct irq *q = &m->platform.irq;
    if (!q->changed)
        return;
    q->changed = false;
    const uint64_t next = irq_next(q);
    if (next != m->timer_ns || waits(m, m->vcpus.current) != m->interrupt_waits || m->vcpus.nr > 1) {
        q->changed = true;
        engine_come_out(m->engine);
    }
}

void interrupts_serve(struct machine *m, enum engine_end end)
{
    struct irq *q = &m->platform.irq;
    const unsigned cpu = m->vcpus.current;
    const bool due = m->clock.cycles >= m->timer_cycles;
    if (!q->changed && !due && !m->interrupt_waits)
        return;
    if (m->serving != NULL)
        m->serving(m, end);
    q->changed = false;
    irq_run(q, clock_ns(&m->clock));
    wake(m);
    m->interrupt_waits = waits(m, cpu);
    /* Elsewhere the processor may be right behind an STI. */
    const bool can = end == ENGINE_WINDOW || end == ENGINE_HALTED;
    if (m->interrupt_waits && can && m->vcpus.v[cpu].state == VCPU_UP && engine_interrupts(m->engine)) {
        const uint8_t vector = take(m, cpu);
        if (m->watcher->interrupted != NULL)
            m->watcher->interrupted(m->watcher_self, vector);
        deliver_interrupt(m, vector);
        if (m->watcher->exited != NULL)
            m->watcher->exited(m->watcher_self, EXITED_INTERRUPT); /* from outside, as far as a loop is concerned */
        m->interrupt_waits = waits(m, cpu);
    }
    engine_await_window(m->engine, m->interrupt_waits);
    q->changed = false;
    set_deadline(m);
}

bool interrupts_wait(struct machine *m)
{
    wake(m); /* what waits already comes with the next instruction */
    if (vcpus_next(&m->vcpus) < m->vcpus.nr) {
        m->platform.irq.changed = true;
        return true;
    }
    const uint64_t next = irq_next(&m->platform.irq);
    bool any = false;
    for (unsigned i = 0; i < m->vcpus.nr; i++)
        any = any || m->vcpus.v[i].blocked;
    if (!any || next > UINT64_MAX / CYCLES_PER_NS)
        return false;
    if (m->clock.cycles < next * CYCLES_PER_NS)
        m->clock.cycles = next * CYCLES_PER_NS;
    irq_run(&m->platform.irq, clock_ns(&m->clock));
    wake(m);
    m->platform.irq.changed = true;
    return true;
}

bool interrupts_armed(const struct machine *m)
{
    return m->interrupt_waits || irq_next(&m->platform.irq) != IRQ_NEVER;
}

bool interrupts_expected(const struct machine *m)
{
    return engine_interrupts(m->engine) && interrupts_armed(m);
}

void interrupts_skip(struct machine *m)
{
    machine_catch_up(m);
    if (m->interrupt_waits || m->timer_cycles == UINT64_MAX)
        return;
    if (m->clock.cycles < m->timer_cycles)
        m->clock.cycles = m->timer_cycles;
    engine_come_out(m->engine);
}
