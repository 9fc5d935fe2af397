/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "layout/plan.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/marks.h"

#define RWX (ALLOW_R | ALLOW_W | ALLOW_X)

/* Of each class: its name and its rights in each phase. From PHASE_MEMORY on, live data has been read. */
static const struct {
    const char *name;
    uint8_t allow[PHASE_COUNT];
} classes[CLASS_COUNT] = {
    [CLASS_FREE] = {"free", {RWX, RWX, RWX, RWX}},
    [CLASS_NULL] = {"null", {ALLOW_X, ALLOW_X, ALLOW_X, ALLOW_X}},
    [CLASS_LIVE] = {"live", {ALLOW_R, ALLOW_R, RWX, RWX}},
    [CLASS_PRESERVED] = {"preserved", {ALLOW_R, ALLOW_R, ALLOW_R, ALLOW_R}},
    [CLASS_RESERVED] = {"reserved", {0, 0, 0, 0}},
    [CLASS_IMAGE] = {"image", {ALLOW_R | ALLOW_X, ALLOW_R | ALLOW_X, ALLOW_R | ALLOW_X, ALLOW_R | ALLOW_X}},
    [CLASS_DEVICE] = {"device", {ALLOW_R | ALLOW_W, ALLOW_R | ALLOW_W, ALLOW_R | ALLOW_W, ALLOW_R | ALLOW_W}},
    [CLASS_HOLE] = {"hole", {0, 0, 0, 0}},
};

static const char *const phase_names[PHASE_COUNT + 1] = {"SEC", "PEI", "PEI-mem", "DXE", "loader"};
static const char *const kind_names[] = {[PLAN_RAM] = "ram", [PLAN_DEVICE] = "device", [PLAN_HOLE] = "-"};

const char *phase_name(enum phase p)
{
    return (unsigned)p <= PHASE_LOADER ? phase_names[p] : "?";
}

const char *plan_class_name(enum plan_class c)
{
    return (unsigned)c < CLASS_COUNT ? classes[c].name : "?";
}

void plan_class_rights(enum plan_class c, uint8_t allow[PHASE_COUNT])
{
    memcpy(allow, classes[c].allow, sizeof classes[c].allow);
}

void plan_init(struct plan *p, uint64_t top)
{
    *p = (struct plan){.top = top};
}

static void free_ranges(struct plan_range *r, size_t nr)
{
    for (size_t i = 0; i < nr; i++)
        if (!r[i].borrowed)
            free(r[i].bytes);
    free(r);
}

void plan_exit(struct plan *p)
{
    free_ranges(p->r, p->nr);
    *p = (struct plan){0};
}

/* A copy that is never NULL for no bytes: not NULL means "has content", even if that is all zero. */
static uint8_t *copy_bytes(const void *bytes, size_t n)
{
    uint8_t *copy = malloc(n != 0 ? n : 1);
    if (copy != NULL && n != 0)
        memcpy(copy, bytes, n);
    return copy;
}

static bool no_memory(struct diag *d)
{
    return diag_fail(d, "", 0, "out of memory while laying out the guest");
}

static struct plan_range *put(struct plan *p, struct span at, enum plan_kind kind, enum plan_class cls,
                              const char *owner, const void *bytes, size_t nbytes, struct diag *d)
{
    if (p->sealed || at.start >= at.end || at.end > p->top || (bytes != NULL && nbytes > span_size(at))) {
        diag_fail(d, "", 0, "%s cannot lie at 0x%" PRIx64 "-0x%" PRIx64 ": %s", owner, at.start, at.end,
                  p->sealed            ? "the plan is complete"
                  : at.start >= at.end ? "that is no range"
                  : at.end > p->top    ? "that is above the guest's physical addresses"
                                       : "it is larger than that");
        return NULL;
    }

    if (p->nr == p->cap) {
        size_t cap = p->cap != 0 ? 2 * p->cap : 256;
        struct plan_range *r = realloc(p->r, cap * sizeof *r);
        if (r == NULL) {
            no_memory(d);
            return NULL;
        }
        p->r = r;
        p->cap = cap;
    }

    struct plan_range *r = &p->r[p->nr];
    *r = (struct plan_range){.at = at, .kind = kind, .cls = cls, .owner = owner};
    plan_class_rights(cls, r->allow);
    p->nr++;
    return r;
}

