/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "machine/spin.h"

#include "machine/exits.h"
#include "machine/machine.h"

#define CYCLES_PER_US (CLOCK_TSC_KHZ / 1000u)
/* Turns that are longer are no mere wait. */
#define TURN_MAX (64u * CYCLES_PER_US)
/* A short wait ends before; of a longer one an eighth at most is added to what it was to be. */
#define TURNS_MIN 16u
#define SHARE 8u
/* Long against a turn of 5 us, short against what firmware gives others (E:UefiCpuPkg: 50 ms for processors to come). */
#define LEAP_MAX (250u * CYCLES_PER_US)

static uint64_t leap(const struct machine *m, uint64_t now)
{
    uint64_t cycles = (now - m->spin.since) / SHARE;
    if (cycles > LEAP_MAX)
        cycles = LEAP_MAX;
    return m->timer_cycles - now < cycles ? m->timer_cycles - now : cycles;
}

void spin_pause(struct machine *m, uint64_t pc)
{
    struct pause_loop *s = &m->spin;
    machine_catch_up(m);
    const uint64_t now = m->clock.cycles;
    if (s->pc != pc || now - s->last > TURN_MAX || s->exits == m->exits || !machine_alone(m) || now >= m->timer_cycles)
        *s = (struct pause_loop){.pc = pc, .since = now};
    else if (++s->turns >= TURNS_MIN)
        m->clock.cycles += leap(m, now);
    s->exits = m->exits;
    s->last = m->clock.cycles;
    if (s->last >= m->timer_cycles)
        engine_come_out(m->engine);
}
