/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes from the guest, or from a file name, made safe to show. Pure. */
#ifndef HVMBED_REPORT_ESCAPE_H
#define HVMBED_REPORT_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Printable ASCII as it is, all else as \xNN, so that no terminal or parser can be led astray. With @lines, newlines
 * and tabs stay and carriage returns before newlines go. malloc'ed, NUL-terminated; NULL when out of memory.
 */
char *escape_bytes(const char *bytes, size_t n, bool lines);

#endif
