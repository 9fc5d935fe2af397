/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a watchpoint lies, and what is written there by others than the processors. */
#include <stdlib.h>
#include <string.h>

#include "base/span.h"
#include "gdb/internal.h"

/* What is there now; what is not RAM stays as it was. */
static void read_all(struct gdb_session *s, const struct gdb_watch *w, uint8_t *out)
{
    const uint64_t end = w->point.at + w->point.size;
    for (size_t i = 0; i < w->nr; i++) {
        const uint64_t from = i == 0 ? w->point.at : page_down(w->point.at) + i * PAGE_SIZE;
        const uint64_t to = page_down(from) + PAGE_SIZE < end ? page_down(from) + PAGE_SIZE : end;
        if (w->gpa[i] != UINT64_MAX)
            (void)memory_read(&s->m->memory, w->gpa[i], out + (from - w->point.at), (size_t)(to - from));
    }
}

bool gdb_watch(struct gdb_session *s, const struct gdb_point *p)
{
    struct gdb_watch *w = gdb_watch_set(&s->points, p);
    if (w == NULL)
        return false;
    for (size_t i = 0; i < w->nr; i++)
        w->gpa[i] = gdb_to_gpa(s, i == 0 ? p->at : page_down(p->at) + i * PAGE_SIZE);
    read_all(s, w, w->kept);
    return true;
}

void gdb_watch_refresh(struct gdb_session *s)
{
    for (size_t i = 0; i < s->points.nr_watches; i++)
        read_all(s, &s->points.watch[i], s->points.watch[i].kept);
}

/* The first byte that differs is at @out; and @w keeps what is there now. */
static bool changed(struct gdb_session *s, struct gdb_watch *w, uint64_t *out)
{
    uint8_t *now = malloc(w->point.size);
    if (now == NULL)
        return false;
    memcpy(now, w->kept, w->point.size);
    read_all(s, w, now);
    size_t i = 0;
    while (i < w->point.size && now[i] == w->kept[i])
        i++;
    memcpy(w->kept, now, w->point.size);
    free(now);
    *out = w->point.at + i;
    return i < w->point.size;
}

bool gdb_watch_host(struct gdb_session *s)
{
    bool any = false;
    for (size_t i = 0; i < s->points.nr_watches; i++) {
        struct gdb_watch *w = &s->points.watch[i];
        uint64_t gva;
        if (w->point.kind == GDB_WATCH_READ || !changed(s, w, &gva) || any)
            continue;
        any = true;
        s->access.any = true;
        s->access.kind = w->point.kind;
        s->access.gva = gva;
    }
    return any;
}
