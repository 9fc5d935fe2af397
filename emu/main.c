/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hvmbed: does this firmware boot in a Xen guest, and if not, what did it do wrong? */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

static const struct verb {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
} verbs[] = {
    {"run", cli_run, "boot a firmware image to the DXE hand-off and give a verdict"},
    {"image", cli_image, "tell which firmware a file is, what Xen can boot of it, and what it holds"},
    {"layout", cli_layout, "show what a guest file makes of the guest's memory"},
    {"fuzz", cli_fuzz, "boot a firmware image in layout after layout, and keep those that show a fault"},
    {"shrink", cli_shrink, "make a layout that shows a fault as simple as can be"},
    {"afl", cli_afl, "be a target for AFL++, whose cases make layouts"},
    {"rules", cli_rules, "list the rules that a firmware can break"},
};

static void usage(FILE *out)
{
    (void)fprintf(out, "usage: hvmbed VERB [options] FILE...\n\n");
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        (void)fprintf(out, "  %-8s %s\n", verbs[i].name, verbs[i].help);
    (void)fprintf(out, "\n`hvmbed VERB --help` tells more. Exit: 0 reached the hand-off, 1 a finding, 2 bad input,\n"
                       "3 inconclusive, 70 a defect in hvmbed.\n");
}

/* What nobody could read was not said: a full disk or a closed pipe must not look like success. */
static int delivered(int code)
{
    if (code != EXIT_CLEAN || (fflush(stdout) == 0 && ferror(stdout) == 0))
        return code;
    (void)fprintf(stderr, "hvmbed: cannot write to standard output\n");
    return EXIT_BAD_INPUT;
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "--help";
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        usage(argc > 1 ? stdout : stderr);
        return argc > 1 ? delivered(EXIT_CLEAN) : EXIT_BAD_INPUT;
    }
    if (strcmp(name, "--version") == 0) {
        (void)printf("hvmbed %s\n", HVMBED_VERSION);
        return delivered(EXIT_CLEAN);
    }
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (strcmp(name, verbs[i].name) == 0)
            return delivered(verbs[i].run(argc - 1, argv + 1));
    (void)fprintf(stderr, "hvmbed: no verb '%s'; `hvmbed --help` lists them\n", name);
    return EXIT_BAD_INPUT;
}
