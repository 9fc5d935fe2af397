/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What hypercalls are called. */
#ifndef HVMBED_XEN_NAMES_H
#define HVMBED_XEN_NAMES_H

#include <stdint.h>

/* The command of hypercall @nr, of its first argument: XENMEM_* are without a continuation's bits. */
uint16_t xen_call_command(uint64_t nr, uint64_t arg0);
/* "memory_op/add_to_physmap"; "memory_op" for a command that has no name here; NULL for an unknown number. Static. */
const char *xen_call_name(uint64_t nr, uint16_t command);

#endif
