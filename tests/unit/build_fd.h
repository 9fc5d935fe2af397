/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small builders of firmware structures, for tests: each writes a valid one, which a test then damages. */
#ifndef HVMBED_TESTS_BUILD_FD_H
#define HVMBED_TESTS_BUILD_FD_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/le.h"

static const uint8_t build_ffs2[16] = {0x78, 0xe5, 0x8c, 0x8c, 0x3d, 0x8a, 0x1c, 0x4f,
                                       0x99, 0x35, 0x89, 0x61, 0x85, 0xc3, 0x2d, 0xd3};
static const uint8_t build_nv[16] = {0x8d, 0x2b, 0xf1, 0xff, 0x96, 0x76, 0x8b, 0x4c,
                                     0xa9, 0x85, 0x27, 0x47, 0x07, 0x5b, 0x4f, 0x50};

#define BUILD_FV_HEADER 72u

/* A copy of exactly @n bytes, so that the sanitizer sees the first byte read past them. */
static inline uint8_t *build_exact(const uint8_t *p, size_t n)
{
    uint8_t *copy = malloc(n > 0 ? n : 1);
    if (copy == NULL)
        abort();
    memcpy(copy, p, n);
    return copy;
}

/* The characters of @text, without its end. */
static inline void build_text(uint8_t *at, const char *text)
{
    for (; *text != '\0'; text++)
        *at++ = (uint8_t)*text;
}

/* Makes the header's words sum to 0 again. */
static inline void build_fv_sum(uint8_t *fv)
{
    put_le16(fv + 50, 0);
    uint16_t sum = 0;
    for (unsigned i = 0; i < le16(fv + 48); i += 2)
        sum = (uint16_t)(sum + le16(fv + i));
    put_le16(fv + 50, (uint16_t)-sum);
}

/* An empty volume of @length bytes at @fv: header with one block-map entry, the rest erased. */
static inline void build_fv(uint8_t *fv, uint32_t length, const uint8_t fs[16])
{
    memset(fv, 0xff, length);
    memset(fv, 0, BUILD_FV_HEADER);
    memcpy(fv + 16, fs, 16);
    put_le64(fv + 32, length);
    memcpy(fv + 40, "_FVH", 4);
    put_le32(fv + 44, 0x0004feff);
    put_le16(fv + 48, BUILD_FV_HEADER);
    fv[55] = 2;
    put_le32(fv + 56, length / 0x1000);
    put_le32(fv + 60, 0x1000);
    build_fv_sum(fv);
}

/* Makes the header's bytes sum to 0 again, state and data checksum left out. */
static inline void build_ffs_sum(uint8_t *h)
{
    h[16] = 0;
    h[17] = 0;
    unsigned n = (h[19] & 1) != 0 ? 32 : 24;
    uint8_t sum = 0;
    for (unsigned i = 0; i < n; i++)
        if (i != 23)
            sum = (uint8_t)(sum + h[i]);
    h[16] = (uint8_t)-sum;
    h[17] = 0xaa;
}

/* A file header for @size bytes in all, named by 16 bytes of @name. Returns the body. */
static inline uint8_t *build_ffs(uint8_t *h, uint32_t size, uint8_t type, uint8_t name)
{
    memset(h, 0, 24);
    memset(h, name, 16);
    h[18] = type;
    h[20] = (uint8_t)size;
    h[21] = (uint8_t)(size >> 8);
    h[22] = (uint8_t)(size >> 16);
    h[23] = 0xf8;
    build_ffs_sum(h);
    return h + 24;
}

/* A section of @n body bytes; returns where the next one starts. */
static inline uint8_t *build_section(uint8_t *at, uint8_t type, const void *body, uint32_t n)
{
    uint32_t size = n + 4;
    at[0] = (uint8_t)size;
    at[1] = (uint8_t)(size >> 8);
    at[2] = (uint8_t)(size >> 16);
    at[3] = type;
    memcpy(at + 4, body, n);
    return at + ((size + 3) & ~3u);
}

/* A user-interface section with an ASCII name. */
static inline uint8_t *build_ui(uint8_t *at, const char *name)
{
    uint8_t units[128] = {0};
    uint32_t n = (uint32_t)strlen(name) + 1;
    for (uint32_t i = 0; i < n; i++)
        put_le16(units + 2 * i, (uint16_t)(unsigned char)name[i]);
    return build_section(at, 0x15, units, 2 * n);
}

/* OvmfXen's ELF header (E:OvmfPkg/Include/Fdf/XenElfHeader.fdf.inc): 136 bytes. */
static inline void build_pvh(uint8_t *p)
{
    static const uint8_t ident[16] = {0x7f, 'E', 'L', 'F', 1, 1, 1};
    memset(p, 0, 136);
    memcpy(p, ident, 16);
    put_le16(p + 16, 2);
    put_le16(p + 18, 3);
    put_le32(p + 20, 1);
    put_le32(p + 24, 0x2fffd0);
    put_le32(p + 28, 52);
    put_le16(p + 40, 52);
    put_le16(p + 42, 32);
    put_le16(p + 44, 2);
    uint8_t *load = p + 52, *note = p + 84, *n = p + 116;
    put_le32(load, 1);
    put_le32(load + 8, 0x100000);
    put_le32(load + 12, 0x100000);
    put_le32(load + 16, 0x200000);
    put_le32(load + 20, 0x200000);
    put_le32(load + 24, 7);
    put_le32(note, 4);
    put_le32(note + 4, 116);
    put_le32(note + 12, 0x100074);
    put_le32(note + 16, 20);
    put_le32(note + 20, 20);
    put_le32(n, 4);
    put_le32(n + 4, 4);
    put_le32(n + 8, 18);
    memcpy(n + 12, "Xen", 4);
    put_le32(n + 16, 0x2fffd0);
}

#endif
