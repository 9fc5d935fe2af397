/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/agree.h"

#include <string.h>

#include "base/le.h"

/* What a loaded word may be besides what was linked. */
struct changes {
    uint64_t delta;
    struct span own;
};

/* The end of a changed word that begins at or after @from and covers @at, 0 when there is none. */
static size_t changed_word(const uint8_t *a, const uint8_t *b, size_t n, size_t from, size_t at,
                           const struct changes *c)
{
    /* Low bytes are equal where the load address ends in zeroes, so a word may begin before the first difference. */
    for (size_t w = at; at - w < 8; w--) {
        if (n - w >= 8 &&
            (le64(a + w) + c->delta == le64(b + w) || (le64(a + w) == 0 && span_has(c->own, le64(b + w)))))
            return w + 8;
        if (n - w >= 4 && at - w < 4 && le32(a + w) + (uint32_t)c->delta == le32(b + w))
            return w + 4;
        if (w == from)
            break;
    }
    return 0;
}

bool code_agrees(const uint8_t *a, const uint8_t *b, size_t n, uint64_t delta, struct span own)
{
    const struct changes c = {delta, own};
    for (size_t at = 0; at < n;) {
        size_t chunk = n - at < 64 ? n - at : 64;
        if (memcmp(a + at, b + at, chunk) == 0) {
            at += chunk;
            continue;
        }
        size_t from = at;
        while (a[at] == b[at])
            at++;
        /* Where the words before the difference were equal, they were compared: nothing before @from is needed but
         * the start of a word that the chunk's edge cuts. */
        from = from >= 8 ? from - 8 : 0;
        at = changed_word(a, b, n, from, at, &c);
        if (at == 0)
            return false;
    }
    return true;
}
