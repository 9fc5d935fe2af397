/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What firmware sees of a layout before it looks at its memory: what CPUID answers in SEC, and what free memory holds. Two
 * layouts that agree in it can have the beginning of a boot in common.
 */
#ifndef HVMBED_FUZZ_PROCESSOR_H
#define HVMBED_FUZZ_PROCESSOR_H

#include "layout/layout.h"

bool processor_same(const struct layout *a, const struct layout *b);
/* @l gets @from's. */
void processor_take(struct layout *l, const struct layout *from);

#endif