struct plan_range *plan_put(struct plan *p, struct span at, enum plan_kind kind, enum plan_class cls, const char *owner,
                            const void *bytes, size_t nbytes, struct diag *d)
{
    struct plan_range *r = put(p, at, kind, cls, owner, bytes, nbytes, d);
    if (r == NULL || bytes == NULL)
        return r;
    r->bytes = copy_bytes(bytes, nbytes);
    r->nbytes = nbytes;
    if (r->bytes != NULL)
        return r;
    p->nr--;
    no_memory(d);
    return NULL;
}

struct plan_range *plan_lend(struct plan *p, struct span at, enum plan_kind kind, enum plan_class cls,
                             const char *owner, const void *bytes, size_t nbytes, struct diag *d)
{
    struct plan_range *r = put(p, at, kind, cls, owner, bytes, nbytes, d);
    if (r == NULL)
        return NULL;
    r->bytes = (uint8_t *)(uintptr_t)bytes; /* nobody writes to a plan's bytes */
    r->nbytes = nbytes;
    r->borrowed = true;
    return r;
}

/* A stretch of addresses with one layer on top and one that its bytes come from. */
#define NONE SIZE_MAX
struct piece {
    struct span at;
    size_t rule, content; /* indices of layers, or NONE */
};

/* The topmost of the layers @here, a bit each, below layer number @layer; NONE when there is none. */
static size_t next_down(const uint64_t *here, size_t layer)
{
    size_t word = layer / 64;
    uint64_t bits = layer % 64 != 0 ? here[word] & ((1ULL << layer % 64) - 1) : 0;
    while (bits == 0 && word-- != 0)
        bits = here[word];
    return bits != 0 ? word * 64 + 63 - (size_t)__builtin_clzll(bits) : NONE;
}

/*
 * Which of the layers @here rules, and which gives the bytes: the topmost with bytes, unless something between the two
 * is not RAM.
 */
static void look_down(const struct plan *p, const uint64_t *here, size_t *rule, size_t *content)
{
    *rule = *content = NONE;
    for (size_t i = next_down(here, p->nr); i != NONE; i = next_down(here, i)) {
        const struct plan_range *layer = &p->r[i];
        if (*rule == NONE)
            *rule = i;
        else if (layer->kind != PLAN_RAM)
            return;
        if (layer->bytes != NULL)
            *content = i;
        if (layer->bytes != NULL || layer->kind != PLAN_RAM)
            return;
    }
}

/* Every layer's two ends, in order. */
static size_t find_ends(const struct plan *p, struct mark *end, struct mark *spare)
{
    size_t nr = 0;
    for (size_t i = 0; i < p->nr; i++) {
        end[nr++] = (struct mark){p->r[i].at.start, i};
        end[nr++] = (struct mark){p->r[i].at.end, i};
    }
    marks_sort(end, spare, nr);
    return nr;
}

/*
 * Cuts [0, top) at the @nr ends in @end, keeping count of who is there in @here, which is zero before. @out has room for
 * nr + 1 pieces.
 */
static size_t cut(const struct plan *p, const struct mark *end, size_t nr, uint64_t *here, struct piece *out)
{
    size_t n = 0, i = 0;
    for (uint64_t at = 0, next; at < p->top; at = next) {
        for (; i < nr && end[i].at == at; i++)
            here[end[i].which / 64] ^= 1ULL << end[i].which % 64;
        next = i < nr ? end[i].at : p->top;
        struct piece s = {.at = {at, next}};
        look_down(p, here, &s.rule, &s.content);
        if (n != 0 && out[n - 1].rule == s.rule && out[n - 1].content == s.content)
            out[n - 1].at.end = next;
        else
            out[n++] = s;
    }
    return n;
}

/* All of [0, top) in @out, with room for 2 * nr + 1 pieces; SIZE_MAX: out of memory. */
static size_t cut_all(const struct plan *p, struct piece *out)
{
    struct mark *ends = malloc((4 * p->nr + 1) * sizeof *ends);
    uint64_t *here = calloc(p->nr / 64 + 1, sizeof *here);
    size_t n = SIZE_MAX;
    if (ends != NULL && here != NULL)
        n = cut(p, ends, find_ends(p, ends, ends + 2 * p->nr), here, out);
    free(ends);
    free(here);
    return n;
}

/*
 * The piece's share of its content layer's bytes. The piece that they begin in takes them over, the others borrow them from
 * it; where none begins there each has a copy.
 */
