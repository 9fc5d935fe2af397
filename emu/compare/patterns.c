/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "compare/patterns.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define WORD_MAX 64u

/* splitmix64: one number in, 64 unlike bits out. */
static uint64_t scramble(uint64_t x)
{
    x += 0x9E3779B97F4A7C15ULL;
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9ULL;
    x = (x ^ x >> 27) * 0x94D049BB133111EBULL;
    return x ^ x >> 31;
}

static bool digits(const char *s, int base, size_t max, uint64_t *out)
{
    size_t n = strlen(s);
    if (n == 0 || n > max)
        return false;
    for (size_t i = 0; i < n; i++)
        if (base == 16 ? !isxdigit((unsigned char)s[i]) : !isdigit((unsigned char)s[i]))
            return false;
    errno = 0;
    *out = strtoull(s, NULL, base);
    return errno == 0;
}

static bool parse_one(const char *s, uint64_t *out)
{
    if (strncmp(s, "random:", 7) == 0) {
        if (!digits(s + 7, 10, 20, out))
            return false;
        *out = scramble(*out);
        return true;
    }
    if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X'))
        return digits(s + 2, 16, 16, out);
    if (!digits(s, 16, 2, out))
        return false;
    *out *= 0x0101010101010101ULL;
    return true;
}

bool patterns_parse(const char *text, uint64_t fill[COMPARE_FILLS_MAX], unsigned *nr)
{
    *nr = 0;
    for (const char *s = text;; s++) {
        char word[WORD_MAX];
        size_t n = strcspn(s, ",");
        if (n >= sizeof word)
            return false;
        memcpy(word, s, n);
        word[n] = '\0';
        uint64_t value;
        if (!parse_one(word, &value))
            return false;
        for (unsigned i = 0; i < *nr; i++)
            if (fill[i] == value)
                return false;
        if (*nr == COMPARE_FILLS_MAX)
            return false;
        fill[(*nr)++] = value;
        s += n;
        if (*s == '\0')
            return true;
    }
}
