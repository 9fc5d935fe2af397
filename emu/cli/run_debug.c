/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/run_debug.h"

#include <stdio.h>

#include "gdb/script.h"

bool run_debug_open(struct run_debug *g, struct run_options *o, struct diag *d)
{
    if (o->gdb_script != NULL && o->boot.symbols == NULL)
        return diag_fail(d, o->gdb_script, 0, "--gdb-script is about symbols: give --symbols");
    if (o->gdb_script != NULL &&
        ((g->symbols = symbols_open(o->boot.symbols, d)) == NULL || !symbols_hold(g->symbols, d)))
        return false;
    if (o->gdb.where == NULL)
        return true;
    if (o->boot.trial.nr_fills > 1)
        return diag_fail(d, "", 0, "--gdb is for one boot: give --fill one pattern");
    if (o->trace != NULL)
        return diag_fail(d, "", 0, "--gdb and --trace cannot look on together: give one of them");
    o->gdb.symbols = o->boot.symbols;
    g->session = gdb_open(&o->gdb, d);
    if (g->session == NULL)
        return false;
    g->visitor = (struct trial_visitor){.begins = gdb_begins, .ended = gdb_ended, .self = g->session};
    o->boot.trial.visitor = &g->visitor;
    (void)fprintf(stderr, "hvmbed: waiting for gdb: target remote %s\n", gdb_where(g->session));
    return gdb_wait(g->session, d);
}

bool run_debug_ended(const struct run_debug *g)
{
    if (g->session != NULL && gdb_killed(g->session)) {
        (void)fputs("hvmbed: the debugger killed the guest: nothing to report\n", stderr);
        return false;
    }
    if (g->session != NULL && gdb_lost(g->session))
        (void)fputs("hvmbed: the debugger was lost; the guest ran on without it\n", stderr);
    return true;
}

void run_debug_close(struct run_debug *g)
{
    symbols_close(g->symbols);
    g->symbols = NULL;
    gdb_close(g->session);
    g->session = NULL;
}

void run_debug_script(const struct run_debug *g, const struct trial *t, FILE *out)
{
    gdb_script(&t->verdict, &t->machine, g->symbols, out);
}
