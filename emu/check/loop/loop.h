/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loops that never end, proved. For the check room only. */
#ifndef HVMBED_CHECK_LOOP_LOOP_H
#define HVMBED_CHECK_LOOP_LOOP_H

#include "check/monitor.h"

/* loop.c */
void loop_tick(struct monitor *mon, uint64_t pc);
void loop_paused(struct monitor *mon);
/* The current processor takes an interrupt: its registers are still those of what is interrupted. */
void loop_interrupted(struct monitor *mon);

/* memory.c: puts the hooks in place that the stage asks for, or takes them out. From paused() only. */
void loop_memory_paused(struct monitor *mon);
/* Is what the loop loads as it was? */
bool loop_memory_same(const struct monitor *mon);

/* standstill.c: where several processors can run */
void standstill_tick(struct monitor *mon);
void standstill_paused(struct monitor *mon);

#endif
