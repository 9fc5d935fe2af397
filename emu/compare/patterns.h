/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What RAM may be filled with, as users write it. Pure. */
#ifndef HVMBED_COMPARE_PATTERNS_H
#define HVMBED_COMPARE_PATTERNS_H

#include <stdbool.h>
#include <stdint.h>

#include "compare/result.h"

/*
 * A list with commas: one or two hexadecimal digits (a byte, repeated), 0x and up to sixteen (a 64-bit pattern), or
 * random:SEED (a pattern made of a decimal number). False for anything else, for more than
 * COMPARE_FILLS_MAX, and for two alike.
 */
bool patterns_parse(const char *text, uint64_t fill[COMPARE_FILLS_MAX], unsigned *nr);

#endif
