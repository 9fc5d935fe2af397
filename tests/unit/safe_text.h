/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is a report's text safe to show, whatever the guest wrote into it? */
#ifndef HVMBED_TESTS_SAFE_TEXT_H
#define HVMBED_TESTS_SAFE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* How long the sequence of UTF-8 at @c is; 0 when it is none, not the shortest, or no character (RFC 3629, section 4). */
static inline size_t utf8_length(const unsigned char *c)
{
    const size_t n = c[0] < 0x80                   ? 1
                     : c[0] >= 0xc2 && c[0] < 0xe0 ? 2
                     : (c[0] & 0xf0) == 0xe0       ? 3
                     : c[0] >= 0xf0 && c[0] < 0xf5 ? 4
                                                   : 0;
    for (size_t i = 1; i < n; i++)
        if ((c[i] & 0xc0) != 0x80)
            return 0;
    const bool overlong = (c[0] == 0xe0 && c[1] < 0xa0) || (c[0] == 0xf0 && c[1] < 0x90);
    const bool surrogate = c[0] == 0xed && c[1] >= 0xa0, beyond = c[0] == 0xf4 && c[1] >= 0x90;
    return overlong || surrogate || beyond ? 0 : n;
}

/* No control character but line ends and tabs; all ASCII, or where @pictures, UTF-8 without C1 controls. */
static inline bool text_is_safe(const char *text, bool pictures)
{
    for (const unsigned char *c = (const unsigned char *)text; *c != '\0';) {
        const size_t n = utf8_length(c);
        if (n == 0 || (n > 1 && !pictures) || (n == 2 && c[0] == 0xc2 && c[1] < 0xa0))
            return false;
        if (n == 1 && (*c < 0x20 || *c == 0x7f) && *c != '\n' && *c != '\t')
            return false;
        c += n;
    }
    return true;
}

#endif
