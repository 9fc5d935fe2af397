/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an LZMA stream unpacks to, in a form that is had back in a third of the time: zlib's. A header tells of which
 * stream, and whether all of it is there. Pure.
 */
#ifndef HVMBED_CACHE_ENTRY_H
#define HVMBED_CACHE_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Another form is another file: it is a part of the name. */
#define ENTRY_VERSION 1u
#define ENTRY_VERSION_TEXT "1"

/* Writes that the @n bytes @packed unpack to the @room bytes @bytes. False when that fails. */
bool entry_write(FILE *out, const uint8_t *packed, size_t n, const uint8_t *bytes, size_t room);

/* Why the @size bytes @file are no entry, or not a whole one (static); NULL when they are. */
const char *entry_wrong(const uint8_t *file, size_t size);
/* What the @n bytes @packed unpack to, from malloc(); NULL where @file is not of them, is damaged, or out of memory. */
uint8_t *entry_read(const uint8_t *file, size_t size, const uint8_t *packed, size_t n, size_t room);

#endif
