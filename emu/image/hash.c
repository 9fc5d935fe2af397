/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/hash.h"

#include <stdio.h>

#include <nettle/sha2.h>

void hash_bytes(const uint8_t *bytes, size_t size, uint8_t out[HASH_SIZE])
{
    struct sha256_ctx ctx;
    sha256_init(&ctx);
    sha256_update(&ctx, size, bytes);
    sha256_digest(&ctx, HASH_SIZE, out);
}

void hash_format(const uint8_t hash[HASH_SIZE], char out[HASH_TEXT_SIZE])
{
    for (size_t i = 0; i < HASH_SIZE; i++)
        (void)snprintf(out + 2 * i, 3, "%02x", hash[i]);
}
