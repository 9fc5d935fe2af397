/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hvmbed: does this firmware boot in a Xen guest, and if not, what did it do wrong? */
#include <jansson.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/verbs.h"

/* @group NULL: all verbs. */
static void usage(const char *group, FILE *out)
{
    (void)fprintf(out, "usage: hvmbed %s%sVERB [options] FILE...\n\n", group != NULL ? group : "",
                  group != NULL ? " " : "");
    for (size_t i = 0; verbs[i] != NULL; i++)
        if (group == NULL || verb_in_group(verbs[i], group))
            (void)fprintf(out, "  %-15s %s\n", verbs[i]->name + (group != NULL ? strlen(group) + 1 : 0),
                          verbs[i]->summary);
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

static bool asks_for_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0;
}

/* No verb: help that was asked for, or what is wrong. */
static int explain(const char *first, const char *second)
{
    const char *group = first != NULL && verb_is_group(first) ? first : NULL;
    const char *word = group != NULL ? second : first;
    const bool asked = word != NULL && asks_for_help(word);
    if (word == NULL || asked) {
        usage(group, asked ? stdout : stderr);
        return asked ? delivered(EXIT_CLEAN) : EXIT_BAD_INPUT;
    }
    (void)fprintf(stderr, "hvmbed: no verb '%s%s%s'; `hvmbed%s%s --help` lists them\n", group != NULL ? group : "",
                  group != NULL ? " " : "", word, group != NULL ? " " : "", group != NULL ? group : "");
    return EXIT_BAD_INPUT;
}

int main(int argc, char **argv)
{
    (void)signal(SIGXFSZ, SIG_IGN); /* a file that cannot grow is an error like any other */
    json_object_seed(0);            /* from /dev/urandom, which is out of reach later */
    const char *first = argc > 1 ? argv[1] : NULL, *second = argc > 2 ? argv[2] : NULL;
    if (first != NULL && strcmp(first, "--version") == 0) {
        (void)printf("hvmbed %s\n", HVMBED_VERSION);
        return delivered(EXIT_CLEAN);
    }
    const struct option_verb *v = first != NULL ? verb_find(first, second) : NULL;
    if (v == NULL)
        return explain(first, second);
    const int words = verb_group_length(v) != 0 ? 2 : 1;
    return delivered(v->run(argc - words, argv + words));
}
