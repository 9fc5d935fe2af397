/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Work of the guest that the host does for it. For the check room only. */
#ifndef HVMBED_CHECK_HOST_HOST_H
#define HVMBED_CHECK_HOST_HOST_H

#include "check/monitor.h"

/* unpack.c */
void unpack_block(struct monitor *mon, const struct engine_block *b);
void unpack_paused(struct monitor *mon);
void unpack_alarm(struct monitor *mon);

/* lzma.c: at the call's first instruction: is all that it is to read and write RAM that SEC may use so? */
bool unpack_is_free(struct monitor *mon);
/* Where that is so. False: not possible, or in doubt; nothing has changed then. */
bool unpack_on_host(struct monitor *mon);
/* Where the output of the call that is watched goes: its pointer to it as it is now. Empty when it is none. */
struct span unpack_output(const struct monitor *mon);
/*
 * RAM from end to end that the plan gives these rights to (ALLOW_*) in this phase, where the plan put it and mapped one to
 * one: its bytes are one piece on the host, and no rule has anything to say.
 */
bool host_may_use(struct monitor *mon, struct span at, unsigned rights);

/* bulk.c */
void bulk_block(struct monitor *mon, const struct engine_block *b);
void bulk_paused(struct monitor *mon);

#endif
