/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options as a table: what parses them also prints the help. */
#ifndef HVMBED_CLI_OPTIONS_H
#define HVMBED_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct option_spec {
    const char *name; /* long name without dashes */
    char letter;      /* short name, or 0 */
    const char *arg;  /* what its argument is called, NULL for a flag */
    const char *help; /* one line */
    /* Stores @value (NULL for a flag) into @self; false when it is not acceptable (the caller says so). */
    bool (*set)(void *self, const char *value);
};

#define OPTIONS_MAX 64

/*
 * Parses all of argv[1..] for the verb, whose options are @spec; operands end up from argv[*first] on. False after one line on stderr. `--help` is always
 * known: *help becomes true.
 */
struct option_verb;
bool options_parse(const struct option_verb *v, const struct option_spec *spec, size_t nr, void *self, int argc,
                   char **argv, int *first, bool *help);

/* A verb with options and operands. */
struct option_verb {
    const char *name;     /* "run", "layout import" */
    const char *summary;  /* one line, for lists of verbs */
    const char *operands; /* "FIRMWARE...", or NULL */
    const char *text;     /* what else is to be said, in lines; NULL: nothing */
    /* What several verbs know, said before their own; its @self is the first member of the verb's. May be NULL. */
    const struct option_spec *shared;
    const size_t *nr_shared;
    const struct option_spec *spec;
    size_t nr;
    int least, most; /* operands */
    /* Is told of each option after it was set; NULL: it does not care. */
    void (*said)(void *self, const struct option_spec *spec, const char *value);
    int (*run)(int argc, char **argv); /* argv[0] is the last word of its name; returns an exit code */
};
void options_usage(const struct option_verb *v, FILE *out);
/*
 * Parses, and answers --help and a wrong number of operands with the usage. True: go on, with operands from
 * argv[*first] on. False: exit with *code.
 */
bool options_begin(const struct option_verb *v, void *self, int argc, char **argv, int *first, int *code);

#endif
