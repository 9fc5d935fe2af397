/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One job that runs guest code, in a caged process of its own. What it prints is kept until it has ended well, then
 * printed here; its files are papers. A process that dies costs one more try.
 */
#ifndef HVMBED_CLI_CAGED_H
#define HVMBED_CLI_CAGED_H

#include "cli/papers.h"
#include "cli/progress.h"
#include "cli/sandbox.h"

struct caged_job {
    struct sandbox *sandbox;
    struct papers *papers;     /* NULL: none */
    struct progress *progress; /* NULL: none. The job's goes through here */
    uint64_t address_space;    /* bytes of guests that it may reserve */
    bool once;                 /* it cannot be tried again */
    bool talks;                /* as in struct cage_setup */
    const char *what;          /* the job, for messages */
    int (*work)(void *self);   /* in the process; returns an exit code */
    void *self;
};

enum caged_end {
    CAGED_DONE,        /* @code */
    CAGED_LOST,        /* its process died, twice: @why */
    CAGED_INTERRUPTED, /* by signal @code, with which the caller is to end */
    CAGED_FAILED,      /* there is no process to be had, or what it made cannot be written: it was said; exit @code */
};
struct caged_result {
    enum caged_end end;
    int code;
    char why[POOL_WHY_SIZE];
    struct limits_reached met; /* that ended it */
};

void caged_run(const struct caged_job *j, struct caged_result *r);
/* Ends as the signal would have ended it, so that who waits for this process knows. Returns what to exit with. */
int caged_end_by(int signal);

#endif
