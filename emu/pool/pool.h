/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Jobs, each in a child process of its own: what goes wrong in one costs that one. Children are forked, so they see
 * all that the caller had, and may be caged; each hands bytes back through a pipe. Knows nothing of what the jobs do.
 */
#ifndef HVMBED_POOL_POOL_H
#define HVMBED_POOL_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/diag.h"
#include "base/limits.h"
#include "cage/cage.h"

enum pool_end {
    POOL_HANDED_BACK, /* bytes, and the job said that they are all */
    POOL_SIGNAL,      /* killed by signal @value */
    POOL_STATUS,      /* ended with exit status @value, which is not 0 */
    POOL_TOO_MUCH,    /* wanted to hand back more than the limit */
    POOL_NONSENSE,    /* what it handed back was not taken */
    POOL_NO_CHILD,    /* the system gave no process: errno @value */
    POOL_NO_CAGE,     /* a part of its cage that was there before could not be had */
    POOL_MEMORY,      /* it had more memory than it may */
};

struct pool_result {
    enum pool_end end;
    int value;
    int asked;            /* POOL_SIGNAL, SIGSYS: the system call + 1; 0: not known */
    const uint8_t *bytes; /* the pool's; from a process that may have run wild: not to be trusted */
    size_t size;
};
#define POOL_WHY_SIZE 160
/* "killed by signal 11 (SEGV)" */
void pool_why(const struct pool_result *r, char out[POOL_WHY_SIZE]);

/* Adds which of @l (NULL: the defaults) ended it. */
void pool_limits_met(const struct pool_result *r, const struct limits *l, struct limits_reached *out);

enum pool_answer { POOL_TAKEN, POOL_REFUSED, POOL_STOP };

struct pool_state {
    size_t done, nr;       /* jobs */
    const size_t *running; /* in the order they were started */
    unsigned nr_running;
};

struct pool_setup {
    size_t nr;                     /* jobs: 0 to nr - 1, started in this order */
    unsigned at_once;              /* children, at least 1 */
    size_t limit;                  /* bytes that a job may hand back */
    const struct cage_setup *cage; /* the children's, before they do anything; NULL: they have none */
    unsigned cage_missing;         /* bits of parts that it may lack: cage_state.missing of a probe */
    uint64_t memory;               /* bytes that a child may have in memory, looked at now and then; 0: no limit */
    bool once;                     /* a job that is lost is not tried again */
    /* In the child, before it is caged; false: the job is not done. May be NULL. */
    bool (*begin)(void *self);
    /* In the child: does the job and writes what is to be handed back. False: it is not to be used. */
    bool (*work)(void *self, size_t job, FILE *out);
    /*
     * In the caller, when a child has handed something back. POOL_REFUSED: it is nonsense, the job is lost.
     * POOL_STOP: no more of them.
     */
    enum pool_answer (*take)(void *self, size_t job, const struct pool_result *r);
    /*
     * Where it is set it is handed what a job writes as it comes, and @take nothing. False: the job is killed, and lost.
     */
    bool (*hear)(void *self, size_t job, const uint8_t *bytes, size_t n);
    /* A job is lost: it is tried once more (@again), alone, after all others; or that has failed too. */
    void (*lost)(void *self, size_t job, const struct pool_result *r, bool again);
    /* Whenever something has changed, and each @tick_ms milliseconds; may be NULL. */
    void (*show)(void *self, const struct pool_state *s);
    int tick_ms;
    void *self;
};

enum pool_verdict { POOL_ALL_DONE, POOL_STOPPED, POOL_INTERRUPTED, POOL_FAILED };

/*
 * Does all jobs. SIGINT, SIGTERM and SIGHUP end it early (unless they were ignored): all children are killed and
 * waited for, and *signal says which it was, for the caller to end with. POOL_FAILED with @d when it cannot start.
 */
enum pool_verdict pool_run(const struct pool_setup *s, int *signal, struct diag *d);

/* How many processors this process may use, at least 1. */
unsigned pool_processors(void);

#endif
