/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a pure room says what is wrong: one line for a person, with the place in the input.
 * Nothing here prints or exits; only cli/ does.
 */
#ifndef HVMBED_BASE_DIAG_H
#define HVMBED_BASE_DIAG_H

#include <stdbool.h>

struct diag {
    char file[256];    /* the input's name, or "" */
    unsigned line;     /* 1-based, 0 when no line is known */
    char message[512]; /* what is wrong and what to do, no trailing newline */
};

/* Fills @d (which may be NULL) and returns false, so that a parser can `return diag_fail(...)`. */
bool diag_fail(struct diag *d, const char *file, unsigned line, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

#endif
