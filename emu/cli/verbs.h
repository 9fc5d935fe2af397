/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All verbs, one line each: what runs them, --help and the manual go by this table. */
#ifndef HVMBED_CLI_VERBS_H
#define HVMBED_CLI_VERBS_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/options.h"

/* Each is defined beside the function that it runs. */
extern const struct option_verb run_verb;
extern const struct option_verb replay_verb;
extern const struct option_verb bisect_verb;
extern const struct option_verb image_verb;
extern const struct option_verb layout_show_verb;
extern const struct option_verb layout_lint_verb;
extern const struct option_verb layout_import_verb;
extern const struct option_verb layout_export_verb;
extern const struct option_verb fuzz_verb;
extern const struct option_verb shrink_verb;
extern const struct option_verb afl_verb;
extern const struct option_verb rules_verb;
extern const struct option_verb completion_verb;

extern const struct option_verb *const verbs[]; /* in the order in which they are told; ends with NULL */

/* "layout show" is in the group "layout": how long that word is; 0 for a verb of one word. */
size_t verb_group_length(const struct option_verb *v);
bool verb_in_group(const struct option_verb *v, const char *group);
bool verb_is_group(const char *word);
/* By the first words of a command line; @second may be NULL. NULL: there is none. */
const struct option_verb *verb_find(const char *first, const char *second);

#endif
