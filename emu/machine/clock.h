/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Virtual time. It comes from executed work alone: one TSC cycle an instruction, and a fixed price for every exit
 * to a device model, as a real guest pays for a VM exit. The host's clock has no part in it.
 */
#ifndef HVMBED_MACHINE_CLOCK_H
#define HVMBED_MACHINE_CLOCK_H

#include <stdint.h>

/* The guest's TSC: 2 GHz, so that Xen's scale is exact (mul 0x80000000, shift 0; X:xen/arch/x86/time.c:set_time_scale). */
#define CLOCK_TSC_KHZ 2000000u
/* Cycles that an exit costs (1 us): polling loops on a timer then end after thousands of turns, not millions. */
#define CLOCK_EXIT_CYCLES 2000u

struct clock {
    uint64_t cycles;
};

static inline void clock_exit_cost(struct clock *c)
{
    c->cycles += CLOCK_EXIT_CYCLES;
}
static inline void clock_work(struct clock *c, uint64_t instructions)
{
    c->cycles += instructions;
}
static inline uint64_t clock_tsc(const struct clock *c)
{
    return c->cycles;
}
static inline uint64_t clock_ns(const struct clock *c)
{
    return c->cycles / (CLOCK_TSC_KHZ / 1000000u);
}

#endif
