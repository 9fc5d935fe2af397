/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/lzma.h"

#include <lzma.h>

#include "base/le.h"

#define SIZE_AT 5u
#define MEMORY_MAX (512ULL << 20) /* the dictionary's size comes from the header; edk2 uses 16 MiB at most */

uint64_t lzma_promised_size(const uint8_t *p, size_t n)
{
    return n < LZMA_HEADER_SIZE ? 0 : le64(p + SIZE_AT);
}

bool lzma_unpack(const uint8_t *p, size_t n, uint8_t *out, size_t room)
{
    lzma_stream s = LZMA_STREAM_INIT;
    if (lzma_promised_size(p, n) != room || lzma_alone_decoder(&s, MEMORY_MAX) != LZMA_OK)
        return false;
    s.next_in = p;
    s.avail_in = n;
    s.next_out = out;
    s.avail_out = room;
    lzma_ret end = lzma_code(&s, LZMA_FINISH);
    bool whole = end == LZMA_STREAM_END && s.avail_out == 0;
    lzma_end(&s);
    return whole;
}
