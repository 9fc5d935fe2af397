/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is this the same code, once as it was linked and once as it was loaded? Pure. */
#ifndef HVMBED_IMAGE_AGREE_H
#define HVMBED_IMAGE_AGREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

/*
 * @a and @b, @n bytes each, are equal but for words that were relocated: 8 or 4 little-endian bytes whose value in @b
 * is that in @a plus @delta; or that the module has filled in: 8 bytes that are 0 in @a and an address in @own, where it
 * was loaded, in @b (E:UefiCpuPkg/Library/CpuExceptionHandlerLib/X64/ExceptionHandlerAsm.nasm:AsmGetTemplateAddressMap).
 * Every byte that differs must lie in such a word, so a near miss never agrees.
 */
bool code_agrees(const uint8_t *a, const uint8_t *b, size_t n, uint64_t delta, struct span own);

#endif
