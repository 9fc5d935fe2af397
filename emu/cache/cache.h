/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A folder that keeps between runs what firmware unpacks, a file for each image: of what a boot does before it looks at its guest, that
 * is nearly all, and it is the same whoever hands over. Any number of processes may use it at once. What lies there is
 * believed only when it is whole and of the same bytes; else it is as if it were not there, and is written anew.
 */
#ifndef HVMBED_CACHE_CACHE_H
#define HVMBED_CACHE_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "image/hash.h"
#include "image/lzma.h"

/* What is kept of one image, read before, for a process that can open no files. */
struct cache_file {
    uint8_t image[HASH_SIZE]; /* the sum of its bytes */
    uint8_t *bytes;           /* owned; NULL: there is nothing */
    size_t size;
};
/* All zero but for the folder at first. */
struct cache {
    const char *folder; /* not owned; NULL: nothing is kept */
    struct cache_file *file;
    size_t nr;
};

/* Makes the folder where it is not there. False with @d. */
bool cache_open(struct cache *c, const char *folder, struct diag *d);
void cache_free(struct cache *c);
/* Where what is kept of the image with that sum lies, from malloc(); NULL: out of memory. */
char *cache_path(const struct cache *c, const uint8_t image[HASH_SIZE]);
/* Reads it, anew where that was done before, and notes that it is in use. What is not there or not whole is not held. False with @d: out of memory. */
bool cache_hold(struct cache *c, const uint8_t image[HASH_SIZE], struct diag *d);
/* What was held; NULL for nothing. @c may be NULL. */
const struct cache_file *cache_held(const struct cache *c, const uint8_t image[HASH_SIZE]);
/* Makes @memo ask @f, which outlives it, before it unpacks. @f may be NULL. */
void cache_serve(const struct cache_file *f, struct lzma_memo *memo);
/* Removes those that were not in use for longest, where there are more than CACHE_FILES_MAX. */
#define CACHE_FILES_MAX 64u
void cache_tidy(const struct cache *c);

#endif
