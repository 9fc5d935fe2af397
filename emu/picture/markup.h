/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text in XML and HTML. Whatever it is, a guest's or a file's, it stays text. */
#ifndef HVMBED_PICTURE_MARKUP_H
#define HVMBED_PICTURE_MARKUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Printable ASCII, &<>"' as entities, all else as \xNN; fit for attributes in double quotes. */
void markup(FILE *out, const char *text);
/* Newlines and tabs stay. */
void markup_lines(FILE *out, const char *text, size_t n);
/* Formatted, then as by markup(). */
void markup_format(FILE *out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * What @text says in lines of at most @width characters, broken at spaces where there are some. The start of line @n in
 * *@from and its length; false when there is no such line.
 */
bool wrap_line(const char *text, size_t width, size_t n, size_t *from, size_t *length);
size_t wrap_count(const char *text, size_t width);

#endif
