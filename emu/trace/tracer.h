/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a guest does, line by line: docs/trace.md. Taps the engine's client, the watcher and, when memory or code is asked
 * for, the engine's spy, for the one boot that is traced; no other has anything of it. The verdict is that of a boot
 * without.
 */
#ifndef HVMBED_TRACE_TRACER_H
#define HVMBED_TRACE_TRACER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "check/monitor.h"
#include "trace/filter.h"

struct tracer;

/* NULL when out of memory. @out is the caller's, and must outlive it. */
struct tracer *tracer_open(const struct trace_filter *f, FILE *out);
void tracer_close(struct tracer *t); /* NULL is fine */

/* For struct trial_visitor: the monitor to be used for the boot, and what is to be called; @self is the tracer. */
struct monitor *tracer_monitor(struct tracer *t);
bool tracer_begins(void *self, struct monitor *mon, struct diag *d);
bool tracer_ended(void *self, struct monitor *mon);

/* Lines written, but for remarks; was there more than the limit allows? */
uint64_t tracer_lines(const struct tracer *t);
bool tracer_was_cut(const struct tracer *t);

#endif
