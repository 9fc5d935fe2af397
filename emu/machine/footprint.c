/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "machine/footprint.h"

#include <stdlib.h>
#include <string.h>

static bool has_room(struct footprint *f)
{
    if (f->nr < f->cap)
        return true;
    const size_t cap = f->cap != 0 ? 2 * f->cap : 64;
    struct plan_range *r = realloc(f->r, cap * sizeof *r);
    if (r == NULL)
        return false;
    f->r = r;
    f->cap = cap;
    return true;
}

/* What @r has from @skip on, of @n bytes. */
static size_t bytes_from(const struct plan_range *r, uint64_t skip, uint64_t n)
{
    const uint64_t have = r->nbytes > skip ? r->nbytes - skip : 0;
    return (size_t)(have < n ? have : n);
}

/* @at lies in @r. */
static bool add_part(struct footprint *f, const struct plan_range *r, struct span at)
{
    if (!has_room(f))
        return false;
    struct plan_range *part = &f->r[f->nr++];
    const uint64_t skip = at.start - r->at.start;
    *part = *r;
    part->at = at;
    part->bytes = NULL;
    part->nbytes = 0;
    if (r->bytes == NULL || r->cls == CLASS_IMAGE)
        return true;
    part->nbytes = bytes_from(r, skip, span_size(at));
    part->bytes = malloc(part->nbytes + 1);
    if (part->bytes != NULL)
        memcpy(part->bytes, r->bytes + skip, part->nbytes);
    return part->bytes != NULL;
}

bool footprint_add(struct footprint *f, const struct plan *plan, struct span at)
{
    const struct plan_range *end = plan->r + plan->nr;
    for (const struct plan_range *r = plan_find(plan, at.start); r != NULL && r < end && r->at.start < at.end; r++) {
        const struct span part = {r->at.start > at.start ? r->at.start : at.start,
                                  r->at.end < at.end ? r->at.end : at.end};
        if (!add_part(f, r, part))
            return false;
    }
    return true;
}

static bool same_bytes(const struct plan_range *a, const struct plan_range *r)
{
    const uint64_t skip = a->at.start - r->at.start;
    if (r->cls == CLASS_IMAGE)
        return true;
    if (a->bytes == NULL || r->bytes == NULL)
        return a->bytes == r->bytes;
    return bytes_from(r, skip, span_size(a->at)) == a->nbytes &&
           (a->nbytes == 0 || memcmp(a->bytes, r->bytes + skip, a->nbytes) == 0);
}

const char *footprint_unlike(const struct footprint *f, const struct plan *plan)
{
    for (size_t i = 0; i < f->nr; i++) {
        const struct plan_range *a = &f->r[i], *r = plan_find(plan, a->at.start);
        if (r == NULL || r->at.end < a->at.end || r->kind != a->kind || r->cls != a->cls || r->owner != a->owner ||
            memcmp(r->allow, a->allow, sizeof a->allow) != 0)
            return "memory that firmware uses before it looks at the layout is another here";
        if (!same_bytes(a, r))
            return "firmware looks at memory whose content is another here, early";
    }
    return NULL;
}

void footprint_free(struct footprint *f)
{
    for (size_t i = 0; i < f->nr; i++)
        free(f->r[i].bytes);
    free(f->r);
    *f = (struct footprint){.nr = 0};
}
