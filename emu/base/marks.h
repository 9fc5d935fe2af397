/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Places in order: where many ranges begin, or end. Pure. */
#ifndef HVMBED_BASE_MARKS_H
#define HVMBED_BASE_MARKS_H

#include <stddef.h>
#include <stdint.h>

struct mark {
    uint64_t at;  /* gpa */
    size_t which; /* the caller's number for what begins or ends there */
};

/*
 * Sorts by place; marks of one place keep their order. Tables of memory ascend in long stretches, so stretches are merged, as
 * they are found: what is in order costs one look, what is not never more than any merge sort. @spare: room for @nr.
 */
void marks_sort(struct mark *m, struct mark *spare, size_t nr);

#endif
