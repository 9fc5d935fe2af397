/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/section.h"

#include <string.h>

#include "base/le.h"

enum {
    SECTION_TYPE = 3,
    SECTION_SIZE32 = 4,
    SECTION_HEADER = 4,
    SECTION_HEADER_LARGE = 8,
    SECTION_ALIGN = 4,
    SECTION_SIZE_IS_LARGE = 0xffffff,

    COMPRESSION_UNPACKED = 0, /* after the common header */
    COMPRESSION_TYPE = 4,
    COMPRESSION_HEADER = 5,

    GUIDED_GUID = 0,
    GUIDED_DATA_OFFSET = 16, /* from the section's first byte */
    GUIDED_ATTRIBUTES = 18,
    GUIDED_HEADER = 20,
    GUIDED_PROCESSING_REQUIRED = 0x01,
};

/* What some types have behind the common header. False when it does not fit. */
static bool read_more(const uint8_t *stream, struct section *s)
{
    const uint8_t *more = stream + s->body;
    size_t left = s->size - (s->body - s->offset);
    if (s->type == SECTION_COMPRESSION) {
        if (left < COMPRESSION_HEADER)
            return false;
        s->unpacked_size = le32(more + COMPRESSION_UNPACKED);
        s->compression = more[COMPRESSION_TYPE];
        s->body += COMPRESSION_HEADER;
    } else if (s->type == SECTION_FREEFORM) {
        if (left < sizeof s->guid.b)
            return false;
        s->has_guid = true;
        memcpy(s->guid.b, more, sizeof s->guid.b);
        s->body += sizeof s->guid.b;
    } else if (s->type == SECTION_GUID_DEFINED) {
        if (left < GUIDED_HEADER)
            return false;
        size_t data = le16(more + GUIDED_DATA_OFFSET), header = s->body - s->offset + GUIDED_HEADER;
        if (data < header || data > s->size)
            return false;
        s->has_guid = true;
        memcpy(s->guid.b, more + GUIDED_GUID, sizeof s->guid.b);
        s->processing_required = (le16(more + GUIDED_ATTRIBUTES) & GUIDED_PROCESSING_REQUIRED) != 0;
        s->body = s->offset + data;
    }
    return true;
}

bool section_next(const uint8_t *stream, size_t size, size_t *cursor, struct section *out, bool *damaged)
{
    size_t at = *cursor;
    *damaged = false;
    if (at >= size || size - at < SECTION_HEADER)
        return false;
    const uint8_t *h = stream + at;
    size_t length = (size_t)h[0] | (size_t)h[1] << 8 | (size_t)h[2] << 16, header = SECTION_HEADER;
    *damaged = true;
    if (length == SECTION_SIZE_IS_LARGE) {
        if (size - at < SECTION_HEADER_LARGE)
            return false;
        length = le32(h + SECTION_SIZE32);
        header = SECTION_HEADER_LARGE;
    }
    if (length < header || length > size - at)
        return false;
    struct section s = {.type = h[SECTION_TYPE], .offset = at, .size = length, .body = at + header};
    if (!read_more(stream, &s))
        return false;
    *damaged = false;
    *out = s;
    *cursor = at + length > SIZE_MAX - SECTION_ALIGN ? size
                                                     : (at + length + SECTION_ALIGN - 1) & ~(size_t)(SECTION_ALIGN - 1);
    return true;
}

void section_text(const uint8_t *p, size_t n, char *out, size_t room)
{
    size_t used = 0;
    for (size_t i = 0; i + 2 <= n && used + 1 < room; i += 2) {
        uint16_t unit = le16(p + i);
        if (unit < 0x20 || unit > 0x7e)
            break;
        out[used++] = (char)unit;
    }
    out[used] = '\0';
}
