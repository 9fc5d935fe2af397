/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A trial as a case that can be saved, and back. */
#ifndef HVMBED_MATRIX_SAVE_H
#define HVMBED_MATRIX_SAVE_H

#include <stdio.h>

#include "matrix/trial.h"
#include "replay/saved.h"

/* Of a trial that was booted with @o by hvmbed @version. @s is zero before. False with @d; saved_free() in any case. */
bool trial_describe(const struct trial *t, const struct trial_options *o, const char *version, struct saved *s,
                    struct diag *d);
/* The same, written to @out. */
bool trial_save(const struct trial *t, const struct trial_options *o, const char *version, FILE *out, struct diag *d);

/*
 * How to boot @s again: fills @l, and @o but for what @s does not say; what @o points to is @s's. @path is the file that
 * @s was read from, for messages. False with @d.
 */
bool saved_prepare(const struct saved *s, const char *path, struct layout *l, struct trial_options *o, struct diag *d);

#endif
