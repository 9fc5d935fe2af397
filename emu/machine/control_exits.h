/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For machine_exits: control.h asked of a machine. @self is the machine; see struct engine_client. */
#ifndef HVMBED_MACHINE_CONTROL_EXITS_H
#define HVMBED_MACHINE_CONTROL_EXITS_H

#include <stdbool.h>
#include <stdint.h>

bool control_exit_msr(void *self, uint32_t index, uint64_t value);
bool control_exit(void *self, unsigned cr, uint64_t value);
uint64_t control_exit_tpr(void *self);

#endif
