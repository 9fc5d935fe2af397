/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which firmware is this, and what can it boot on Xen? From bytes that need no unpacking: cheap enough for every run. */
#ifndef HVMBED_IMAGE_VERDICT_H
#define HVMBED_IMAGE_VERDICT_H

#include <stdbool.h>

#include "image/image.h"

/* Fills @im's verdict; kind and pvh are filled. @refusal: why Xen cannot boot it at all, NULL when it may. */
void verdict_make(struct image *im, const char *refusal);

/* "The binary says so" (X:tools/firmware/hvmloader/seabios.c builds one in). */
bool verdict_is_seabios(const struct image *im);

const char *image_flavour_name(enum image_flavour f); /* "ovmfxen", "ovmf" … */
const char *image_answer_name(enum image_answer a);   /* "yes", "no", "doubtful", "unknown" */
const char *image_machine_name(uint16_t machine);     /* of a PE or TE image: "X64", "AARCH64"; NULL when unknown */

#endif
