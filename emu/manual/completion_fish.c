/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For fish. */
#include <string.h>

#include "cli/verbs.h"
#include "manual/completion.h"
#include "manual/words.h"

static void quoted(const char *text, FILE *out)
{
    for (const char *s = text; *s != '\0'; s++) {
        if (*s == '\'' || *s == '\\')
            (void)fputc('\\', out);
        (void)fputc(*s, out);
    }
}

/* What is true while the words of @v have been said. */
static void condition(const struct option_verb *v, FILE *out)
{
    (void)fprintf(out, "complete -c hvmbed -n '__hvmbed_says %s'", v->name);
}

static void values(const struct word *w, FILE *out)
{
    (void)fputs(" -a '", out);
    for (size_t i = 0; i < w->nr; i++) {
        (void)fputs(i != 0 ? " " : "", out);
        quoted(w->value[i], out);
    }
    (void)fputs("'", out);
}

static void argument(const struct word *w, FILE *out)
{
    switch (w->kind) {
    case WORD_FILE:
        (void)fputs(" -r -F", out);
        break;
    case WORD_DIR:
        (void)fputs(" -x -a '(__fish_complete_directories (commandline -ct))'", out);
        break;
    case WORD_LAYOUT:
        (void)fputs(" -r -F -a '$__hvmbed_presets'", out);
        break;
    case WORD_VALUES:
        (void)fputs(" -x", out);
        values(w, out);
        break;
    case WORD_OTHER:
        (void)fputs(" -x", out);
        break;
    }
}

static void option(const struct option_verb *v, const struct option_spec *o, FILE *out)
{
    condition(v, out);
    if (o->letter != 0)
        (void)fprintf(out, " -s %c", o->letter);
    (void)fprintf(out, " -l %s", o->name);
    if (o->arg != NULL) {
        struct word w;
        word_of_option(o, &w);
        argument(&w, out);
    }
    (void)fputs(" -d '", out);
    quoted(o->help, out);
    (void)fputs("'\n", out);
}

static void verb(const struct option_verb *v, FILE *out)
{
    const struct option_spec *o;
    for (size_t i = 0; (o = verb_option(v, i)) != NULL; i++)
        option(v, o, out);
    condition(v, out);
    (void)fputs(" -s h -l help -d 'show this help, and exit'\n", out);
    struct word w = {.kind = word_of_operands(v)};
    if (w.kind == WORD_OTHER)
        return;
    condition(v, out);
    if (w.kind == WORD_VALUES && word_of_operand_values(v, &w))
        values(&w, out);
    else
        (void)fputs(w.kind == WORD_LAYOUT ? " -F -a '$__hvmbed_presets'" : " -F", out);
    (void)fputc('\n', out);
}

static void first_words(FILE *out)
{
    for (size_t i = 0; verbs[i] != NULL; i++) {
        const size_t n = verb_group_length(verbs[i]);
        if (verb_is_first(i)) {
            (void)fprintf(out, "complete -c hvmbed -n '__hvmbed_says' -a %.*s -d '", verb_first_word(verbs[i]),
                          verbs[i]->name);
            quoted(n != 0 ? "several verbs" : verbs[i]->summary, out);
            (void)fputs("'\n", out);
        }
        if (n != 0) {
            (void)fprintf(out, "complete -c hvmbed -n '__hvmbed_says %.*s' -a %s -d '", (int)n, verbs[i]->name,
                          verbs[i]->name + n + 1);
            quoted(verbs[i]->summary, out);
            (void)fputs("'\n", out);
        }
    }
}

void completion_fish(const char *const *preset, size_t nr, FILE *out)
{
    (void)fputs("# fish completion for hvmbed; made by `hvmbed completion fish`\n\nset -g __hvmbed_groups", out);
    for (size_t i = 0; verbs[i] != NULL; i++)
        if (verb_group_length(verbs[i]) != 0 && verb_is_first(i))
            (void)fprintf(out, " %.*s", verb_first_word(verbs[i]), verbs[i]->name);
    (void)fputs("\nset -g __hvmbed_presets", out);
    for (size_t i = 0; i < nr; i++)
        (void)fprintf(out, " %s", preset[i]);
    (void)fputs(" all\n\n"
                "# Is the verb on the command line just this one?\n"
                "function __hvmbed_says\n"
                "    set -l said (commandline -opc)[2..]\n"
                "    set -l n 1\n"
                "    contains -- \"$said[1]\" $__hvmbed_groups; and set n 2\n"
                "    test (count $said) -lt $n; and set n (count $said)\n"
                "    test $n -eq 0; and begin\n"
                "        test (count $argv) -eq 0\n"
                "        return\n"
                "    end\n"
                "    test \"$said[1..$n]\" = \"$argv\"\n"
                "end\n\n"
                "complete -c hvmbed -f\n"
                "complete -c hvmbed -n '__hvmbed_says' -l help -d 'list the verbs'\n"
                "complete -c hvmbed -n '__hvmbed_says' -l version -d 'show the version'\n",
                out);
    first_words(out);
    for (size_t i = 0; verbs[i] != NULL; i++)
        verb(verbs[i], out);
}