static bool take_bytes(struct plan_range *r, struct plan_range *content)
{
    const uint64_t skip = r->at.start - content->at.start;
    const uint64_t have = content->nbytes > skip ? content->nbytes - skip : 0;
    r->nbytes = (size_t)(have < span_size(r->at) ? have : span_size(r->at));
    if (skip != 0 && !content->borrowed) {
        r->bytes = copy_bytes(r->nbytes != 0 ? content->bytes + skip : NULL, r->nbytes);
        return r->bytes != NULL;
    }
    r->bytes = content->bytes + (r->nbytes != 0 ? skip : 0);
    r->borrowed = content->borrowed;
    content->borrowed = true;
    return true;
}

bool plan_seal(struct plan *p, struct diag *d)
{
    if (p->sealed)
        return diag_fail(d, "", 0, "the plan is complete");

    const size_t max = 2 * p->nr + 1;
    struct piece *pieces = malloc(max * sizeof *pieces);
    struct plan_range *flat = malloc(max * sizeof *flat);
    const size_t n = pieces != NULL && flat != NULL ? cut_all(p, pieces) : SIZE_MAX;
    size_t done = 0;
    bool ok = n != SIZE_MAX;
    for (; ok && done < n; done++) {
        const struct piece *s = &pieces[done];
        struct plan_range *r = &flat[done];
        *r = (struct plan_range){.kind = PLAN_HOLE, .cls = CLASS_HOLE, .owner = "nothing"};
        if (s->rule != NONE)
            *r = p->r[s->rule];
        r->at = s->at;
        r->bytes = NULL;
        r->nbytes = 0;
        r->borrowed = false;
        if (s->content != NONE)
            ok = take_bytes(r, &p->r[s->content]);
    }
    free(pieces);
    if (!ok) {
        free_ranges(flat, done);
        return no_memory(d);
    }

    free_ranges(p->r, p->nr);
    p->r = flat;
    p->nr = n;
    p->cap = max;
    p->sealed = true;
    return true;
}

const struct plan_range *plan_find(const struct plan *p, uint64_t gpa)
{
    if (!p->sealed || gpa >= p->top)
        return NULL;
    const struct plan_range *r = p->r;
    for (size_t nr = p->nr, half; nr > 1; nr -= half) { /* without a branch that would have to be guessed */
        half = nr / 2;
        r += r[half].at.start <= gpa ? half : 0;
    }
    return r;
}

const struct plan_range *plan_find_from(const struct plan *p, const struct plan_range *r, uint64_t gpa)
{
    if (r == NULL || gpa < r->at.start || gpa >= p->top)
        return plan_find(p, gpa);
    while (r->at.end <= gpa)
        r++;
    return r;
}

/* "64 KiB": the largest unit that leaves no remainder. */
static void write_size(uint64_t size, FILE *out)
{
    static const char *const units[] = {"B  ", "KiB", "MiB", "GiB", "TiB"};
    size_t u = 0;
    while (u + 1 < sizeof units / sizeof units[0] && size != 0 && size % 1024 == 0) {
        size /= 1024;
        u++;
    }
    fprintf(out, " %10" PRIu64 " %s", size, units[u]);
}

void plan_write(const struct plan *p, FILE *out)
{
    fprintf(out, "%-12s  %-12s  %14s  %-6s  %-9s", "start", "end", "size", "kind", "class");
    for (unsigned ph = 0; ph < PHASE_COUNT; ph++)
        fprintf(out, " %-7s", phase_names[ph]);
    fputs(" owner\n", out);

    for (size_t i = 0; i < p->nr; i++) {
        const struct plan_range *r = &p->r[i];
        fprintf(out, "%012" PRIx64 "  %012" PRIx64 " ", r->at.start, r->at.end);
        write_size(span_size(r->at), out);
        fprintf(out, "  %-6s  %-9s", kind_names[r->kind], plan_class_name(r->cls));
        for (unsigned ph = 0; ph < PHASE_COUNT; ph++)
            fprintf(out, " %c%c%c    ", r->allow[ph] & ALLOW_R ? 'r' : '-', r->allow[ph] & ALLOW_W ? 'w' : '-',
                    r->allow[ph] & ALLOW_X ? 'x' : '-');
        fprintf(out, " %s\n", r->owner);
    }
}
