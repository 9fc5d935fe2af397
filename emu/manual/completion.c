/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "manual/completion.h"

#include <string.h>

const struct completion completions[] = {
    {"bash", completion_bash},
    {"zsh", completion_zsh},
    {"fish", completion_fish},
    {NULL, NULL},
};

const struct completion *completion_find(const char *shell)
{
    for (const struct completion *c = completions; c->shell != NULL; c++)
        if (strcmp(c->shell, shell) == 0)
            return c;
    return NULL;
}
