/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by stretch.c and learn.c only. */
#ifndef HVMBED_WARM_STRETCH_PARTS_H
#define HVMBED_WARM_STRETCH_PARTS_H

#include "warm/stretch.h"

/* The how manieth boot is watched: those that come later must be worth what watching costs. */
#define WATCHED_BOOT 32u
#define TRIES_MAX 4u
#define MISSES_MAX 64u
#define STRETCHES_MAX 16u
/* Of a page table's entry: accessed and dirty, which the processor notes there. */
#define ENTRY_NOTED 0x60u

/* @n bytes at @gpa, in one page, are those at @at of the stretch's @bytes. */
struct stretch_bytes {
    uint64_t gpa;
    uint32_t n, at;
};

struct stretch {
    struct cpu_regs in, out; /* before its first block, and before the one behind it */
    uint64_t blocks, instructions;
    uint64_t last[ENGINE_RING]; /* blocks */
    size_t nr_last;
    uint8_t *bytes;
    struct stretch_bytes *read, *write; /* read before it wrote there; and what it left */
    size_t nr_read, nr_write;
    uint64_t *clean; /* pages that it read, and nobody has written since the beginning */
    size_t nr_clean;
    uint64_t *touched; /* other pages */
    size_t nr_touched;
    struct stretch_entry {
        uint64_t gpa, value; /* without ENTRY_NOTED */
    } * entry;               /* of page tables, on the way to all these pages */
    size_t nr_entries;
    struct engine_edge *edge; /* between its blocks */
    size_t nr_edges;
};
void stretch_free(struct stretch *k);
/* Is @gpa's page the guest's own, and of the beginning? */
bool stretch_may_use(const struct machine *m, uint64_t gpa);

struct watching;

struct stretches {
    struct machine *m;
    uint64_t boots;
    unsigned tries;
    bool learnt, allowed;
    enum phase phase; /* in which they were learnt */
    uint64_t marks, spared;
    unsigned misses; /* boots, one after the other, that nothing was taken over in */
    struct stretch stretch[STRETCHES_MAX];
    size_t nr;
    const struct stretch *chosen;
    struct watching *watching; /* learn.c; NULL: not now */
};
void watching_free(struct stretches *s);

#endif
