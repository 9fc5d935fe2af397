/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which layouts are meant: one, a folder's, those of a pattern. */
#ifndef HVMBED_BOOT_CHOOSE_H
#define HVMBED_BOOT_CHOOSE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"

struct layout_choice {
    char **path; /* owned, each once */
    size_t nr, room;
    bool open; /* named by a folder or a pattern: the user does not say how many */
};

/*
 * Adds what @name means: a file or a preset as layout_find(); a folder, all *.cfg in it; "all" or a pattern with *, ?
 * or [, all presets that match, or with a '/' all files that do; "!pattern" takes away what has been chosen and
 * matches. Files of a folder or a pattern are in the order of their names. False with @d when it means nothing.
 */
bool layout_choose(struct layout_choice *c, const char *name, struct diag *d);
void layout_choice_free(struct layout_choice *c);

#endif
