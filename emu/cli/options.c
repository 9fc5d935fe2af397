/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/options.h"

#include <getopt.h>
#include <string.h>

#include "cli/cli.h"

#define LONG_BASE 0x100
#define HELP_COLUMN 26 /* wide, for an option and its argument */

bool options_parse(const struct option_verb *v, const struct option_spec *spec, size_t nr, void *self, int argc,
                   char **argv, int *first, bool *help)
{
    struct option longs[OPTIONS_MAX + 2];
    char shorts[2 * OPTIONS_MAX + 4];
    size_t n = 0;
    memset(longs, 0, sizeof longs);
    *help = false;
    if (nr > OPTIONS_MAX)
        return false;
    for (size_t i = 0; i < nr; i++) {
        longs[i].name = spec[i].name;
        longs[i].has_arg = spec[i].arg != NULL ? required_argument : no_argument;
        longs[i].val = LONG_BASE + (int)i;
        if (spec[i].letter == 0)
            continue;
        shorts[n++] = spec[i].letter;
        if (spec[i].arg != NULL)
            shorts[n++] = ':';
    }
    longs[nr] = (struct option){.name = "help", .val = 'h'};
    shorts[n++] = 'h';
    shorts[n] = '\0';
    optind = 0; /* GNU: start anew, and permute */
    for (int c; (c = getopt_long(argc, argv, shorts, longs, NULL)) != -1;) {
        if (c == 'h') {
            *help = true;
            return true;
        }
        size_t i = 0;
        while (i < nr && (c >= LONG_BASE ? (int)i != c - LONG_BASE : spec[i].letter != c))
            i++;
        if (i == nr)
            return false; /* getopt has said what is wrong */
        if (!spec[i].set(self, optarg)) {
            (void)fprintf(stderr, "hvmbed %s: --%s: '%s' is not %s\n", v->name, spec[i].name,
                          optarg != NULL ? optarg : "", spec[i].arg != NULL ? spec[i].arg : "possible here");
            return false;
        }
        if (v->said != NULL)
            v->said(self, &spec[i], optarg);
    }
    *first = optind;
    return true;
}

static void help_lines(const struct option_spec *spec, size_t nr, FILE *out)
{
    for (size_t i = 0; i < nr; i++) {
        char head[96];
        (void)snprintf(head, sizeof head, "--%s%s%s", spec[i].name, spec[i].arg != NULL ? " " : "",
                       spec[i].arg != NULL ? spec[i].arg : "");
        if (spec[i].letter != 0)
            (void)fprintf(out, "  -%c, ", spec[i].letter);
        else
            (void)fputs("      ", out);
        if (strlen(head) <= HELP_COLUMN)
            (void)fprintf(out, "%-*s %s\n", HELP_COLUMN, head, spec[i].help);
        else
            (void)fprintf(out, "%s\n%*s %s\n", head, HELP_COLUMN + 6, "", spec[i].help);
    }
}

void options_usage(const struct option_verb *v, FILE *out)
{
    (void)fprintf(out, "usage: hvmbed %s%s%s%s\n\n", v->name, v->nr != 0 || v->shared != NULL ? " [options]" : "",
                  v->operands != NULL ? " " : "", v->operands != NULL ? v->operands : "");
    if (v->text != NULL)
        (void)fprintf(out, "%s\n\n", v->text);
    if (v->shared != NULL)
        help_lines(v->shared, *v->nr_shared, out);
    help_lines(v->spec, v->nr, out);
    (void)fprintf(out, "  -h, %-26s %s\n", "--help", "show this help, and exit");
}

bool options_begin(const struct option_verb *v, void *self, int argc, char **argv, int *first, int *code)
{
    struct option_spec all[OPTIONS_MAX];
    size_t nr_shared = v->shared != NULL ? *v->nr_shared : 0;
    bool help = false;
    *code = EXIT_BAD_INPUT;
    if (nr_shared + v->nr > OPTIONS_MAX)
        return false;
    if (nr_shared != 0)
        memcpy(all, v->shared, nr_shared * sizeof all[0]);
    if (v->nr != 0)
        memcpy(all + nr_shared, v->spec, v->nr * sizeof all[0]);
    if (!options_parse(v, all, nr_shared + v->nr, self, argc, argv, first, &help))
        return false;
    if (!help && argc - *first >= v->least && argc - *first <= v->most)
        return true;
    options_usage(v, help ? stdout : stderr);
    *code = help ? EXIT_CLEAN : EXIT_BAD_INPUT;
    return false;
}
