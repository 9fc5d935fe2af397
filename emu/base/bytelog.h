/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes that a guest says, kept up to a limit. */
#ifndef HVMBED_BASE_BYTELOG_H
#define HVMBED_BASE_BYTELOG_H

#include <stdbool.h>
#include <stddef.h>

struct bytelog {
    char *bytes; /* owned, NUL-terminated; NULL before the first one */
    size_t length, room;
    bool truncated; /* there was more */
};

/* Appends; of what goes beyond @max bytes only that there was more is kept. */
void bytelog_add(struct bytelog *l, const void *bytes, size_t n, size_t max);
void bytelog_free(struct bytelog *l);
/* The bytes, or "". @length and @truncated may be NULL. */
const char *bytelog_text(const struct bytelog *l, size_t *length, bool *truncated);

#endif
