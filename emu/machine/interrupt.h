/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interrupts, delivered between two runs of the CPU, through the guest's own IDT. */
#ifndef HVMBED_MACHINE_INTERRUPT_H
#define HVMBED_MACHINE_INTERRUPT_H

#include <stdbool.h>

#include "engine/engine.h"

struct machine;

/*
 * Timers that are due ask; the current processor takes what waits for it, or the engine is told when to come back.
 * Processors in HLT that something waits for go on.
 */
void interrupts_serve(struct machine *m, enum engine_end end);
/* From a callback, after an exit: if that matters to interrupts, the engine comes out soon. */
void interrupts_exit(struct machine *m);
/* No processor can run: time goes on to the next timer that can wake one. False: none ever will. */
bool interrupts_wait(struct machine *m);
/* From a callback: the code that runs does nothing until the next timer asks; time goes on to that. */
void interrupts_skip(struct machine *m);
/* Does an interrupt wait, or will one come by itself? */
bool interrupts_armed(const struct machine *m);
/* Can it come here, with interrupts on? What then loops need not loop for ever. */
bool interrupts_expected(const struct machine *m);

#endif
