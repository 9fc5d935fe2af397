/* SPDX-License-Identifier: GPL-2.0-or-later */
/* run --gdb and --gdb-script. */
#ifndef HVMBED_CLI_RUN_DEBUG_H
#define HVMBED_CLI_RUN_DEBUG_H

#include "cli/run.h"

/* A debugger on the boot that follows: the session, and what trial_options.visitor becomes. */
struct run_debug {
    struct gdb_session *session; /* NULL: none */
    struct symbols *symbols;     /* for o->gdb_script; NULL: none is asked for */
    struct trial_visitor visitor;
};
/* Waits for the debugger, if one is asked for. False with @d. */
bool run_debug_open(struct run_debug *g, struct run_options *o, struct diag *d);
/* Says on stderr how it ended. False: the guest was killed, and there is nothing to report. */
bool run_debug_ended(const struct run_debug *g);
void run_debug_close(struct run_debug *g);

/* Writes what o->gdb_script is for, of a trial that was booted. */
void run_debug_script(const struct run_debug *g, const struct trial *t, FILE *out);

#endif
