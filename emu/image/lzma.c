/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/lzma.h"

#include <stdlib.h>
#include <string.h>

#include <lzma.h>

#include "base/hugepages.h"
#include "base/le.h"

#define SIZE_AT 5u
#define MEMORY_MAX (512ULL << 20) /* the dictionary's size comes from the header; edk2 uses 16 MiB at most */

uint64_t lzma_promised_size(const uint8_t *p, size_t n)
{
    return n < LZMA_HEADER_SIZE ? 0 : le64(p + SIZE_AT);
}

static void *take(void *self, size_t nr, size_t size)
{
    (void)self;
    return nr != 0 && size > SIZE_MAX / nr ? NULL : hugepages_alloc(nr * size + 1);
}

static void give_back(void *self, void *p)
{
    (void)self;
    free(p);
}

bool lzma_unpack(const uint8_t *p, size_t n, uint8_t *out, size_t room)
{
    const lzma_allocator memory = {.alloc = take, .free = give_back};
    lzma_stream s = LZMA_STREAM_INIT;
    s.allocator = &memory;
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

void lzma_memo_free(struct lzma_memo *memo)
{
    free(memo->packed);
    free(memo->bytes);
    *memo = (struct lzma_memo){.kept = memo->kept, .kept_self = memo->kept_self};
}

static bool fill(struct lzma_memo *memo, const uint8_t *p, size_t n, size_t room)
{
    memo->bytes = memo->kept != NULL ? memo->kept(memo->kept_self, p, n, room) : NULL;
    memo->was_kept = memo->bytes != NULL;
    if (memo->was_kept)
        return true;
    memo->bytes = hugepages_alloc(room);
    return memo->bytes != NULL && lzma_unpack(p, n, memo->bytes, room);
}

const uint8_t *lzma_unpack_again(struct lzma_memo *memo, const uint8_t *p, size_t n, size_t room)
{
    if (memo->bytes != NULL && memo->nr == room && memo->nr_packed == n && memcmp(memo->packed, p, n) == 0)
        return memo->bytes;
    lzma_memo_free(memo);
    memo->packed = malloc(n);
    if (memo->packed == NULL || !fill(memo, p, n, room)) {
        lzma_memo_free(memo);
        return NULL;
    }
    memcpy(memo->packed, p, n);
    memo->nr_packed = n;
    memo->nr = room;
    return memo->bytes;
}
