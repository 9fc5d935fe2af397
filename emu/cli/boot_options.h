/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can be said about a boot, for every verb that boots. A verb's own options begin with struct boot_options. */
#ifndef HVMBED_CLI_BOOT_OPTIONS_H
#define HVMBED_CLI_BOOT_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/options.h"
#include "matrix/trial.h"

struct boot_options {
    const char **layout; /* as the user names them, in order; none: the built-in one */
    size_t nr_layouts;
    const char *symbols; /* a folder; NULL for none */
    struct trial_options trial;
    struct first_stages stages; /* for boots in other processes */
    struct held held;
};

/* For option_verb.shared. */
extern const struct option_spec boot_option_specs[];
extern const size_t nr_boot_option_specs;

void boot_options_init(struct boot_options *o);
/* Opens what the options name: symbols. False with @d. */
bool boot_options_open(struct boot_options *o, struct diag *d);
/* The same, and all that a boot may open later, for one in a process that cannot: @layout is one of its guests. */
bool boot_options_hold(struct boot_options *o, const struct layout *l, struct diag *d);
void boot_options_free(struct boot_options *o);

#endif
