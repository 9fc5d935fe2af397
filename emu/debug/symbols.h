/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Symbols for the modules of a run, from a folder of .debug files. Nothing is read before the first module is asked
 * for. A file belongs to a module when its code is the module's code; names only say where to look first.
 */
#ifndef HVMBED_DEBUG_SYMBOLS_H
#define HVMBED_DEBUG_SYMBOLS_H

#include "base/diag.h"
#include "debug/debugfile.h"

struct symbols;

/* NULL with @d when @dir is not a folder that can be read. */
struct symbols *symbols_open(const char *dir, struct diag *d);
void symbols_close(struct symbols *s); /* NULL is fine */
/* Opens all files there are now, for a process that will not be able to. False with @d: out of memory. */
bool symbols_hold(struct symbols *s, struct diag *d);

/* Where the module's code comes from; NULL when no file matches. Owned by @s. Asked again, it answers the same. */
struct symbols_match {
    struct debug_file *file;
    uint64_t bias;    /* address in the file + bias = gva */
    char name[64];    /* "PeiCore.debug" */
    const char *path; /* of that file */
};
const struct symbols_match *symbols_for(struct symbols *s, const struct debug_module *m);

/* The @i-th thing to be said about files that were not used, in order; NULL at the end. */
const char *symbols_note(const struct symbols *s, size_t i);
/* The @i-th file that was used; NULL at the end. */
const char *symbols_used(const struct symbols *s, size_t i);

#endif
