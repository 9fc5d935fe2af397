/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/marks.h"

#include <string.h>

/* Where the stretch that begins at @from and does not descend ends. */
static size_t stretch_end(const struct mark *m, size_t from, size_t nr)
{
    size_t i = from + 1;
    while (i < nr && m[i - 1].at <= m[i].at)
        i++;
    return i;
}

/* The stretches [@a, @mid) and [@mid, @end) of @m as one, to the same place in @to. */
static void merge(const struct mark *m, size_t a, size_t mid, size_t end, struct mark *to)
{
    size_t b = mid, i = a;
    while (a < mid && b < end)
        to[i++] = m[a].at <= m[b].at ? m[a++] : m[b++];
    const size_t rest = a < mid ? a : b;
    memcpy(to + i, m + rest, (end - i) * sizeof *m);
}

void marks_sort(struct mark *m, struct mark *spare, size_t nr)
{
    struct mark *from = m, *to = spare;
    while (stretch_end(from, 0, nr) < nr) {
        for (size_t a = 0, mid, end; a < nr; a = end) {
            mid = stretch_end(from, a, nr);
            end = mid < nr ? stretch_end(from, mid, nr) : nr;
            merge(from, a, mid, end, to);
        }
        struct mark *const merged = to;
        to = from;
        from = merged;
    }
    if (from != m)
        memcpy(m, from, nr * sizeof *m);
}
