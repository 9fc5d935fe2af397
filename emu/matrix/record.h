/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A case's result as bytes, from the process that booted it to the one that tells of it. The reader believes nothing:
 * every length and every number is checked against what it may be.
 */
#ifndef HVMBED_MATRIX_RECORD_H
#define HVMBED_MATRIX_RECORD_H

#include <stdbool.h>
#include <stdio.h>

#include "matrix/result.h"

/* More than the longest report has, and few enough that a process run wild cannot fill the memory. */
#define RECORD_MAX ((size_t)64 << 20)

/* False when @out failed. */
bool record_write(const struct case_result *r, FILE *out);
/* @r is all zero before. False when the bytes are not just one whole record, or memory ran out; @r is zero then. */
bool record_read(const uint8_t *bytes, size_t size, struct case_result *r);

#endif
