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

static bool has_bytes(const struct plan_range *r)
{
    return r->bytes != NULL && r->cls != CLASS_IMAGE;
}

/* Does @r have in @at, which lies in both, what @a has? */
static bool same_bytes(const struct plan_range *a, const struct plan_range *r, struct span at, uint64_t fill)
{
    const uint64_t n = span_size(at), in_a = at.start - a->at.start, in_r = at.start - r->at.start;
    if (a->cls == CLASS_IMAGE && r->cls == CLASS_IMAGE)
        return a->owner == r->owner;
    if (a->cls == CLASS_IMAGE || r->cls == CLASS_IMAGE || has_bytes(a) != has_bytes(r))
        return false;
    if (!has_bytes(a))
        return fill == 0 || a->cls == r->cls;
    const size_t have = bytes_from(a, in_a, n);
    return bytes_from(r, in_r, n) == have && (have == 0 || memcmp(a->bytes + in_a, r->bytes + in_r, have) == 0);
}

static bool same_class(const struct plan_range *a, const struct plan_range *r)
{
    return r->cls == a->cls && memcmp(r->allow, a->allow, sizeof a->allow) == 0;
}

static bool allows(const struct plan_range *r, const struct plan_range *a, enum phase until)
{
    for (unsigned phase = 0; phase <= until; phase++)
        if ((a->allow[phase] & ~r->allow[phase]) != 0)
            return false;
    return true;
}

/* @hint: where to begin to look; where it ended. */
static const char *unlike(const struct plan_range *a, const struct plan *plan, const struct footprint_use *use,
                          const struct plan_range **hint)
{
    struct span at = {a->at.start, a->at.start};
    for (; at.start < a->at.end; at.start = at.end) {
        const struct plan_range *const r = *hint = plan_find_from(plan, *hint, at.start);
        if (r == NULL || r->kind != a->kind)
            return "memory that firmware uses before it looks at the layout is another here";
        at.end = r->at.end < a->at.end ? r->at.end : a->at.end;
        if (!same_class(a, r) && (!allows(r, a, use->phase) || use->judged == NULL || use->judged(use->self, at)))
            return "memory that firmware uses before it looks at the layout is another here";
        if (!same_bytes(a, r, at, use->fill))
            return "firmware looks at memory whose content is another here, early";
    }
    return NULL;
}

const char *footprint_unlike(const struct footprint *f, const struct plan *plan, const struct footprint_use *use)
{
    const struct plan_range *hint = NULL;
    const char *why = NULL;
    for (size_t i = 0; i < f->nr && why == NULL; i++)
        why = unlike(&f->r[i], plan, use, &hint);
    return why;
}

void footprint_free(struct footprint *f)
{
    for (size_t i = 0; i < f->nr; i++)
        free(f->r[i].bytes);
    free(f->r);
    *f = (struct footprint){.nr = 0};
}
