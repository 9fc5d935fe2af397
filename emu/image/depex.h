/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Dependency expressions in words: PI 1.7 volume 1, section 5.7, and volume 2, section 10.7. Pure, bounded. */
#ifndef HVMBED_IMAGE_DEPEX_H
#define HVMBED_IMAGE_DEPEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DEPEX_TEXT_SIZE 4096

/*
 * "gEfiPcdProtocolGuid AND NOT (A OR B)", "BEFORE …", "SOR TRUE"; GUIDs that have no known name as they are. Nothing is
 * evaluated. False, with what was read so far and a remark in @out, when the bytes are no expression or it is too long.
 */
bool depex_format(const uint8_t *p, size_t size, char out[DEPEX_TEXT_SIZE]);

#endif
