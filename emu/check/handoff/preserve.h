/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes that must be at the hand-off what they were when the firmware was entered. Writes to them trap; this finds what
 * no right can: writes that a phase allows, or that were let through without a finding of their own. Copies, so that the
 * first byte that differs can be shown; of unpacked volumes, which are large, a hash a page.
 */
#ifndef HVMBED_CHECK_HANDOFF_PRESERVE_H
#define HVMBED_CHECK_HANDOFF_PRESERVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "layout/plan.h"

enum keep {
    KEEP_RESERVED, /* the operating system's, Xen's, or the image */
    KEEP_LOW,      /* free memory below 1 MiB, which firmware borrows at most */
    KEEP_VOLUME,   /* a firmware volume that SEC has unpacked */
};

struct kept {
    struct span at;
    enum keep why;
    const char *owner;
    uint8_t *bytes; /* owned; NULL for a volume, and where memory knows itself what it started with (machine/pages.h) */
    uint64_t *hash; /* owned; of each page of a volume */
    bool *settled;  /* owned; with pages.h: which pages were still the same when they were kept; NULL: not kept */
    bool shared;    /* hash and settled are another monitor's */
};

#define KEPT_MAX 256
struct preserve {
    struct kept k[KEPT_MAX];
    size_t nr;
    struct span *gone; /* owned: what was not there when the firmware was entered, sorted */
    size_t nr_gone;
    uint64_t gdt_base; /* GDTR's, at the hand-off: what of the image DXE was entered with */
    uint32_t gdt_limit;
};

/* Nothing is kept. What of the table is not in use nobody looks at: it may stay as it is. */
static inline void preserve_none(struct preserve *p)
{
    p->nr = p->nr_gone = 0;
    p->gone = NULL;
    p->gdt_base = 0;
    p->gdt_limit = 0;
}

#endif
