/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One child process of a pool: how it begins, and how it is put to an end. */
#ifndef HVMBED_POOL_CHILD_H
#define HVMBED_POOL_CHILD_H

#include <signal.h>
#include <sys/types.h>

#include "pool/pool.h"

struct pool_child {
    pid_t pid;
    int fd; /* what it hands back; -1 once that is all read */
};

/* Forks, and has the child do @job with the signals @mask blocked. 0, or an errno. */
int pool_child_start(struct pool_child *c, const struct pool_setup *s, size_t job, const sigset_t *mask);
void pool_child_kill(const struct pool_child *c);
/* Until it has ended; closes what is open. */
void pool_child_wait(struct pool_child *c);

#endif
