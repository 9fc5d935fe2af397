/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "machine/interrupt.h"

#include "base/le.h"
#include "machine/machine.h"

#define CYCLES_PER_NS (CLOCK_TSC_KHZ / 1000000u)

#define RFLAGS_TF 0x100u
#define RFLAGS_IF 0x200u
#define RFLAGS_NT 0x4000u
#define RFLAGS_RF 0x10000u
#define EFER_LMA 0x400u

/* A gate of long mode: Intel SDM 3A, 6.14.1. */
#define GATE_SIZE 16u
#define GATE_PRESENT 0x80u
#define GATE_TYPE 0x1Fu
#define GATE_INTERRUPT 0x0Eu
#define GATE_TRAP 0x0Fu

struct gate {
    uint64_t rip;
    uint16_t cs;
    bool trap;
};

static bool read_gate(const struct machine *m, uint8_t vector, struct gate *g)
{
    uint64_t base;
    uint32_t limit;
    uint8_t d[GATE_SIZE];
    const uint32_t at = (uint32_t)vector * GATE_SIZE;
    engine_idt(m->engine, &base, &limit);
    if (at + GATE_SIZE - 1 > limit || !machine_read(m, base + at, d, sizeof d))
        return false;
    const uint8_t type = d[5] & GATE_TYPE;
    if ((d[5] & GATE_PRESENT) == 0 || (type != GATE_INTERRUPT && type != GATE_TRAP) || (d[4] & 7) != 0)
        return false; /* interrupt stacks are for exceptions; nobody gives them to a timer */
    *g = (struct gate){.cs = le16(d + 2), .trap = type == GATE_TRAP};
    g->rip = le16(d) | (uint64_t)le16(d + 6) << 16 | (uint64_t)le32(d + 8) << 32;
    return true;
}

/*
 * From ring 0 to ring 0 in long mode, as all firmware runs then. Elsewhere it is lost, as on a processor whose gate
 * is no good; the watcher is told.
 */
static bool enter(struct machine *m, uint8_t vector)
{
    struct cpu_regs r;
    struct gate g;
    engine_regs(m->engine, &r);
    if ((r.efer & EFER_LMA) == 0 || (r.cs & 3) != 0 || !read_gate(m, vector, &g))
        return false;
    const uint64_t words[5] = {r.rip, r.cs, r.rflags, r.gpr[CPU_RSP], r.ss};
    const uint64_t rsp = (r.gpr[CPU_RSP] & ~15ull) - sizeof words;
    uint8_t frame[sizeof words];
    for (unsigned i = 0; i < 5; i++)
        put_le64(frame + (size_t)8 * i, words[i]);
    if (!machine_write(m, rsp, frame, sizeof frame))
        return false;
    uint64_t off = RFLAGS_TF | RFLAGS_NT | RFLAGS_RF | (g.trap ? 0 : RFLAGS_IF);
    engine_enter_gate(m->engine, g.cs, g.rip, rsp, r.rflags & ~off);
    return true;
}

static void wake(struct machine *m)
{
    for (unsigned i = 0; i < m->vcpus.nr; i++)
        if (m->vcpus.v[i].blocked && irq_waits(&m->platform.irq, i))
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
    if (next != m->timer_ns || irq_waits(q, m->vcpus.current) != m->interrupt_waits || m->vcpus.nr > 1) {
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
    q->changed = false;
    irq_run(q, clock_ns(&m->clock));
    wake(m);
    m->interrupt_waits = irq_waits(q, cpu);
    /* Elsewhere the processor may be right behind an STI. */
    const bool can = end == ENGINE_WINDOW || end == ENGINE_HALTED;
    if (m->interrupt_waits && can && m->vcpus.v[cpu].state == VCPU_UP && engine_interrupts(m->engine)) {
        const uint8_t vector = irq_take(q, cpu);
        if (m->watcher->interrupted != NULL)
            m->watcher->interrupted(m->watcher_self, vector);
        if (!enter(m, vector) && m->watcher->exception != NULL)
            m->watcher->exception(m->watcher_self, 13);
        if (m->watcher->exited != NULL)
            m->watcher->exited(m->watcher_self, EXITED_INTERRUPT); /* from outside, as far as a loop is concerned */
        m->interrupt_waits = irq_waits(q, cpu);
    }
    engine_await_window(m->engine, m->interrupt_waits);
    q->changed = false;
    set_deadline(m);
}

bool interrupts_wait(struct machine *m)
{
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

bool interrupts_expected(const struct machine *m)
{
    return engine_interrupts(m->engine) && (m->interrupt_waits || irq_next(&m->platform.irq) != IRQ_NEVER);
}
