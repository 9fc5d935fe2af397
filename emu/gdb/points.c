/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gdb/points.h"

#include <stdlib.h>

static bool same(const struct gdb_point *a, const struct gdb_point *b)
{
    return a->kind == b->kind && a->at == b->at && a->size == b->size;
}

const struct gdb_point *gdb_break_find(const struct gdb_points *p, uint64_t pc)
{
    for (size_t i = 0; i < p->nr; i++)
        if (p->at[i].at == pc)
            return &p->at[i];
    return NULL;
}

bool gdb_break_set(struct gdb_points *p, const struct gdb_point *what)
{
    for (size_t i = 0; i < p->nr; i++)
        if (same(&p->at[i], what))
            return true;
    if (p->nr == GDB_BREAKS_MAX)
        return false;
    p->at[p->nr++] = *what;
    p->filter |= gdb_point_class(what->at);
    return true;
}

void gdb_break_remove(struct gdb_points *p, const struct gdb_point *what)
{
    p->filter = 0;
    for (size_t i = 0; i < p->nr;) {
        if (same(&p->at[i], what)) {
            p->at[i] = p->at[--p->nr];
            continue;
        }
        p->filter |= gdb_point_class(p->at[i++].at);
    }
}

static void empty(struct gdb_watch *w)
{
    free(w->gpa);
    free(w->kept);
    *w = (struct gdb_watch){.nr = 0};
}

struct gdb_watch *gdb_watch_set(struct gdb_points *p, const struct gdb_point *what)
{
    struct gdb_watch *w = NULL;
    for (size_t i = 0; i < p->nr_watches && w == NULL; i++)
        if (same(&p->watch[i].point, what))
            w = &p->watch[i];
    if (w == NULL && (p->nr_watches == GDB_WATCHES_MAX || what->size == 0 || what->size > GDB_WATCH_BYTES_MAX))
        return NULL;
    if (w == NULL)
        w = &p->watch[p->nr_watches++];
    empty(w);
    w->point = *what;
    w->nr = (size_t)((page_down(what->at + what->size - 1) - page_down(what->at)) / PAGE_SIZE) + 1;
    w->gpa = calloc(w->nr, sizeof *w->gpa);
    w->kept = calloc(what->size, 1);
    if (w->gpa != NULL && w->kept != NULL)
        return w;
    gdb_watch_remove(p, what);
    return NULL;
}

void gdb_watch_remove(struct gdb_points *p, const struct gdb_point *what)
{
    for (size_t i = 0; i < p->nr_watches; i++)
        if (same(&p->watch[i].point, what)) {
            empty(&p->watch[i]);
            p->watch[i] = p->watch[--p->nr_watches];
            p->watch[p->nr_watches] = (struct gdb_watch){.nr = 0};
            return;
        }
}

void gdb_points_free(struct gdb_points *p)
{
    for (size_t i = 0; i < p->nr_watches; i++)
        empty(&p->watch[i]);
    p->nr_watches = p->nr = 0;
    p->filter = 0;
}

static bool hit(const struct gdb_watch *w, struct span access, uint64_t *gva)
{
    const uint64_t end = w->point.at + w->point.size;
    for (size_t i = 0; i < w->nr; i++) {
        const uint64_t from = i == 0 ? w->point.at : page_down(w->point.at) + i * PAGE_SIZE;
        const uint64_t to = page_down(from) + PAGE_SIZE < end ? page_down(from) + PAGE_SIZE : end;
        const struct span here = {w->gpa[i], w->gpa[i] + (to - from)};
        if (w->gpa[i] == UINT64_MAX || !span_overlaps(here, access))
            continue;
        *gva = from + (access.start > here.start ? access.start - here.start : 0);
        return true;
    }
    return false;
}

const struct gdb_watch *gdb_watch_hit(const struct gdb_points *p, bool write, uint64_t gpa, unsigned size,
                                      uint64_t *gva)
{
    const struct span access = {gpa, gpa + size};
    for (size_t i = 0; i < p->nr_watches; i++) {
        const enum gdb_point_kind k = p->watch[i].point.kind;
        if ((k == GDB_WATCH_ACCESS || (k == GDB_WATCH_WRITE) == write) && hit(&p->watch[i], access, gva))
            return &p->watch[i];
    }
    return NULL;
}
