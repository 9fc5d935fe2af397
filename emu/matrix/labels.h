/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Short names that tell paths apart: as much of a path's end as no other one has. Pure. */
#ifndef HVMBED_MATRIX_LABELS_H
#define HVMBED_MATRIX_LABELS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A name for @path[@i] among @nr: its last component, and as many before it as it takes; without @suffix, if it has
 * that. Owned by the caller; NULL when memory ran out. All paths differ; "" is "default layout".
 */
char *label_make(const char *const *path, size_t nr, size_t i, const char *suffix);

/* The name of a file for a case: "hvm-1g--RELEASE-OVMF". Owned by the caller; NULL when memory ran out. */
char *label_file(const char *layout, const char *image);

#endif
