/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Checksums that stand before a parser, put right after each mutation: of volumes' and files' headers, and of CRC32 sections.
 * One mutant of eight stays as it is.
 */
#ifndef HVMBED_TESTS_FUZZ_MEND_H
#define HVMBED_TESTS_FUZZ_MEND_H

#include "fuzz.h"

#include <zlib.h>

#include "base/le.h"

static inline size_t mend_le24(const uint8_t *p)
{
    return (size_t)p[0] | (size_t)p[1] << 8 | (size_t)p[2] << 16;
}

/* A file's header at @p, of @n bytes; how long the file is, at least 8. */
static inline size_t mend_file(uint8_t *p, size_t n)
{
    const bool large = n >= 32 && (p[19] & 1) != 0;
    const size_t header = large ? 32 : 24;
    uint8_t sum = 0;
    p[16] = 0;
    for (size_t i = 0; i < header; i++)
        if (i != 17 && i != 23)
            sum = (uint8_t)(sum + p[i]);
    p[16] = (uint8_t)(0x100 - sum);
    const uint64_t length = large ? le64(p + 24) : mend_le24(p + 20);
    return length < 8 ? 8 : length > n ? n : (size_t)length;
}

static inline void mend_volume(uint8_t *p, size_t n)
{
    const uint16_t header = le16(p + 48), ext = le16(p + 52);
    uint16_t sum = 0;
    if (header < 56 || header > n)
        return;
    put_le16(p + 50, 0);
    for (size_t i = 0; i + 2 <= header; i += 2)
        sum = (uint16_t)(sum + le16(p + i));
    put_le16(p + 50, (uint16_t)(0x10000 - sum));
    size_t at = header;
    if (ext != 0 && (size_t)ext + 20 <= n)
        at = ext + (size_t)le32(p + ext + 16);
    for (at = (at + 7) & ~(size_t)7; at < n && n - at >= 24; at = (at + 7) & ~(size_t)7) {
        uint8_t *const file = p + at;
        if (memcmp(file, "\xff\xff\xff\xff\xff\xff\xff\xff", 8) == 0)
            break;
        at += mend_file(file, n - at);
    }
}

static inline void mend_crc(uint8_t *p, size_t n)
{
    static const uint8_t guid[16] = {0xb0, 0xcd, 0x1b, 0xfc, 0x31, 0x7d, 0xaa, 0x49,
                                     0x93, 0x6a, 0xa4, 0x60, 0x0d, 0x9d, 0xd0, 0x83};
    for (size_t at = 4; n >= 28 && at <= n - 24; at += 4) {
        if (p[at] != guid[0] || memcmp(p + at, guid, sizeof guid) != 0)
            continue;
        uint8_t *const section = p + at - 4;
        const size_t size = mend_le24(section), body = le16(section + 20);
        if (body >= 28 && size > body && size <= n - (at - 4))
            put_le32(section + 24, (uint32_t)crc32(0, section + body, (uInt)(size - body)));
    }
}

static inline void mend(uint8_t *p, size_t n)
{
    mend_crc(p, n);
    for (size_t at = 0; n >= 56 && at <= n - 56; at++)
        if (p[at + 40] == '_' && memcmp(p + at + 40, "_FVH", 4) == 0)
            mend_volume(p + at, n - at);
}

/* For a target's LLVMFuzzerCustomMutator(). */
static inline size_t mend_mutant(uint8_t *bytes, size_t n, size_t room, unsigned seed)
{
    n = LLVMFuzzerMutate(bytes, n, room);
    if (seed % 8 != 0)
        mend(bytes, n);
    return n;
}

#endif
