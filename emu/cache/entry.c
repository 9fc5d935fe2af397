/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cache/entry.h"

#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "base/hugepages.h"
#include "base/le.h"
#include "image/hash.h"

/* The fastest: the higher levels gain a tenth of the size, and cost the first run two or three times as much. */
#define LEVEL 1

static const uint8_t magic[8] = "hvmbed\x1a";

/* All of it little-endian. */
enum {
    AT_MAGIC = 0,
    AT_VERSION = 8,
    AT_SUM = 12,    /* CRC-32 of what follows it */
    AT_PACKED = 16, /* bytes of the LZMA stream */
    AT_ROOM = 24,   /* that it unpacks to */
    AT_HASH = 32,   /* SHA-256 of it */
    HEADER_SIZE = AT_HASH + HASH_SIZE,
};

static uint32_t sum(const uint8_t *p, size_t n)
{
    return (uint32_t)crc32_z(crc32_z(0, NULL, 0), p, n);
}

bool entry_write(FILE *out, const uint8_t *packed, size_t n, const uint8_t *bytes, size_t room)
{
    uLongf size = compressBound(room);
    uint8_t *file = malloc(HEADER_SIZE + size);
    if (file == NULL || compress2(file + HEADER_SIZE, &size, bytes, room, LEVEL) != Z_OK) {
        free(file);
        return false;
    }
    memcpy(file + AT_MAGIC, magic, sizeof magic);
    put_le32(file + AT_VERSION, ENTRY_VERSION);
    put_le64(file + AT_PACKED, n);
    put_le64(file + AT_ROOM, room);
    hash_bytes(packed, n, file + AT_HASH);
    put_le32(file + AT_SUM, sum(file + AT_PACKED, HEADER_SIZE - AT_PACKED + size));
    const bool ok = fwrite(file, 1, HEADER_SIZE + size, out) == HEADER_SIZE + size;
    free(file);
    return ok;
}

const char *entry_wrong(const uint8_t *file, size_t size)
{
    if (size < HEADER_SIZE)
        return "it is too short";
    if (memcmp(file + AT_MAGIC, magic, sizeof magic) != 0)
        return "it is something else";
    if (le32(file + AT_VERSION) != ENTRY_VERSION)
        return "it is of another version";
    return le32(file + AT_SUM) == sum(file + AT_PACKED, size - AT_PACKED) ? NULL : "it is damaged";
}

static bool is_of(const uint8_t *file, const uint8_t *packed, size_t n, size_t room)
{
    uint8_t hash[HASH_SIZE];
    if (le64(file + AT_PACKED) != n || le64(file + AT_ROOM) != room)
        return false;
    hash_bytes(packed, n, hash);
    return memcmp(file + AT_HASH, hash, HASH_SIZE) == 0;
}

uint8_t *entry_read(const uint8_t *file, size_t size, const uint8_t *packed, size_t n, size_t room)
{
    if (entry_wrong(file, size) != NULL || !is_of(file, packed, n, room))
        return NULL;
    uint8_t *bytes = hugepages_alloc(room);
    uLongf got = room;
    uLong used = size - HEADER_SIZE;
    if (bytes != NULL && uncompress2(bytes, &got, file + HEADER_SIZE, &used) == Z_OK && got == room &&
        used == size - HEADER_SIZE)
        return bytes;
    free(bytes);
    return NULL;
}
