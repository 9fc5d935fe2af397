/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared by the files of this room only: what needs not run again. A stretch is a call, from the function's first block
 * to the one behind its return, in which the guest asks nobody anything. What comes of it depends on the registers and on
 * the memory that it reads, and on nothing else: where both are as they were in a boot that was watched, so is its end.
 */
#ifndef HVMBED_WARM_STRETCH_H
#define HVMBED_WARM_STRETCH_H

#include "engine/engine.h"
#include "machine/machine.h"
#include "warm/warm.h"

struct stretches;

/* Of the boots of @m that go back to one beginning. NULL: out of memory. */
struct stretches *stretches_new(struct machine *m);
void stretches_free(struct stretches *s);

/* Another boot begins; is it to be watched? Then stretches_watch() before it runs, and stretches_learn() behind it. */
bool stretches_begin(struct stretches *s, bool allowed);
void stretches_watch(struct stretches *s);
void stretches_learn(struct stretches *s);

/* The guest has asked somebody something, or was stopped: no stretch goes on past that. */
void stretches_mark(struct stretches *s);

/* How many blocks of this boot were taken over. */
uint64_t stretches_spared(const struct stretches *s);

/* engine_client: offered() and take_over(). */
bool stretches_offered(struct stretches *s, uint64_t pc);
void stretches_take_over(struct stretches *s);

#endif
