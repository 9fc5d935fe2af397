/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What may be touched and run, and the exceptions that come of it. For the check room only. */
#ifndef HVMBED_CHECK_RIGHTS_RIGHTS_H
#define HVMBED_CHECK_RIGHTS_RIGHTS_H

#include "check/monitor.h"

/* guard.c */
bool guard_access(struct monitor *mon, enum engine_fault kind, uint64_t gpa, unsigned size, uint64_t value,
                  const struct plan_range *range);
/* Conventional memory ends where the VGA hole begins; hvmloader's leftovers and nothing else lie below. */
#define LOW_MEMORY_END 0xA0000u
/* exec.c */
void exec_block(struct monitor *mon, const struct engine_block *b);

/* wake.c: may the current processor run a block at @gpa because that is how a SIPI starts it? */
bool wake_is_code(struct monitor *mon, const struct plan_range *r, uint64_t gpa);

/* null.c: an access to page 0 in DXE, by somebody who may? @value: written. */
bool null_is_fair(struct monitor *mon, enum engine_fault kind, uint64_t pc, uint64_t gpa, uint64_t value);

/* fault.c */
/* True: past the hand-off it goes through the guest's IDT, and the run goes on. */
bool fault_taken(struct monitor *mon, const struct engine_exception *x);
void fault_triple(struct monitor *mon, const struct engine_exception *x);

/* aftermath.c: the handler of the exception that @f is about is to run, and nothing that it does is a finding. */
void aftermath_begin(struct monitor *mon, const struct finding *f);
void aftermath_tick(struct monitor *mon);
/* What it printed goes into the finding. */
void aftermath_end(struct monitor *mon);

#endif
