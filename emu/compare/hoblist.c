/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "compare/hoblist.h"

#include "base/le.h"
#include "hob/hob.h"

bool raw_hob_next(const uint8_t *list, size_t size, size_t *cursor, struct raw_hob *out)
{
    size_t at = *cursor;
    if (at >= size || size - at < HOB_HEADER_SIZE)
        return false;
    *out = (struct raw_hob){.offset = at, .type = le16(list + at), .length = le16(list + at + 2)};
    if (out->length < HOB_HEADER_SIZE || out->length > size - at)
        return false;
    *cursor = out->type == HOB_END ? size : at + out->length;
    return true;
}

static void add(struct hob_differences *out, const struct hob_difference *d)
{
    out->bytes += d->size;
    if (out->nr < out->max)
        out->d[out->nr++] = *d;
    else
        out->dropped++;
}

static void compare_one(const uint8_t *a, const uint8_t *b, const struct raw_hob *h, unsigned index,
                        struct hob_differences *out)
{
    for (size_t i = 0; i < h->length; i++) {
        if (a[h->offset + i] == b[h->offset + i])
            continue;
        struct hob_difference d = {.index = index, .hob = *h, .offset = i};
        while (i < h->length && a[h->offset + i] != b[h->offset + i])
            i++;
        d.size = i - d.offset;
        add(out, &d);
    }
}

void hob_compare(const uint8_t *a, size_t na, const uint8_t *b, size_t nb, struct hob_differences *out)
{
    size_t ca = 0;
    size_t cb = 0;
    struct raw_hob ha;
    struct raw_hob hb;
    for (unsigned index = 0;; index++) {
        bool more = raw_hob_next(a, na, &ca, &ha);
        bool other = raw_hob_next(b, nb, &cb, &hb);
        if (more != other || (more && (ha.type != hb.type || ha.length != hb.length))) {
            out->shape = true;
            return;
        }
        if (!more)
            return;
        compare_one(a, b, &ha, index, out);
    }
}
