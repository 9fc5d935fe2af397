/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The plan's rights as mappings, for a machine that boots again and again: what nobody touches is not mapped, and what
 * is mapped stays from one boot to the next where both plans say the same. What is mapped when the common part of all
 * boots is over is its footprint.
 */
#ifndef HVMBED_MACHINE_DEMAND_H
#define HVMBED_MACHINE_DEMAND_H

#include <stdbool.h>

#include "base/span.h"
#include "layout/plan.h"

struct machine;
struct demand;
struct page_override;

struct demand *demand_new(void); /* NULL: out of memory */
void demand_free(struct demand *d);

/* Something is accessed at @gpa where the engine has nothing: maps what the plan has there. False: nothing ever is. */
bool demand_touch(struct machine *m, uint64_t gpa);
/* Code in @at is about to run, for the first time in this boot: from now on stores there are watched. */
void demand_ready(struct machine *m, struct span at);
/* To where from @at.start on the engine lets stores take place, with nobody to be told: no code is there, nothing forbidden. */
uint64_t demand_takes_stores(const struct machine *m, struct span at);
/* Is what Xen has put there not mapped, but served access by access? */
bool demand_serves(const struct machine *m, const struct page_override *o);
/* Xen has changed what is in @at. From outside the engine's run, like all that follows. */
void demand_changed(struct machine *m, struct span at);
/* The rights of the machine's phase. */
bool demand_phase(struct machine *m);

/*
 * The common part is over. What it has touched, in the guest or by the host, is kept from now on; writes to it are
 * seen, until they are known to come in each boot. False: the engine refuses.
 */
bool demand_keep(struct machine *m);
/* Which free memory from @from on it has touched, and whether page 0; at most @max spans, in order. */
size_t demand_kept(const struct machine *m, uint64_t from, struct span *out, size_t max);
/* Had code run from @gpa's page by then? Then demand_unlike() sees to it that the page is of the same class. */
bool demand_judged(const struct machine *m, uint64_t gpa);
/* Pages of it that have been written since may be written unseen from now on. */
bool demand_heat(struct machine *m);
/*
 * NULL when a boot in @plan, with the same content of free memory (@fill), finds all that as it was and may do what was
 * done up to @phase; else why not (static). @strict: what it is for must be the same, too.
 */
const char *demand_unlike(const struct machine *m, const struct plan *plan, enum phase phase, uint64_t fill,
                          bool strict);
/* After pages_restart(): takes away what the machine's plan has no more, and brings back what is mapped. */
bool demand_restart(struct machine *m);

#endif
