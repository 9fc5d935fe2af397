/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "check/rule.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/verbs.h"

const struct option_verb rules_verb = {
    .name = "rules",
    .summary = "list the rules that a firmware can break",
    .text = "Lists every rule: name, severity, meaning.",
    .run = cli_rules,
};

int cli_rules(int argc, char **argv)
{
    int first = 0, code;
    if (!options_begin(&rules_verb, NULL, argc, argv, &first, &code))
        return code;
    for (unsigned i = 0; i < RULE_COUNT; i++)
        (void)printf("%-18s %-8s %s\n", rules[i].name, severity_name(rules[i].severity), rules[i].title);
    return EXIT_CLEAN;
}
