/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All that the guest's page tables map, as runs of pages that are mapped alike. Long mode, four or five levels. */
#ifndef HVMBED_MACHINE_PAGEMAP_H
#define HVMBED_MACHINE_PAGEMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "base/span.h"
#include "machine/walk.h"

/* Neighbouring pages with the same rights and the same distance between gva and gpa. */
struct pagemap_run {
    uint64_t gva, gpa, size; /* bytes */
    bool writable, executable, user;
};

/* What is wrong with one entry. */
struct pagemap_fault {
    uint64_t entry_gpa, entry;
    uint64_t gva;
    uint8_t level;   /* 5 … 1 */
    const char *why; /* static */
};

struct pagemap_visitor {
    void (*run)(void *self, const struct pagemap_run *r);
    void (*fault)(void *self, const struct pagemap_fault *f);
    /* Each table that an entry leads to, once a way to it. */
    void (*table)(void *self, uint64_t gpa);
    void *self;
    uint64_t most; /* tables that are looked at before giving up: LIMIT_TABLES */
};

/* False when there are more tables than that. Not for legacy or PAE paging. */
bool pagemap_visit(const struct memory *m, const struct paging *p, const struct pagemap_visitor *visitor);

#endif
