/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/hugepages.h"

#include <stdint.h>
#include <sys/mman.h>

#include "base/span.h"

#define HUGE (2 * MIB)

void hugepages_want(void *p, size_t n)
{
    const uintptr_t start = ((uintptr_t)p + HUGE - 1) & ~(uintptr_t)(HUGE - 1);
    const uintptr_t end = ((uintptr_t)p + n) & ~(uintptr_t)(HUGE - 1);
    if (end > start)
        (void)madvise((void *)start, end - start, MADV_HUGEPAGE);
}
