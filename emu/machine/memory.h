/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guest-physical memory: host backing for what the plan calls RAM, and the p2m changes that Xen makes while the
 * guest runs. Knows nothing of the engine; the engine is told through the mapper.
 */
#ifndef HVMBED_MACHINE_MEMORY_H
#define HVMBED_MACHINE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "layout/plan.h"

/* A page that is not where the plan put it: Xen has put it there, or taken it away, at run time. */
struct page_override {
    uint64_t gpa;      /* page-aligned */
    uint8_t *page;     /* host page, NULL: nothing is there now; not owned */
    const char *owner; /* static: "shared info" … */
    uint8_t allow;     /* ALLOW_* */
};
#define MEMORY_MAX_OVERRIDES 64

/* Told of each change so that it can remap; implemented by the machine over the engine. */
struct memory_mapper {
    void (*page_changed)(void *self, uint64_t gpa);
    void *self;
};

struct memory {
    const struct plan *plan;
    uint8_t *base; /* hva of gpa 0; one sparse reservation of @size bytes, so hva = base + gpa */
    uint64_t size;
    struct page_override over[MEMORY_MAX_OVERRIDES];
    size_t nr_over;
    struct memory_mapper mapper;
};

/* Reserves (never touches) the address space, writes the plan's bytes and the fill pattern. */
bool memory_init(struct memory *m, const struct plan *plan, uint64_t fill, struct diag *d);
void memory_exit(struct memory *m);

/* The host page behind @gpa, or NULL when no RAM is there now. */
uint8_t *memory_hva(const struct memory *m, uint64_t gpa);
/* Whole-range copies; false (and nothing copied) when any byte is not RAM. */
bool memory_read(const struct memory *m, uint64_t gpa, void *dst, size_t n);
bool memory_write(struct memory *m, uint64_t gpa, const void *src, size_t n);

/*
 * Xen's p2m: put a host page at @gpa (what was there is gone), or leave a hole. Only outside the engine's run.
 * False when the table is full.
 */
bool memory_put_page(struct memory *m, uint64_t gpa, uint8_t *page, uint8_t allow, const char *owner);
bool memory_drop_page(struct memory *m, uint64_t gpa);
const struct page_override *memory_override(const struct memory *m, uint64_t gpa);

#endif
