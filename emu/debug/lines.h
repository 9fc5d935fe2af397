/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All that a .debug file tells about source lines and functions, for coverage. Hostile bytes: bounded, and what cannot be is left out. */
#ifndef HVMBED_DEBUG_LINES_H
#define HVMBED_DEBUG_LINES_H

#include "base/span.h"
#include "debug/debugfile.h"

/* Strings are the file's. */
struct debug_line {
    const char *file; /* as the compiler was told it */
    unsigned line;
    struct span code; /* addresses in the .debug file; never empty */
};
struct debug_function {
    const char *name, *file;
    unsigned line;    /* where it is declared */
    struct span code; /* a piece of it; of an inlined one, where it was put */
    bool inlined;
};
struct debug_listener {
    void (*line)(void *self, const struct debug_line *l);
    void (*function)(void *self, const struct debug_function *f);
    void *self;
};

/* Only what lies in code that the file still has: what the linker threw out is in the tables too. False: no DWARF. */
bool debug_file_lines(struct debug_file *f, const struct debug_listener *to);

#endif
