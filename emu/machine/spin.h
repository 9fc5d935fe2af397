/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest that waits with PAUSE for time to pass. Xen's host has other work meanwhile and takes the processor away for
 * a while (pause-loop exiting, X:xen/arch/x86/hvm/vmx/vmx.c:EXIT_REASON_PAUSE_INSTRUCTION); here time passes, too, and a
 * wait of 50 ms is a few hundred turns of its loop, not ten thousand.
 */
#ifndef HVMBED_MACHINE_SPIN_H
#define HVMBED_MACHINE_SPIN_H

#include <stdint.h>

struct machine;

/* The loop that was last seen to wait. */
struct pause_loop {
    uint64_t pc;          /* of its PAUSE */
    uint64_t since, last; /* cycles, when it was first and last there, one soon after the other */
    uint64_t exits;       /* the machine's, then: one that asks nobody waits for another processor, or for ever */
    unsigned turns;
};

/* PAUSE is about to be executed at @pc, linear. */
void spin_pause(struct machine *m, uint64_t pc);

#endif
