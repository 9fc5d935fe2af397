/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Half-open ranges of guest-physical addresses, and page arithmetic. */
#ifndef HVMBED_BASE_SPAN_H
#define HVMBED_BASE_SPAN_H

#include <stdbool.h>
#include <stdint.h>

#define PAGE_SHIFT 12
#define PAGE_SIZE 0x1000ULL
#define KIB 1024ULL
#define MIB (1024ULL * KIB)
#define GIB (1024ULL * MIB)

struct span {
    uint64_t start; /* gpa of the first byte */
    uint64_t end;   /* gpa after the last byte; start == end is empty */
};

static inline uint64_t span_size(struct span s)
{
    return s.end - s.start;
}
static inline bool span_has(struct span s, uint64_t gpa)
{
    return gpa >= s.start && gpa < s.end;
}
static inline bool span_overlaps(struct span a, struct span b)
{
    return a.start < b.end && b.start < a.end;
}
static inline bool span_contains(struct span outer, struct span inner)
{
    return inner.start >= outer.start && inner.end <= outer.end;
}
static inline uint64_t page_down(uint64_t a)
{
    return a & ~(PAGE_SIZE - 1);
}
static inline uint64_t page_up(uint64_t a)
{
    return (a + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
}

#endif
