/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gzip files in memory, bounded. Pure. */
#ifndef HVMBED_IMAGE_INFLATE_H
#define HVMBED_IMAGE_INFLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"

bool gzip_is(const uint8_t *p, size_t size);
/*
 * The contents (all members), malloc'ed, of at most @limit bytes. NULL with @d when truncated, damaged or larger.
 * @name only names the input in @d.
 */
uint8_t *gzip_inflate(const char *name, const uint8_t *p, size_t size, size_t limit, size_t *out_size, struct diag *d);

#endif
