/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the manual says and no table holds: docs/man/PAGE.mdoc. A line that begins with '@' begins a part; what follows
 * it, up to the next, is mdoc(7):
 *
 *   @description        behind the verb's own text
 *   @option NAME        behind the help of this option
 *   @section HEADING    a section of its own: ENVIRONMENT, FILES, EXIT STATUS, EXAMPLES …
 *   @see                under SEE ALSO, behind the other pages
 *
 * A path ".Pa docs/…" becomes the one where the documentation is installed. Pure.
 */
#ifndef HVMBED_MANUAL_PROSE_H
#define HVMBED_MANUAL_PROSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/diag.h"

#define PROSE_PARTS_MAX 96

struct prose {
    char *text; /* owned */
    struct prose_part {
        const char *kind, *name; /* "option", "fill"; the name may be "" */
        const char *body;
        unsigned line;
        bool used;
    } part[PROSE_PARTS_MAX];
    size_t nr;
    char path[256];
    const char *docdir; /* the caller's */
};

/* A file that is not there says nothing. False with @d when it cannot be understood. prose_free() in any case. */
bool prose_read(const char *path, const char *docdir, struct prose *p, struct diag *d);
void prose_free(struct prose *p);

/* Writes the part, if there is one. True: it did. */
bool prose_write(struct prose *p, const char *kind, const char *name, FILE *out);
bool prose_has(const struct prose *p, const char *kind, const char *name);
/* Everything was written? False with @d, which names what has no place in the page. */
bool prose_used(const struct prose *p, struct diag *d);

#endif
