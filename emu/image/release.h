/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between which stable releases of edk2 was this built? Told by what came and went. Pure. */
#ifndef HVMBED_IMAGE_RELEASE_H
#define HVMBED_IMAGE_RELEASE_H

#include <stdbool.h>

#include "image/image.h"
#include "image/tree.h"

enum release_hypercall { HYPERCALL_UNKNOWN, HYPERCALL_PAGE, HYPERCALL_DIRECT };
/* How the code of a module calls Xen: E:OvmfPkg/Library/XenHypercallLib/X64/hypercall.nasm, before and since 202411. */
enum release_hypercall release_hypercall(const uint8_t *code, size_t size);

struct release_range {
    unsigned from, to; /* 202211 for edk2-stable202211; 0 for an open end */
    char told_by[256];
};

/* False when nothing dates the image. A development tree between two releases may look like either. */
bool release_guess(const struct image *im, const struct image_tree *t, struct release_range *out);
/* "edk2-stable202205 to 202408", "… or later"; returns @out. */
const char *release_format(const struct release_range *r, char *out, size_t room);

#endif
