/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "check/rule.h"
#include "cli/cli.h"
#include "cli/options.h"

int cli_rules(int argc, char **argv)
{
    int first = 0;
    bool help = false;
    if (!options_parse("rules", NULL, 0, NULL, argc, argv, &first, &help))
        return EXIT_BAD_INPUT;
    if (help || first != argc) {
        (void)fprintf(help ? stdout : stderr, "usage: hvmbed rules\n\nLists every rule: name, severity, meaning.\n");
        return help ? EXIT_CLEAN : EXIT_BAD_INPUT;
    }
    for (unsigned i = 0; i < RULE_COUNT; i++)
        (void)printf("%-18s %-8s %s\n", rules[i].name, severity_name(rules[i].severity), rules[i].title);
    return EXIT_CLEAN;
}
