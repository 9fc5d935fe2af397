/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A debugger on a run, over GDB's remote serial protocol: docs/gdb.md. The guest is held inside the engine, before an
 * instruction, so that a run that is merely looked at is the run that it would have been.
 */
#ifndef HVMBED_GDB_GDB_H
#define HVMBED_GDB_GDB_H

#include <stdbool.h>

#include "base/diag.h"
#include "check/monitor.h"

struct gdb_session;

struct gdb_options {
    const char *where;   /* link.h */
    bool anywhere;       /* other machines may connect */
    const char *symbols; /* a folder of .debug files to be offered to the client; NULL for none */
};

/* Listens. NULL with @d. */
struct gdb_session *gdb_open(const struct gdb_options *o, struct diag *d);
void gdb_close(struct gdb_session *s); /* NULL is fine */
const char *gdb_where(const struct gdb_session *s);
/* Waits for the client; gdb_begins() does so, too. False with @d. */
bool gdb_wait(struct gdb_session *s, struct diag *d);

/* For trial_visitor: waits for the client, which holds the guest at its first instruction; and for it to let go. */
bool gdb_begins(void *self, struct monitor *mon, struct diag *d);
bool gdb_ended(void *self, struct monitor *mon);

/* How it came to its end: the client killed the guest, so that there is nothing to report; it was lost, and the run went
 * on without it. */
bool gdb_killed(const struct gdb_session *s);
bool gdb_lost(const struct gdb_session *s);

#endif
