/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/verbs.h"

#include <string.h>

const struct option_verb *const verbs[] = {
    &run_verb,         &replay_verb,        &bisect_verb,        &image_verb, &layout_show_verb,
    &layout_lint_verb, &layout_import_verb, &layout_export_verb, &fuzz_verb,  &shrink_verb,
    &afl_verb,         &rules_verb,         &completion_verb,    NULL,
};

size_t verb_group_length(const struct option_verb *v)
{
    const char *space = strchr(v->name, ' ');
    return space != NULL ? (size_t)(space - v->name) : 0;
}

bool verb_in_group(const struct option_verb *v, const char *group)
{
    const size_t n = verb_group_length(v);
    return n != 0 && strlen(group) == n && strncmp(v->name, group, n) == 0;
}

bool verb_is_group(const char *word)
{
    for (size_t i = 0; verbs[i] != NULL; i++)
        if (verb_in_group(verbs[i], word))
            return true;
    return false;
}

const struct option_verb *verb_find(const char *first, const char *second)
{
    for (size_t i = 0; verbs[i] != NULL; i++) {
        const size_t n = verb_group_length(verbs[i]);
        if (n == 0 ? strcmp(verbs[i]->name, first) == 0
                   : second != NULL && verb_in_group(verbs[i], first) && strcmp(verbs[i]->name + n + 1, second) == 0)
            return verbs[i];
    }
    return NULL;
}
