/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/fv.h"

#include <string.h>

#include "base/le.h"

/* EFI_FIRMWARE_VOLUME_HEADER, PI 1.7 volume 3, section 3.2.1. */
enum {
    FV_GUID = 16,
    FV_LENGTH = 32,
    FV_SIGNATURE = 40,
    FV_HEADER_LENGTH = 48,
    FV_HEADER_MIN = 64, /* with the terminator of the block map */
    FV_ALIGN = 8,
};

/* The 16-bit words of the header sum to 0. */
static bool checksum_ok(const uint8_t *header, size_t length)
{
    uint16_t sum = 0;
    for (size_t i = 0; i + 2 <= length; i += 2)
        sum = (uint16_t)(sum + le16(header + i));
    return sum == 0;
}

static bool fv_at(const uint8_t *buf, size_t size, size_t at, struct fv *out)
{
    const uint8_t *h = buf + at;
    if (memcmp(h + FV_SIGNATURE, "_FVH", 4) != 0)
        return false;
    uint64_t length = le64(h + FV_LENGTH);
    uint16_t header = le16(h + FV_HEADER_LENGTH);
    if (header < FV_HEADER_MIN || header % 2 != 0 || header > length || length > size - at)
        return false;
    out->offset = at;
    out->length = length;
    out->header_length = header;
    memcpy(out->fs.b, h + FV_GUID, sizeof out->fs.b);
    out->checksum_ok = checksum_ok(h, header);
    return true;
}

bool fv_next(const uint8_t *buf, size_t size, size_t from, struct fv *out)
{
    if (from >= size || size < FV_HEADER_MIN)
        return false;
    for (size_t at = (from + FV_ALIGN - 1) & ~(size_t)(FV_ALIGN - 1); at <= size - FV_HEADER_MIN; at += FV_ALIGN)
        if (fv_at(buf, size, at, out))
            return true;
    return false;
}
