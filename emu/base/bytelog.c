/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/bytelog.h"

#include <stdint.h>
#include <stdlib.h>

static bool append(struct bytelog *l, char byte, size_t max)
{
    if (l->length >= max)
        return false;
    if (l->length + 1 >= l->room) {
        const size_t room = l->room != 0 ? l->room * 2 : 4096;
        char *grown = realloc(l->bytes, room);
        if (grown == NULL)
            return false;
        l->bytes = grown;
        l->room = room;
    }
    l->bytes[l->length++] = byte;
    l->bytes[l->length] = '\0';
    return true;
}

void bytelog_add(struct bytelog *l, const void *bytes, size_t n, size_t max)
{
    const char *p = bytes;
    for (size_t i = 0; i < n && !l->truncated; i++)
        l->truncated = !append(l, p[i], max);
}

void bytelog_free(struct bytelog *l)
{
    free(l->bytes);
    *l = (struct bytelog){0};
}

const char *bytelog_text(const struct bytelog *l, size_t *length, bool *truncated)
{
    if (length != NULL)
        *length = l->length;
    if (truncated != NULL)
        *truncated = l->truncated;
    return l->bytes != NULL ? l->bytes : "";
}
