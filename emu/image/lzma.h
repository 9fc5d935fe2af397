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

#endif
