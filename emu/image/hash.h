/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What tells one file from another, for reports. */
#ifndef HVMBED_IMAGE_HASH_H
#define HVMBED_IMAGE_HASH_H

#include <stddef.h>
#include <stdint.h>

#define HASH_SIZE 32u
#define HASH_TEXT_SIZE (2 * HASH_SIZE + 1)

/* SHA-256. */
void hash_bytes(const uint8_t *bytes, size_t size, uint8_t out[HASH_SIZE]);
/* Lower-case hexadecimal with a zero at its end. */
void hash_format(const uint8_t hash[HASH_SIZE], char out[HASH_TEXT_SIZE]);

#endif
