/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/fv.h"

#include <stdio.h>
#include <string.h>

#include "base/le.h"

void guid_format(const struct guid *g, char out[GUID_TEXT_SIZE])
{
    /* RFC 4122 fields: the first three little-endian, the rest bytes in order. */
    const uint8_t *b = g->b;
    (void)snprintf(out, GUID_TEXT_SIZE, "%08X-%04X-%04X-%02X%02X-%02X%02X%02X%02X%02X%02X", (unsigned)le32(b),
                   (unsigned)le16(b + 4), (unsigned)le16(b + 6), (unsigned)b[8], (unsigned)b[9], (unsigned)b[10],
                   (unsigned)b[11], (unsigned)b[12], (unsigned)b[13], (unsigned)b[14], (unsigned)b[15]);
}

bool guid_equal(const struct guid *a, const struct guid *b)
{
    return memcmp(a->b, b->b, sizeof a->b) == 0;
}
