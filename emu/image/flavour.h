/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which firmware file is this, and can Xen boot it? Tells kinds apart by content, never by name. Pure. */
#ifndef HVMBED_IMAGE_FLAVOUR_H
#define HVMBED_IMAGE_FLAVOUR_H

#include <stdbool.h>

#include "image/image.h"

/*
 * Fills @im's kind, pvh and verdict from its bytes and size. False with @d, which says what to give instead, when Xen cannot
 * boot it. @im->path only names it in @d.
 */
bool flavour_classify(struct image *im, struct diag *d);

#endif
