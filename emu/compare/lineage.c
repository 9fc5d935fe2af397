/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "compare/lineage.h"

#include <stdlib.h>

bool lineage_add(struct lineage *l, const struct difference *d)
{
    if (l->nr == l->cap) {
        size_t cap = l->cap != 0 ? 2 * l->cap : 1024;
        struct difference *p = cap <= LINEAGE_MAX ? realloc(l->d, cap * sizeof *p) : NULL;
        if (p == NULL) {
            l->full = true;
            return false;
        }
        l->d = p;
        l->cap = cap;
    }
    l->d[l->nr++] = *d;
    return true;
}

void lineage_free(struct lineage *l)
{
    free(l->d);
    *l = (struct lineage){0};
}

unsigned lineage_byte(const struct difference *d)
{
    unsigned i = 0;
    while (i + 1 < d->size && ((d->value[0] ^ d->value[1]) >> 8 * i & 0xff) == 0)
        i++;
    return d->value[0] != d->value[1] ? i : 0;
}

size_t lineage_store(const struct lineage *l, size_t before, uint64_t gpa)
{
    for (size_t i = before; i-- > 0;)
        if (l->d[i].store && gpa - l->d[i].gpa[0] < l->d[i].size)
            return i;
    return LINEAGE_NONE;
}

size_t lineage_load(const struct lineage *l, size_t before)
{
    size_t last = LINEAGE_NONE;
    const struct difference *of = before < l->nr ? &l->d[before] : NULL;
    for (size_t i = before, seen = 0; i-- > 0 && (last == LINEAGE_NONE || seen < LINEAGE_NEAR); seen++) {
        const struct difference *d = &l->d[i];
        if (d->store)
            continue;
        if (of == NULL || (d->value[0] == of->value[0] && d->value[1] == of->value[1]))
            return i;
        if (last == LINEAGE_NONE)
            last = i;
    }
    return last;
}

size_t lineage_origin(const struct lineage *l, size_t load)
{
    for (;;) {
        const struct difference *d = &l->d[load];
        size_t next;
        if (d->gpa[0] != d->gpa[1]) {
            next = lineage_load(l, load); /* different places were read: where the address came from */
        } else {
            next = lineage_store(l, load, d->gpa[0] + lineage_byte(d));
            if (next != LINEAGE_NONE)
                next = lineage_load(l, next);
        }
        if (next == LINEAGE_NONE)
            return load;
        load = next;
    }
}
