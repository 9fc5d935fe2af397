/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupts and exceptions through the guest's IDT (Intel SDM 3A, chapter 6): from 64-bit code in ring 0 to a handler in
 * ring 0, as all firmware runs once it has handlers. Between two runs of the CPU.
 */
#ifndef HVMBED_MACHINE_DELIVER_H
#define HVMBED_MACHINE_DELIVER_H

#include <stdbool.h>
#include <stdint.h>

struct machine;

/* Can it be done in the mode that the processor is in? */
bool deliver_possible(struct machine *m);
/* From outside. */
void deliver_interrupt(struct machine *m, uint8_t vector);
/* m->exception, which the run ended with. False: engine_error(). */
bool deliver_raised(struct machine *m);

#endif
