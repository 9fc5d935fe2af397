/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whose turn it is, between two runs of the CPU. */
#ifndef HVMBED_MACHINE_SCHEDULE_H
#define HVMBED_MACHINE_SCHEDULE_H

#include <stdbool.h>

struct machine;

/* The current processor has executed HLT. False: no other can run, m->halted is set, and vCPU 0 is the current one if
 * it halted too. */
bool schedule_halt(struct machine *m);
/*
 * Lets the next one go on when the current one's turn is over (@over), it gave it away or it cannot run. False: none
 * can (m->halted), or the engine fails.
 */
bool schedule(struct machine *m, bool over);

#endif
