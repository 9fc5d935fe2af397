/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guest memory that serves one plan after the other: a page gets its content when somebody first looks at it, and what
 * all the boots have in common is kept, and comes back when it was changed. Knows nothing of the engine.
 */
#ifndef HVMBED_MACHINE_PAGES_H
#define HVMBED_MACHINE_PAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "layout/plan.h"
#include "machine/memory.h"

struct memory_pages;

/*
 * Reserves @size bytes of address space for all the plans to come, or less where the host has not so much, and begins with
 * @plan. What a plan has beyond that is folded: pieces of PAGES_FOLD bytes find a place when they are first touched, up to
 * 8 GiB of such pieces in one boot. False with @d.
 */
#define PAGES_FOLD (2 * MIB)
bool pages_init(struct memory *m, const struct plan *plan, uint64_t fill, uint64_t size, struct diag *d);
void pages_exit(struct memory *m); /* memory_exit() does it */

/*
 * The next boot: nothing is there yet but what is kept, as it was. What was folded has no place any more: the caller
 * unmaps it.
 */
void pages_restart(struct memory *m, const struct plan *plan, uint64_t fill);

/* All of @at is about to be looked at, or written, by those who do not ask page by page. Whole pages, RAM in the plan. */
void pages_want(const struct memory *m, struct span at);
void pages_writing(const struct memory *m, struct span at);
/* Where in the reservation @gpa lies. */
uint64_t pages_place(const struct memory *m, uint64_t gpa);
/* Out of memory: what was kept may have been lost, or what this boot has written. */
bool pages_failed(const struct memory *m);
/* What is there now comes back at each pages_restart(), whatever the plan. Whole pages, none of them folded. */
void pages_keep(struct memory *m, struct span at);

/* A look at @n bytes in one page, which does not give it its content. Remembered until something is kept. */
void pages_peek(const struct memory *m, uint64_t gpa, void *dst, size_t n);
/* Likewise: are these bytes not there? Only the answer is remembered. */
bool pages_lack(const struct memory *m, uint64_t gpa, const void *bytes, size_t n);
/* Would each of those looks find the same in @plan, with the same pattern? */
bool pages_peeks_hold(const struct memory *m, const struct plan *plan);

/* Has @gpa's page got its content? */
bool pages_here(const struct memory *m, uint64_t gpa);
/* May its content be another than the plan gave it? */
bool pages_written(const struct memory *m, uint64_t gpa);
/* May it be another than pages_keep() found? False of pages that were not kept. */
bool pages_written_since(const struct memory *m, uint64_t gpa);
/* Of how many pages, so far. */
size_t pages_nr_written_since(const struct memory *m);
bool pages_kept(const struct memory *m, uint64_t gpa);
/* What the page at @gpa starts with, as the plan and the fill pattern say. */
void pages_initial(const struct memory *m, uint64_t gpa, uint8_t out[PAGE_SIZE]);
/* Ends remembering looks. What is kept by now is there in each boot: looks at that need not hold. */
void pages_no_more_peeks(struct memory *m);
/* Calls @fn for each page that is here and not kept. */
void pages_each(const struct memory *m, void (*fn)(void *self, uint64_t gpa), void *self);

#endif
