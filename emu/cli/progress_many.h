/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line on a terminal that says how far many cases have come. Nothing when stderr is not a terminal. */
#ifndef HVMBED_CLI_PROGRESS_MANY_H
#define HVMBED_CLI_PROGRESS_MANY_H

#include <time.h>

#include "cli/progress.h"
#include "matrix/result.h"
#include "pool/pool.h"

struct progress_many {
    struct progress line;
    const struct matrix_result *m;
    struct timespec began;
    size_t findings; /* errors in cases that are done */
    size_t unclean;  /* cases without a verdict */
};

void progress_many_init(struct progress_many *p, const struct matrix_result *m, bool quiet);
/* A case is done. */
void progress_many_count(struct progress_many *p, const struct matrix_case *c);
void progress_many_show(struct progress_many *p, const struct pool_state *s);

#endif
