/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/handoff.h"

#include <string.h>

static const struct handoff *const table[] = {
    &handoff_hvm,
    &handoff_pvh,
    &handoff_hvmloader,
};

const struct handoff *handoff_find(const char *name)
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strcmp(table[i]->name, name) == 0)
            return table[i];
    return NULL;
}

const struct handoff *handoff_for(enum guest_type t)
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (table[i]->type == t)
            return table[i];
    return NULL;
}
