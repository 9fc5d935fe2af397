/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/escape.h"

#include <stdint.h>
#include <stdlib.h>

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
