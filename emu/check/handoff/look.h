/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When the hand-off is looked at, and what must be kept for it. For the check room only. */
#ifndef HVMBED_CHECK_HANDOFF_LOOK_H
#define HVMBED_CHECK_HANDOFF_LOOK_H

#include "check/monitor.h"

/* processors.c: how many processors the HOB list says there are; 0 when it does not. */
uint32_t mp_hob_processors(const struct monitor *mon, uint64_t hob_list);

/* handoff.c: the DXE core is about to run; reads the HOB list and looks at everything once. From paused() only. */
void handoff_reached(struct monitor *mon);
/* The same for what holds already when PEI memory is published, with the list in temporary RAM. */
void handoff_platform(struct monitor *mon);
/* Does the loader's info block lead to the table that the layout gives? When the firmware is entered. */
bool handoff_tells_e820(const struct monitor *mon);

/* preserve.c: takes copies, when the firmware is entered and when PEI begins; frees them. */
void preserve_begin(struct monitor *mon);
void preserve_volumes(struct monitor *mon);
void preserve_end(struct monitor *mon);
/* With memory of pages.h, before it is kept: what of the volumes is still as it was. False: out of memory. */
bool preserve_settle(struct monitor *mon);
/* The volumes are @to's from now on, which is empty, and @from only sees them. */
void preserve_hand_over(struct preserve *to, struct preserve *from);
/* @to sees the volumes that @from holds, for as long as that lives. */
void preserve_share(struct preserve *to, const struct preserve *from);

#endif
