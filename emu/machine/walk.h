/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest's page tables, walked as the processor does, for looking and for explaining. Changes nothing. */
#ifndef HVMBED_MACHINE_WALK_H
#define HVMBED_MACHINE_WALK_H

#include <stdbool.h>
#include <stdint.h>

#include "machine/memory.h"

/* One level of a page walk. */
struct walk_step {
    uint64_t entry_gpa;
    uint64_t entry;
    uint8_t level; /* 4 = PML4E … 1 = PTE */
};
struct walk {
    struct walk_step step[4];
    unsigned nr;
    bool present;    /* the walk reached a page */
    uint64_t gpa;    /* when present */
    const char *why; /* when not: "not present", "not canonical", "reserved bit", "table outside RAM" */
};

/* What a walk depends on. */
struct paging {
    uint64_t cr0, cr3, cr4, efer;
    unsigned phys_bits;
};

/* Fills @w level by level; true when @gva is mapped (w->gpa). With paging off gva is gpa. */
bool walk_gva(const struct memory *m, const struct paging *p, uint64_t gva, struct walk *w);
bool walk_read(const struct memory *m, const struct paging *p, uint64_t gva, void *dst, size_t n);
bool walk_write(struct memory *m, const struct paging *p, uint64_t gva, const void *src, size_t n);

#endif
