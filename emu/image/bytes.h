/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looking for bytes in bytes. */
#ifndef HVMBED_IMAGE_BYTES_H
#define HVMBED_IMAGE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline bool bytes_contain(const uint8_t *p, size_t size, const void *what, size_t n)
{
    return memmem(p, size, what, n) != NULL;
}
static inline bool bytes_contain_text(const uint8_t *p, size_t size, const char *text)
{
    return bytes_contain(p, size, text, strlen(text));
}
/* E:MdePkg/Include/Library/DebugLib.h and its libraries: what an ASSERT prints, in all releases since 201908. */
static inline bool bytes_have_asserts(const uint8_t *p, size_t size)
{
    return bytes_contain_text(p, size, "ASSERT [%a]") || bytes_contain_text(p, size, "ASSERT %a(") ||
           bytes_contain_text(p, size, "ASSERT_EFI_ERROR (Status");
}

#endif
