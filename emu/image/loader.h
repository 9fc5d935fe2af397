/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A first-stage loader: a 32-bit x86 ELF executable such as hvmloader. Pure, bounded. */
#ifndef HVMBED_IMAGE_LOADER_H
#define HVMBED_IMAGE_LOADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "base/span.h"
#include "image/hash.h"

#define LOADER_MAX_SIZE (16u << 20)
#define LOADER_MAX_SEGMENTS 8u

struct loader_segment {
    uint64_t gpa;
    size_t offset, filesz; /* in bytes[]; the rest up to memsz is zero */
    size_t memsz;
};

struct loader {
    char path[256];
    uint8_t *bytes; /* owned */
    size_t size;
    uint8_t sha256[HASH_SIZE];
    uint32_t entry;
    struct span at; /* from the first segment's start to the last one's end */
    struct loader_segment segment[LOADER_MAX_SEGMENTS];
    size_t nr_segments;
};

/* False with @d when the file cannot be read or is no such executable. */
bool loader_load(const char *path, struct loader *l, struct diag *d);
/* The same for bytes in memory; takes ownership of @bytes (malloc'ed) even on failure. */
bool loader_from_bytes(const char *name, uint8_t *bytes, size_t size, struct loader *l, struct diag *d);
void loader_free(struct loader *l);

#endif
