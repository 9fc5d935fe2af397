/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How event channels reach the processor: Xen looks at vCPU 0's upcall flag at each exit, and asks by what the guest has
 * set HVM_PARAM_CALLBACK_IRQ to: a line, a PCI device's INTx, or a vector (X:xen/arch/x86/hvm/irq.c).
 */
#ifndef HVMBED_MACHINE_UPCALL_H
#define HVMBED_MACHINE_UPCALL_H

#include <stdbool.h>
#include <stdint.h>

struct machine;

/* At an exit: the line follows the flag. */
void upcall_look(struct machine *m);
/* Is this processor to be interrupted by a vector of its own, past all controllers? */
bool upcall_vector(const struct machine *m, unsigned vcpu, uint8_t *vector);

#endif
