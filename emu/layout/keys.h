/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keys of a layout file as tables: xl's own that concern memory, and the bed's. Private to this folder. */
#ifndef HVMBED_LAYOUT_KEYS_H
#define HVMBED_LAYOUT_KEYS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "layout/cfgfile.h"
#include "layout/layout.h"

#define ABSENT LONG_MIN

/* A layout in the making: what is done, and xl's settings that depend on each other. Strings belong to @f. */
struct draft {
    struct cfgfile *f;
    struct layout l;
    struct layout_lines at;
    const char *type, *builder, *vga;         /* NULL when absent */
    long memory, maxmem, videoram, mmio_hole; /* MiB, or ABSENT */
    long vcpus, maxvcpus, stdvga, acpi;       /* numbers, or ABSENT */
};

struct key {
    const char *name;
    bool (*read)(struct draft *t, const struct key *k, struct diag *d);
    size_t offset;     /* in struct draft: where a reader of one value puts it */
    uint64_t min, max; /* of a number; both 0 when any will do */
    bool hvm_only;     /* xl ignores such a key in a PVH guest; the bed refuses its own */
};

/* Reads the bed's own keys into t->l; an unknown bed_ key is an error. */
bool bed_keys_read(struct draft *t, struct diag *d);

#endif
