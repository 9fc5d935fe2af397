/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a firmware's contents tell about its build. Each fact has its evidence; what bytes do not tell is not guessed. */
#ifndef HVMBED_IMAGE_FACTS_H
#define HVMBED_IMAGE_FACTS_H

#include "image/image.h"
#include "image/tree.h"

#define FACTS_MAX 16

struct image_fact {
    const char *name; /* "build", "edk2" … */
    char value[128];  /* "unknown" when the bytes do not tell */
    char evidence[256];
};

struct image_facts {
    struct image_fact f[FACTS_MAX];
    size_t nr;
};

/*
 * Fills @out from the image and its tree (unpacked), and makes @im's verdict sharper where the packed part tells more
 * than the open part did.
 */
void image_facts(struct image *im, const struct image_tree *t, struct image_facts *out);

/*
 * Of an image that did not boot as it should: unpacks it and makes its verdict sharper, since what its packed parts tell
 * may say why. Adds to @met which of @limits (NULL: the defaults) that met. A good boot has no need to unpack it again.
 */
void image_look_closer(struct image *im, const struct limits *limits, struct limits_reached *met);

#endif
