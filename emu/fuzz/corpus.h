/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Layouts worth changing: those that showed something new. In memory, and as guest files in a folder. */
#ifndef HVMBED_FUZZ_CORPUS_H
#define HVMBED_FUZZ_CORPUS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"
#include "fuzz/chooser.h"
#include "layout/layout.h"

#define CORPUS_MAX 4096u /* layouts in memory: 40 MiB */

struct corpus {
    struct layout *l; /* owned */
    size_t nr, cap;
    const char *folder; /* NULL: in memory alone */
};

void corpus_free(struct corpus *c);
/* False when it is full, or there is no memory. */
bool corpus_add(struct corpus *c, const struct layout *l);
/*
 * Writes @l into the folder, as HASH.cfg of its text; nothing when that is there. Whole or not at all, so that several
 * processes may share a folder. False with @d.
 */
bool corpus_save(const struct corpus *c, const struct layout *l, struct diag *d);
/* Makes the folder when it is not there. False with @d. */
bool corpus_make(const char *folder, struct diag *d);
/*
 * Hands each .cfg of @folder to @fn, by name; with @why a file that is no layout, and @l NULL. False with @d when the
 * folder cannot be read.
 */
bool corpus_load(const char *folder, void (*fn)(void *self, const struct layout *l, const struct diag *why), void *self,
                 struct diag *d);
/* One to go on from: those that came last are taken more often. NULL when there is none. */
const struct layout *corpus_choose(const struct corpus *c, struct chooser *chooser);

#endif
