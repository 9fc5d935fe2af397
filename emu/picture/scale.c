/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "picture/scale.h"

#include <stdlib.h>

#define LEAST 7 /* pixels: of a page, or less */
#define PER_DOUBLING 2
#define BREAK 18

static int compare(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static bool is_covered(struct span at, const struct span *mark, size_t nr)
{
    for (size_t i = 0; i < nr; i++)
        if (span_overlaps(at, mark[i]))
            return true;
    return false;
}

static int height_of(struct span at)
{
    int doublings = 0;
    for (uint64_t pages = span_size(at) >> PAGE_SHIFT; pages > 1; pages >>= 1)
        doublings++;
    return LEAST + PER_DOUBLING * doublings;
}

static void lay_out(struct scale *s)
{
    s->height = 0;
    for (size_t i = 0; i < s->nr; i++) {
        s->p[i].y = s->height;
        s->height += s->p[i].height;
    }
}

bool scale_make(struct scale *s, const struct span *mark, size_t nr)
{
    size_t borders = 0;
    *s = (struct scale){.nr = 0};
    uint64_t *border = calloc(2 * nr + 1, sizeof *border);
    s->p = calloc(2 * nr + 1, sizeof *s->p);
    if (border == NULL || s->p == NULL) {
        free(border);
        scale_free(s);
        return false;
    }
    for (size_t i = 0; i < nr; i++)
        if (mark[i].start < mark[i].end) {
            border[borders++] = mark[i].start;
            border[borders++] = mark[i].end;
        }
    qsort(border, borders, sizeof *border, compare);
    for (size_t i = 1; i < borders; i++) {
        const struct span at = {border[i - 1], border[i]};
        if (at.start == at.end)
            continue;
        const bool broken = !is_covered(at, mark, nr);
        s->p[s->nr++] = (struct scale_piece){.at = at, .height = broken ? BREAK : height_of(at), .broken = broken};
    }
    free(border);
    lay_out(s);
    return true;
}

void scale_stretch(struct scale *s, int height)
{
    const int had = s->height;
    if (height <= had || s->nr == 0)
        return;
    int64_t done = 0;
    for (size_t i = 0; i < s->nr; i++) { /* rounded so that the sum is right */
        const int64_t end = (int64_t)(s->p[i].y + s->p[i].height) * height / had;
        s->p[i].height = (int)(end - done);
        done = end;
    }
    lay_out(s);
}

void scale_free(struct scale *s)
{
    free(s->p);
    *s = (struct scale){.nr = 0};
}

const struct scale_piece *scale_find(const struct scale *s, uint64_t at)
{
    size_t lo = 0, hi = s->nr;
    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;
        if (s->p[mid].at.end <= at)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < s->nr && s->p[lo].at.start <= at ? &s->p[lo] : NULL;
}

int scale_y(const struct scale *s, uint64_t at)
{
    const struct scale_piece *p = scale_find(s, at);
    if (p == NULL)
        return s->nr != 0 && at < s->p[0].at.start ? 0 : s->height;
    /* No product of two large numbers. */
    const uint64_t size = span_size(p->at), step = size >> 16 != 0 ? size >> 16 : 1;
    return p->y + (int)((at - p->at.start) / step * (uint64_t)p->height / (size / step));
}
