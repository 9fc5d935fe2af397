/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boots with several RAM fills, for people. */
#ifndef HVMBED_REPORT_TEXT_FILL_H
#define HVMBED_REPORT_TEXT_FILL_H

#include <stdio.h>

#include "compare/result.h"

void text_fill(const struct compare_result *r, FILE *out);

#endif
