/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a check says what it has found. For lint_checks.c only. */
#ifndef HVMBED_LAYOUT_LINT_INTERNAL_H
#define HVMBED_LAYOUT_LINT_INTERNAL_H

#include "layout/lint.h"

/* In the layout, at @line (0: nowhere in particular); for the check that runs. */
void lint_hit(struct lint *o, unsigned line, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* In the firmware image. */
void lint_hit_firmware(struct lint *o, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
