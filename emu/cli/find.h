/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a layout that was named on the command line lies. */
#ifndef HVMBED_CLI_FIND_H
#define HVMBED_CLI_FIND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"

/*
 * Puts the path of layout @name into @out: @name itself when there is such a file or it has a '/', otherwise the
 * preset of that name (with or without ".cfg") from ./layouts, from the layouts folder beside the executable or
 * above it, or from the installed ones. False with @d, which lists the presets, when there is none.
 */
bool layout_find(const char *name, char *out, size_t n, struct diag *d);

#endif
