/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Equal findings of many cases are one, with the cases it happened in. Pure. */
#ifndef HVMBED_MATRIX_FOLD_H
#define HVMBED_MATRIX_FOLD_H

#include <stdbool.h>

#include "matrix/result.h"

/*
 * Fills @m's summary from its cases; what it points to is theirs. Two findings are equal when rule, severity, access,
 * module and offset of the instruction (and of its caller) are, and the text but for its numbers: addresses follow from
 * the layout. False when memory ran out; fold_free() in any case.
 */
bool fold(struct matrix_result *m);
void fold_free(struct matrix_summary *s);

/* Of two exit codes the worse: a defect of the bed, a finding, inconclusive, clean. */
int fold_worse(int a, int b);

#endif
