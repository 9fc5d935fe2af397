/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Breakpoints and watchpoints: what the client has set, and the quick question whether an address is one of them. */
#ifndef HVMBED_GDB_POINTS_H
#define HVMBED_GDB_POINTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "gdb/parse.h"

#define GDB_BREAKS_MAX 1024u
#define GDB_WATCHES_MAX 64u
#define GDB_WATCH_BYTES_MAX (1u << 20) /* of one */

/* A range of linear addresses, and where it lay when it was set. */
struct gdb_watch {
    struct gdb_point point;
    uint64_t *gpa; /* of each page that it touches, from its first byte on; UINT64_MAX: of none; owned */
    size_t nr;
    uint8_t *kept; /* what was there, of one that watches writes: what is not the processor's shows so; owned */
};

struct gdb_points {
    struct gdb_point at[GDB_BREAKS_MAX]; /* breaks of both kinds: they are the same thing here */
    size_t nr;
    uint64_t filter; /* a bit for each of 64 classes of addresses */
    struct gdb_watch watch[GDB_WATCHES_MAX];
    size_t nr_watches;
};

static inline uint64_t gdb_point_class(uint64_t pc)
{
    return 1ull << ((pc ^ pc >> 6 ^ pc >> 12) & 63);
}
/* The break at @pc that stops a processor before it executes there; NULL. */
const struct gdb_point *gdb_break_find(const struct gdb_points *p, uint64_t pc);
static inline const struct gdb_point *gdb_break_at(const struct gdb_points *p, uint64_t pc)
{
    return (p->filter & gdb_point_class(pc)) != 0 ? gdb_break_find(p, pc) : NULL;
}

/* Setting what is set already is fine, and so is removing what is not. False: no room. */
bool gdb_break_set(struct gdb_points *p, const struct gdb_point *what);
void gdb_break_remove(struct gdb_points *p, const struct gdb_point *what);
/* An empty watch, for the caller to say where it lies; the one there is already, if so. NULL: no room, or too large. */
struct gdb_watch *gdb_watch_set(struct gdb_points *p, const struct gdb_point *what);
void gdb_watch_remove(struct gdb_points *p, const struct gdb_point *what);
void gdb_points_free(struct gdb_points *p); /* and none is set */

/* The watch that an access to these bytes hits, and the first linear address; NULL. */
const struct gdb_watch *gdb_watch_hit(const struct gdb_points *p, bool write, uint64_t gpa, unsigned size,
                                      uint64_t *gva);

#endif
