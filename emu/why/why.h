/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who wrote it last. A run is deterministic: after one that ended with findings, the same boot again, with the stores to
 * just those bytes watched that a finding is about, tells who is to blame. docs/debug.md says what is followed.
 */
#ifndef HVMBED_WHY_WHY_H
#define HVMBED_WHY_WHY_H

#include "check/monitor.h"

struct why_setup {
    const struct layout *layout; /* with the fill that the first run had */
    const struct monitor_options *options;
    /* A machine that is ready to run, as the first was; what it keeps lives as long as the machine. False with @d. */
    bool (*power_on)(void *self, const struct layout *l, struct machine *m, struct diag *d);
    void *self;
};

/*
 * Boots again as often as it takes (once, and once more for bytes that were copied), and fills the findings' writers.
 * Nothing is booted when no finding has anything to ask. @v is complete but for them. False with @d when a machine
 * cannot be set up or memory runs out.
 */
bool why_ask(const struct why_setup *s, struct verdict *v, struct diag *d);

#endif
