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
    struct pool_words *words;
};

/* Shared with the child, which may have run wild. */
struct pool_words {
    struct cage_words cage;
    volatile bool uncaged;
};

/* Forks, and has the child do @job with the signals @mask blocked. 0, or an errno. */
int pool_child_start(struct pool_child *c, const struct pool_setup *s, size_t job, const sigset_t *mask);
void pool_child_kill(const struct pool_child *c);
/* Until it has ended. */
void pool_child_wait(const struct pool_child *c);
/* Closes what is open, of one that has ended. */
void pool_child_free(struct pool_child *c);
/* Bytes that it has in memory; 0: not known. */
uint64_t pool_child_memory(const struct pool_child *c);

#endif
