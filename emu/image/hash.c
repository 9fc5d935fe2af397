/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/hash.h"

#include <stdio.h>
#include <sys/types.h>

#include <sha2.h>

void hash_bytes(const uint8_t *bytes, size_t size, uint8_t out[HASH_SIZE])
{
    SHA2_CTX ctx;
    SHA256Init(&ctx);
    SHA256Update(&ctx, bytes, size);
    SHA256Final(out, &ctx);
}

void hash_format(const uint8_t hash[HASH_SIZE], char out[HASH_TEXT_SIZE])
{
    for (size_t i = 0; i < HASH_SIZE; i++)
        (void)snprintf(out + 2 * i, 3, "%02x", hash[i]);
}
