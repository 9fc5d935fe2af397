/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a difference between two runs comes from. As long as both go the same way, their n-th accesses are the same
 * ones; those whose value or address differs are kept here in order, and followed backwards. Pure.
 *
 * From a load to the store that put the differing byte there is exact: whatever stored to it last must have stored
 * different values. From a store (or a branch) to the load that it got its value from is not: it is the nearest load of
 * the same two values among the last LINEAGE_NEAR differences, else the last load that differed.
 */
#ifndef HVMBED_COMPARE_LINEAGE_H
#define HVMBED_COMPARE_LINEAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINEAGE_NEAR 64u
#define LINEAGE_MAX (1u << 20) /* differences; later ones are dropped */
#define LINEAGE_NONE SIZE_MAX

struct difference {
    uint64_t block; /* index of the block that made the access */
    uint64_t pc;
    uint64_t gpa[2], value[2];
    uint8_t size;
    bool store;
};

struct lineage {
    struct difference *d;
    size_t nr, cap;
    bool full; /* some were dropped */
};

/* False when it is full or out of memory. */
bool lineage_add(struct lineage *l, const struct difference *d);
void lineage_free(struct lineage *l);

/* The last store to @gpa before the difference @before, or LINEAGE_NONE. @before may be @l->nr. */
size_t lineage_store(const struct lineage *l, size_t before, uint64_t gpa);
/* The load that the store at @before got its value from, or the last one before @l->nr. */
size_t lineage_load(const struct lineage *l, size_t before);
/* From load to store to load, back to a load of memory that no store here explains. */
size_t lineage_origin(const struct lineage *l, size_t load);
/* The first byte in which the values differ, 0 when only the addresses do. */
unsigned lineage_byte(const struct difference *d);

#endif
