/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/inflate.h"

#include <stdlib.h>
#define ZLIB_CONST /* or next_in would want writable bytes */
#include <zlib.h>

#define FIRST_ROOM (4u << 20) /* bytes; doubled as needed, so that a small bomb costs little */

bool gzip_is(const uint8_t *p, size_t size)
{
    return size >= 2 && p[0] == 0x1f && p[1] == 0x8b;
}

/* What is inflated so far. */
struct output {
    uint8_t *bytes;
    size_t used, room, limit;
};

/* One byte more than the limit may be had, to see that there is more. */
static bool make_room(struct output *o)
{
    if (o->used < o->room)
        return true;
    size_t room = o->room == 0 ? FIRST_ROOM : o->room * 2;
    if (room > o->limit + 1)
        room = o->limit + 1;
    uint8_t *bytes = realloc(o->bytes, room);
    if (bytes == NULL)
        return false;
    o->bytes = bytes;
    o->room = room;
    return true;
}

/* Inflates members until the input ends. NULL, or what is wrong. */
static const char *inflate_members(z_stream *z, struct output *o)
{
    for (;;) {
        if (!make_room(o))
            return "out of memory while it is unpacked";
        z->next_out = o->bytes + o->used;
        z->avail_out = (uInt)(o->room - o->used);
        int status = inflate(z, Z_NO_FLUSH);
        o->used = o->room - z->avail_out;
        if (o->used > o->limit)
            return "unpacks to more than an image can have (64 MiB)";
        if (status == Z_STREAM_END) {
            /* gzip files may be concatenated, and padded with zeros. */
            while (z->avail_in > 0 && *z->next_in == 0) {
                z->next_in++;
                z->avail_in--;
            }
            if (z->avail_in == 0)
                return NULL;
            if (!gzip_is(z->next_in, z->avail_in) || inflateReset(z) != Z_OK)
                return "there are other bytes behind the gzip data";
        } else if (status == Z_MEM_ERROR) {
            return "out of memory while it is unpacked";
        } else if (status != Z_OK && status != Z_BUF_ERROR) {
            return "the gzip data is damaged";
        } else if (z->avail_in == 0 && z->avail_out > 0) {
            return "the gzip data is truncated";
        }
    }
}

uint8_t *gzip_inflate(const char *name, const uint8_t *p, size_t size, size_t limit, size_t *out_size, struct diag *d)
{
    z_stream z = {.next_in = p, .avail_in = (uInt)size};
    struct output o = {.limit = limit};
    const char *wrong = "out of memory while it is unpacked";
    if (inflateInit2(&z, 15 + 16) == Z_OK) { /* the largest window; gzip only */
        wrong = inflate_members(&z, &o);
        (void)inflateEnd(&z);
    }
    if (wrong == NULL) {
        *out_size = o.used;
        return o.bytes;
    }
    free(o.bytes);
    (void)diag_fail(d, name, 0, "%s: give the image unpacked, or fetch it again", wrong);
    return NULL;
}
