/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All layouts by all images: each case booted in a process of its own, and what came of them together. */
#ifndef HVMBED_MATRIX_MATRIX_H
#define HVMBED_MATRIX_MATRIX_H

#include <stdbool.h>

#include "matrix/result.h"
#include "matrix/resume.h"
#include "matrix/trial.h"
#include "pool/pool.h"

/*
 * Adds a row, of a layout that was read from @path ("": built in), or a column; nothing when it is there already. False
 * with @d, which is what a run of that file alone would say.
 */
bool matrix_add_layout(struct matrix_result *m, const char *path, const struct layout *l, struct diag *d);
bool matrix_add_image(struct matrix_result *m, const char *path, struct diag *d);
/*
 * Makes the cases: labels, hand-offs, and with @extension (".json") names of reports' files, with @save of case files.
 * Reads the first stages into @o's choice, which must have a place for them. False with @d.
 */
bool matrix_cases(struct matrix_result *m, const struct trial_options *o, const char *extension, bool save,
                  struct diag *d);

struct matrix_setup {
    const struct trial_options *options;
    const struct report_writer *form[CASE_REPORTS_MAX]; /* in which each case's own report is wanted */
    size_t nr_forms;
    const struct report_style *style; /* of those */
    unsigned at_once;
    /* As in struct pool_setup. */
    const struct cage_setup *cage;
    unsigned cage_missing;
    uint64_t memory;
    const char *version; /* of hvmbed, where cases are to be saved; NULL: none are */
    /* A case is there, in whatever order; false: enough. May be NULL. */
    bool (*done)(void *self, struct matrix_case *c);
    /* A case's process died, and it will be tried again. May be NULL. */
    void (*again)(void *self, const struct matrix_case *c, const char *why);
    const struct resume *resume; /* where finished cases are kept; NULL: nowhere */
    /* As in struct pool_setup: jobs are cases. */
    void (*show)(void *self, const struct pool_state *s);
    void *self;
};

/* Boots all cases, but those that are kept of an earlier run, and folds what came of them. As pool_run(); @m is complete with POOL_ALL_DONE alone. */
enum pool_verdict matrix_run(struct matrix_result *m, const struct matrix_setup *s, int *signal, struct diag *d);
/* A matrix of one case, of the layout @l that was read from @path (NULL: built in), whose process died of @why. False with @d. */
bool matrix_of_lost(struct matrix_result *m, const char *path, const struct layout *l, const char *image,
                    const struct trial_options *o, const char *why, const struct limits_reached *met, struct diag *d);
void matrix_free(struct matrix_result *m);

#endif
