/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finished cases in a folder, for a run that was interrupted and is started again: a file a case, named by all that
 * decides what comes of it, so that another run's are never taken for it. Read as hostile bytes.
 */
#ifndef HVMBED_MATRIX_RESUME_H
#define HVMBED_MATRIX_RESUME_H

#include "matrix/result.h"
#include "matrix/trial.h"

struct resume {
    const char *folder;   /* NULL: nothing is kept */
    const char *settings; /* whatever of the command line decides about a case */
};

/* Makes the folder when it is not there. False with @d. */
bool resume_open(const struct resume *r, struct diag *d);
/* What came of @c before. False: nothing is kept of it, or it is not whole. */
bool resume_load(const struct resume *r, const struct matrix_result *m, const struct trial_options *o,
                 struct matrix_case *c);
/* Keeps what came of @c, whose record (matrix/record.h) is @bytes. False with @d. */
bool resume_save(const struct resume *r, const struct matrix_result *m, const struct trial_options *o,
                 const struct matrix_case *c, const uint8_t *bytes, size_t n, struct diag *d);

#endif
