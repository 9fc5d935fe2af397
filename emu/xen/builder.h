/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The domain builder: what libxl puts into an HVM guest's memory before hvmloader runs. */
#ifndef HVMBED_XEN_BUILDER_H
#define HVMBED_XEN_BUILDER_H

#include <stdbool.h>

#include "base/diag.h"
#include "engine/cpu.h"
#include "image/image.h"
#include "image/loader.h"
#include "layout/layout.h"
#include "machine/memory.h"

/* RAM as the builder populates it, before hvmloader takes pages from its top. */
struct built_ram {
    uint64_t low_end, high_end; /* gpa; high_end 0 for none */
};
struct built_ram builder_ram(const struct layout *l, const struct guest_memory *g);

/* The map that libxl gives to Xen and to hvmloader: from 1 MiB, in its order (X:libxl_x86.c:domain_construct_memmap). */
void builder_map(const struct guest_memory *g, struct e820_map *m);

/* Its table for hvmloader (X:tools/libs/guest/xg_dom_x86.c:build_hvm_info). */
void builder_hvm_info(uint8_t info[48], const struct layout *l, const struct guest_memory *g);

/* How the CPU starts: X:xg_dom_x86.c:vcpu_hvm. */
void builder_entry(const struct loader *loader, const struct image *firmware, struct cpu_entry *entry);

/*
 * Writes the loader's segments, the firmware as its module, start info and HVM info. Everything else in @m is as it
 * was. False with @d when they do not fit into the guest's RAM.
 */
bool builder_fill(struct memory *m, const struct layout *l, const struct guest_memory *g, const struct image *firmware,
                  const struct loader *loader, struct diag *d);

#endif
