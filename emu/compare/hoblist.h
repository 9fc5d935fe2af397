/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two HOB lists, byte by byte. PI specification 1.7, volume 3, 5. Pure; the lists are the guest's, so hostile. */
#ifndef HVMBED_COMPARE_HOBLIST_H
#define HVMBED_COMPARE_HOBLIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct raw_hob {
    size_t offset; /* in the list */
    uint16_t type, length;
};
/* Iterates: *@cursor starts 0. False after the end HOB, or where the list is damaged. */
bool raw_hob_next(const uint8_t *list, size_t size, size_t *cursor, struct raw_hob *out);

/* A stretch of bytes of one HOB that differ. */
struct hob_difference {
    unsigned index; /* which HOB, from 0 */
    struct raw_hob hob;
    size_t offset, size; /* in the HOB */
};

struct hob_differences {
    struct hob_difference *d;
    size_t nr, max;
    uint64_t dropped; /* stretches beyond @max */
    uint64_t bytes;   /* that differ, in all */
    bool shape;       /* types or lengths differ: compared up to there only */
};
/* Appends what differs to @out, whose @d has room for @max. */
void hob_compare(const uint8_t *a, size_t na, const uint8_t *b, size_t nb, struct hob_differences *out);

#endif
