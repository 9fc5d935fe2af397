/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ELF header that OvmfXen carries in place of a variable store. Pure, bounded. */
#ifndef HVMBED_IMAGE_PVH_H
#define HVMBED_IMAGE_PVH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "image/image.h"

/* Does it start as any ELF file does? */
bool elf_is(const uint8_t *p, size_t size);

/*
 * Fills @out (present = false when there is none that Xen would boot): ELF32 for x86, one PT_LOAD from offset 0, an
 * entry note, the entry inside the loaded range. Sizes are the header's claim: filesz may be more or less than @size.
 */
bool pvh_parse(const uint8_t *p, size_t size, struct pvh_header *out);

#endif
