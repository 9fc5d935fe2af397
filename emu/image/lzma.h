/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LZMA as edk2 packs it: five bytes of properties, the size as u64, the stream ("LZMA alone"). Pure. */
#ifndef HVMBED_IMAGE_LZMA_H
#define HVMBED_IMAGE_LZMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LZMA_HEADER_SIZE 13u

/* The size that the header promises, UINT64_MAX when it promises none; 0 when @n bytes are not even a header. */
uint64_t lzma_promised_size(const uint8_t *p, size_t n);
/* Unpacks exactly @room bytes into @out. False (with @out spoilt) when the stream is damaged, shorter or longer. */
bool lzma_unpack(const uint8_t *p, size_t n, uint8_t *out, size_t room);

/* The last stream that was unpacked, for who unpacks the same again and again. All zero at first, but for @kept. */
struct lzma_memo {
    uint8_t *packed, *bytes;
    size_t nr_packed, nr;
    bool was_kept; /* @bytes are not of this program's unpacking, but what @kept had */
    /* Who may have unpacked it before: @room bytes from malloc(), or NULL. May be NULL. */
    uint8_t *(*kept)(const void *self, const uint8_t *p, size_t n, size_t room);
    const void *kept_self;
};
/* The same as lzma_unpack(), in memory of @memo's; NULL when it fails. Until the next call. */
const uint8_t *lzma_unpack_again(struct lzma_memo *memo, const uint8_t *p, size_t n, size_t room);
void lzma_memo_free(struct lzma_memo *memo);

#endif
