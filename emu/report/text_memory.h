/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVMBED_REPORT_TEXT_MEMORY_H
#define HVMBED_REPORT_TEXT_MEMORY_H

#include <stdio.h>

#include "check/finding.h"
#include "layout/e820.h"

/* @m: NULL when DXE was not run into. */
void text_memory(const struct dxe_memory *m, const struct e820_map *e820, FILE *out);

#endif
