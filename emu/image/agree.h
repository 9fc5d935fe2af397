/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is this the same code, once as it was linked and once as it was loaded? Pure. */
#ifndef HVMBED_IMAGE_AGREE_H
#define HVMBED_IMAGE_AGREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * @a and @b, @n bytes each, are equal but for words that were relocated: 8 or 4 little-endian bytes whose value in @b
 * is that in @a plus @delta. Every byte that differs must lie in such a word, so a near miss never agrees.
 */
bool code_agrees(const uint8_t *a, const uint8_t *b, size_t n, uint64_t delta);

#endif
