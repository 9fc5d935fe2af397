/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Completion for shells, out of the verbs' own tables: one writer a shell. Pure. */
#ifndef HVMBED_MANUAL_COMPLETION_H
#define HVMBED_MANUAL_COMPLETION_H

#include <stddef.h>
#include <stdio.h>

struct completion {
    const char *shell;                                              /* "bash" */
    void (*write)(const char *const *preset, size_t nr, FILE *out); /* @preset: the names of the presets */
};
extern const struct completion completions[]; /* ends with a NULL shell */
const struct completion *completion_find(const char *shell);

void completion_bash(const char *const *preset, size_t nr, FILE *out);
void completion_zsh(const char *const *preset, size_t nr, FILE *out);
void completion_fish(const char *const *preset, size_t nr, FILE *out);

#endif
