/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes from the guest, or from a file name, made safe to show. Pure. */
#ifndef HVMBED_REPORT_ESCAPE_H
#define HVMBED_REPORT_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/*
 * Printable ASCII as it is, all else as \xNN, so that no terminal or parser can be led astray. With @lines, newlines
 * and tabs stay and carriage returns before newlines go. malloc'ed, NUL-terminated; NULL when out of memory.
 */
char *escape_bytes(const char *bytes, size_t n, bool lines);

/* escape_bytes(), and then what has a meaning in the form that @out is: */
/* markup; @lines only between tags, since attributes keep none */
void escape_xml(FILE *out, const char *bytes, size_t n, bool lines);
/* inside double quotes in YAML (and JSON) */
void escape_quoted(FILE *out, const char *text);
/* the description of a test point in TAP 14; a # is written \x23, since parsers of TAP 13 know no escape for it */
void escape_tap(FILE *out, const char *text);
/* a message to GitHub's runner, or @property: the value of one */
void escape_github(FILE *out, const char *text, bool property);
/* malloc'ed: @path, raw bytes, as a relative or absolute reference (RFC 3986); NULL when out of memory */
char *escape_uri(const char *path);

#endif
