/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What images unpack to, kept between runs (cache/): read before a caged job, written by it, put in place afterwards. */
#ifndef HVMBED_CLI_CACHED_H
#define HVMBED_CLI_CACHED_H

#include "cache/cache.h"
#include "cli/papers.h"
#include "cli/sandbox.h"
#include "image/image.h"

/* All zero at first. */
struct cached {
    char *path;  /* owned; NULL: nothing is kept */
    unsigned at; /* its paper's number */
};

/* Reads what is there of @im, and opens what may be written in its place. No folder, nothing done. False with @d. */
bool cached_open(struct cached *k, struct cache *c, const struct image *im, struct papers *p, struct diag *d);
/* In the job: writes what was unpacked, unless it was had from there. False with @d. */
bool cached_write(const struct cached *k, struct papers *p, const struct lzma_memo *u, struct diag *d);
/* Afterwards. */
void cached_close(struct cached *k, const struct cache *c);

/*
 * For many boots of @im, whose processes can hand nothing back: one that unpacks it, unless it is there. False with @d;
 * *@signal: that ended it.
 */
bool cached_make(struct cache *c, const struct image *im, struct sandbox *s, int *signal, struct diag *d);

#endif
