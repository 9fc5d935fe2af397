/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where files lie that the command line names, or takes for granted. */
#ifndef HVMBED_BOOT_FIND_H
#define HVMBED_BOOT_FIND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"
#include "layout/layout.h"

/*
 * Puts the path of layout @name into @out: @name itself when there is such a file or it has a '/', otherwise the
 * preset of that name (with or without ".cfg") from ./layouts, from the layouts folder beside the executable or
 * above it, or from the installed ones. False with @d, which lists the presets, when there is none.
 */
bool layout_find(const char *name, char *out, size_t n, struct diag *d);
/* The first of those folders that has any presets. False when there is none. */
bool preset_folder(char *out, size_t n);
/*
 * The same for the hvmloader binary: @name, or when it is NULL the one that the set-up or Xen's own package put there,
 * of the layout's Xen version if there is one.
 */
bool hvmloader_find(const char *name, const struct layout *l, char *out, size_t n, struct diag *d);
/* Is one of just the layout's Xen version there? */
bool hvmloader_of_version(const struct layout *l);

#endif
