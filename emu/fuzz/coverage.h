/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What of the firmware a boot has seen: edges between blocks, as AFL counts them, and what came of the layout. Blocks
 * are known by module and offset, so that code which PEI has moved to other memory is the same code.
 */
#ifndef HVMBED_FUZZ_COVERAGE_H
#define HVMBED_FUZZ_COVERAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "check/finding.h"
#include "machine/machine.h"
#include "warm/warm.h"

#define COVERAGE_EDGES (1u << 16)  /* cells: how often an edge was taken, at most 255 */
#define COVERAGE_SHAPES (1u << 14) /* cells: whether the boot ended with this property; behind the edges */
#define COVERAGE_SIZE (COVERAGE_EDGES + COVERAGE_SHAPES)

/* While a boot runs: edges by address. */
struct edge {
    uint64_t from, to;
    uint64_t count;
};
#define EDGES_SLOTS (1u << 15)
struct edges {
    struct edge slot[EDGES_SLOTS];
    uint32_t used[EDGES_SLOTS]; /* slots, in the order of their first use */
    size_t nr;
};

/* For warm_trace(): @self is a struct edges. */
void edges_add(void *self, uint64_t from, uint64_t to, uint64_t times);
void edges_clear(void *self);

/* Of one boot. Zero it before its first use. */
struct coverage_map {
    uint8_t cell[COVERAGE_SIZE];
    uint32_t touched[COVERAGE_SIZE]; /* the cells that are not 0: one in thirty, so nobody need look at the others */
    size_t nr;
};

/* What @e saw in a boot that ended with @v, and what is to be said of its end; nothing of what @map held stays. */
void coverage_fill(struct coverage_map *map, const struct edges *e, const struct verdict *v, const struct machine *m);
/* The part of coverage_fill() that is about the end. (shape.c) */
void coverage_shape(struct coverage_map *map, const struct verdict *v, const struct machine *m);
void coverage_clear(struct coverage_map *map);
/* To the cell number @i; @n > 0. */
void coverage_count(struct coverage_map *map, size_t i, uint64_t n);

/* What was seen in all boots. */
struct coverage_seen {
    uint8_t buckets[COVERAGE_SIZE]; /* AFL's eight buckets of counts, a bit each */
    uint64_t edges, shapes;         /* cells that are not 0 */
};
/* Adds @map; true when there was something new in it. */
bool coverage_add(struct coverage_seen *s, const struct coverage_map *map);

#endif
