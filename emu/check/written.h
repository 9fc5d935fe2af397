/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What memory the guest wrote, and who: runs of pages, from the firmware's entry on. By its own stores, by what Xen and
 * devices wrote for it, and by the decompressor; not through pages that it shares with a backend.
 */
#ifndef HVMBED_CHECK_WRITTEN_H
#define HVMBED_CHECK_WRITTEN_H

#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "layout/plan.h"

#define NO_MODULE UINT16_MAX

struct writing {
    enum phase phase;
    uint16_t module; /* of verdict.module; NO_MODULE: code in none, such as a reset vector */
};

struct written_run {
    struct span at; /* whole pages */
    struct writing first, last;
    const char *owner; /* static: the plan's, of what the first store to each page hit */
    enum plan_class cls;
};

/* Sorted, disjoint; neighbours differ. */
struct written {
    struct written_run *run; /* owned */
    size_t nr;
    uint64_t pages; /* in all of them */
};

void written_free(struct written *w);

#endif
