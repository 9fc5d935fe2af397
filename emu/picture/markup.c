/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "picture/markup.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "report/escape.h"

static void write_safe(FILE *out, const char *bytes, size_t n, bool lines)
{
    char *safe = escape_bytes(bytes, n, lines);
    for (const char *c = safe != NULL ? safe : "?"; *c != '\0'; c++)
        switch (*c) {
        case '&':
            fputs("&amp;", out);
            break;
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        case '\'':
            fputs("&#39;", out);
            break;
        default:
            fputc(*c, out);
        }
    free(safe);
}

void markup(FILE *out, const char *text)
{
    write_safe(out, text, strlen(text), false);
}

void markup_lines(FILE *out, const char *text, size_t n)
{
    write_safe(out, text, n, true);
}

void markup_format(FILE *out, const char *fmt, ...)
{
    char text[1024];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    markup(out, text);
}

bool wrap_line(const char *text, size_t width, size_t n, size_t *from, size_t *length)
{
    size_t at = 0;
    for (size_t line = 0; text[at] != '\0'; line++) {
        size_t len = strlen(text + at);
        size_t skip = 0;
        if (len > width) {
            len = width;
            for (size_t i = width; i > 0; i--)
                if (text[at + i] == ' ') {
                    len = i;
                    skip = 1;
                    break;
                }
        }
        if (line == n) {
            *from = at;
            *length = len;
            return true;
        }
        at += len + skip;
    }
    return false;
}

size_t wrap_count(const char *text, size_t width)
{
    size_t n = 0, from, length;
    while (wrap_line(text, width, n, &from, &length))
        n++;
    return n;
}
