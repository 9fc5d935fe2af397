/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/hugepages.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/span.h"

#define HUGE (2 * MIB)

void hugepages_want(void *p, size_t n)
{
    const size_t before = (size_t)(-(uintptr_t)p & (HUGE - 1)); /* of the first whole one */
    const size_t whole = n > before ? (n - before) & ~(size_t)(HUGE - 1) : 0;
    if (whole != 0)
        (void)madvise((char *)p + before, whole, MADV_HUGEPAGE);
}

void *hugepages_alloc(size_t n)
{
    if (n < HUGE)
        return malloc(n);
    void *p = aligned_alloc(HUGE, (n + HUGE - 1) & ~(size_t)(HUGE - 1));
    if (p != NULL)
        hugepages_want(p, n);
    return p;
}
