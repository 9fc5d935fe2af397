/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The user's command that builds a commit: run by the shell, in a process group of its own, for a bounded time. */
#ifndef HVMBED_BISECT_BUILD_H
#define HVMBED_BISECT_BUILD_H

#include <stdbool.h>

#include "base/diag.h"

struct build_setup {
    const char *command;
    const char *log;  /* a file that its output is added to; NULL: standard error */
    unsigned seconds; /* that it may take; 0: as long as it likes */
};

enum build_end {
    BUILD_DONE,
    BUILD_FAILED,      /* exit status @value */
    BUILD_SIGNAL,      /* died of signal @value */
    BUILD_LATE,        /* its time was up: all of it was killed */
    BUILD_INTERRUPTED, /* this process was sent signal @value: all of it was killed, and the caller should end by it */
};
struct build_result {
    enum build_end end;
    int value;
};
#define BUILD_WHY_SIZE 96
/* "the build failed: exit status 2"; for what is neither done nor interrupted. */
void build_why(const struct build_setup *s, const struct build_result *r, char out[BUILD_WHY_SIZE]);

/* Its standard input is empty. False with @d when it cannot be begun: the log, or no process. */
bool build_run(const struct build_setup *s, struct build_result *r, struct diag *d);

#endif
