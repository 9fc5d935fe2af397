/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that are opened before they are needed, for a process that will not be able to open any: found by their paths. */
#ifndef HVMBED_BASE_HELD_H
#define HVMBED_BASE_HELD_H

#include <stddef.h>
#include <stdint.h>

struct held_file {
    char *path;
    int fd;        /* -1: it cannot be opened, and @error says why */
    int error;     /* errno */
    uint32_t mode; /* st_mode */
    uint64_t size; /* bytes */
};

/* All zero at first. */
struct held {
    struct held_file *file;
    size_t nr;
};

/* Opens for reading what is not there yet. NULL: out of memory. What it returns stays until the next one is added. */
const struct held_file *held_add(struct held *h, const char *path);
/* NULL: it is not there. @h may be NULL. */
const struct held_file *held_find(const struct held *h, const char *path);
void held_free(struct held *h);

#endif
