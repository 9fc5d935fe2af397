/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is kept of a finished run, and a matrix that is just that one case. Pure. */
#ifndef HVMBED_MATRIX_TAKE_H
#define HVMBED_MATRIX_TAKE_H

#include <stdbool.h>
#include <stdio.h>

#include "matrix/result.h"
#include "report/report.h"

/* Fills @r, which is all zero before, but for its reports. False when memory ran out; case_result_free() in any case. */
bool case_take(const struct report_input *in, struct case_result *r);

/*
 * The report of one case in the form @w: of a form that has no other shape for one case than for many, as a matrix of
 * one. False when @out failed or memory ran out.
 */
bool case_write(const struct report_input *in, const struct report_writer *w, const struct report_style *style,
                FILE *out);

#endif
