/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How control came to where a finding is, and what the instruction there means. For the check room only. */
#ifndef HVMBED_CHECK_EXPLAIN_EXPLAIN_H
#define HVMBED_CHECK_EXPLAIN_EXPLAIN_H

#include "check/monitor.h"

/* rights/exec.c: for a control transfer to @pc: caller, transfer and backtrace of @f. */
void led_here(struct monitor *mon, struct finding *f, uint64_t pc);
/* The caller of @f's code where that is a stub outside all modules that keeps nothing on the stack: Xen's hypercall page. */
void find_stub_caller(struct monitor *mon, struct finding *f);

/* transfer.c */
/* The instruction that sent control to @pc, where @f was found: @f->transfer. Only what was checked is told. */
void find_transfer(struct monitor *mon, struct finding *f, uint64_t pc);

/* pointer.c */
/* Where the pointer came from that led to @f's transfer, which is known; or that the instruction at @pc faulted with
 * at @gva (NULL: at an address that is not canonical): @f->pointer. */
void find_transfer_pointer(struct monitor *mon, struct finding *f);
void find_fault_pointer(struct monitor *mon, struct finding *f, uint64_t pc, const uint64_t *gva);

/* backtrace.c */
/* The calls that led to @pc, with the registers and the transfer of @f: @f->trace, made anew. */
void take_backtrace(struct monitor *mon, struct finding *f, uint64_t pc);

/* explain.c */
/* What is known beyond the rule about an instruction that ended the run: UD2, INT3, loops that never end, ASSERT. */
void explain(struct monitor *mon, struct finding *f);

#endif
