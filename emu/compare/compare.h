/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The same boot several times, with RAM that starts as something else each time. What differs then, firmware has
 * decided by memory that nobody had written. docs/uninitialised.md says what is compared and what is not.
 */
#ifndef HVMBED_COMPARE_COMPARE_H
#define HVMBED_COMPARE_COMPARE_H

#include "check/monitor.h"
#include "compare/result.h"

struct compare_setup {
    const struct layout *layout;      /* but for its fill */
    uint64_t fill[COMPARE_FILLS_MAX]; /* no two alike */
    unsigned nr;                      /* at least 2 */
    const struct monitor_options *options;
    /* A machine of layout @l that is ready to run; what it keeps lives as long as the machine. False with @d. */
    bool (*power_on)(void *self, const struct layout *l, struct machine *m, struct diag *d);
    void *self;
};

/*
 * Boots once for each fill, and again to look closer where they differ. When no two went the same way, one more fill is
 * added: of two that decide alike it can be told who wrote what. @v is then the verdict on the first run that
 * did not reach the hand-off, or else on the first, with the findings of all; its debug log belongs to @r. False with
 * @d when a machine cannot be set up or memory runs out. compare_free(@r) in any case.
 */
bool compare_boots(const struct compare_setup *s, struct verdict *v, struct compare_result *r, struct diag *d);
void compare_free(struct compare_result *r);

#endif
