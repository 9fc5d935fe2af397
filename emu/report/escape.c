/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/escape.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

char *escape_bytes(const char *bytes, size_t n, bool lines)
{
    static const char hex[] = "0123456789abcdef";
    if (n > (SIZE_MAX - 1) / 4)
        return NULL;
    char *out = malloc(n * 4 + 1);
    if (out == NULL)
        return NULL;
    size_t used = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if (lines && c == '\r' && i + 1 < n && bytes[i + 1] == '\n')
            continue;
        if ((c >= 0x20 && c <= 0x7e) || (lines && (c == '\n' || c == '\t'))) {
            out[used++] = (char)c;
            continue;
        }
        out[used++] = '\\';
        out[used++] = 'x';
        out[used++] = hex[c >> 4];
        out[used++] = hex[c & 15];
    }
    out[used] = '\0';
    return out;
}

/* Each of @special becomes the string at the same place of @with. */
static void write_with(FILE *out, const char *bytes, size_t n, bool lines, const char *special, const char *const *with)
{
    char *safe = escape_bytes(bytes, n, lines);
    for (const char *c = safe; c != NULL && *c != '\0'; c++) {
        const char *at = strchr(special, *c);
        if (at != NULL)
            (void)fputs(with[at - special], out);
        else
            (void)fputc(*c, out);
    }
    free(safe);
}

void escape_xml(FILE *out, const char *bytes, size_t n, bool lines)
{
    static const char *const with[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
    write_with(out, bytes, n, lines, "&<>\"'", with);
}

void escape_quoted(FILE *out, const char *text)
{
    static const char *const with[] = {"\\\\", "\\\""};
    write_with(out, text, strlen(text), false, "\\\"", with);
}

void escape_tap(FILE *out, const char *text)
{
    static const char *const with[] = {"\\\\", "\\\\x23"};
    write_with(out, text, strlen(text), false, "\\#", with);
}

void escape_github(FILE *out, const char *text, bool property)
{
    static const char *const with[] = {"%25", "%0A", "%3A", "%2C"};
    write_with(out, text, strlen(text), !property, property ? "%\n:," : "%\n", with);
}

char *escape_uri(const char *path)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
    static const char hex[] = "0123456789ABCDEF";
    size_t used = 0, n = strlen(path);
    char *out = n <= (SIZE_MAX - 1) / 3 ? malloc(n * 3 + 1) : NULL;
    if (out == NULL)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)path[i];
        if (strchr(plain, c) != NULL) {
            out[used++] = (char)c;
            continue;
        }
        out[used++] = '%';
        out[used++] = hex[c >> 4];
        out[used++] = hex[c & 15];
    }
    out[used] = '\0';
    return out;
}
