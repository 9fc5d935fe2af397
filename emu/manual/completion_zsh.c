/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For zsh: a file _hvmbed in its fpath; sourced it works as well. */
#include <string.h>

#include "cli/verbs.h"
#include "manual/completion.h"
#include "manual/words.h"

/* Inside '…' and, of _arguments, inside […]. */
static void quoted(const char *text, FILE *out)
{
    for (const char *s = text; *s != '\0'; s++) {
        if (*s == '\'')
            (void)fputs("'\\'", out);
        else if (strchr("[]:\\", *s) != NULL)
            (void)fputc('\\', out);
        (void)fputc(*s, out);
    }
}

static void action(const struct word *w, FILE *out)
{
    static const char *const call[] = {
        [WORD_OTHER] = " ", [WORD_FILE] = "_files", [WORD_DIR] = "_files -/", [WORD_LAYOUT] = "_hvmbed_layouts"};
    if (w->kind != WORD_VALUES) {
        (void)fputs(call[w->kind], out);
        return;
    }
    (void)fputc('(', out);
    for (size_t i = 0; i < w->nr; i++) {
        (void)fputs(i != 0 ? " " : "", out);
        quoted(w->value[i], out);
    }
    (void)fputc(')', out);
}

static void option(const struct option_spec *o, FILE *out)
{
    const char *plus = o->arg != NULL ? "+" : "", *equals = o->arg != NULL ? "=" : "";
    if (o->letter != 0)
        (void)fprintf(out, "        '*'{-%c%s,--%s%s}'[", o->letter, plus, o->name, equals);
    else
        (void)fprintf(out, "        '*--%s%s[", o->name, equals);
    quoted(o->help, out);
    (void)fputc(']', out);
    if (o->arg != NULL) {
        struct word w;
        word_of_option(o, &w);
        (void)fputc(':', out);
        quoted(o->arg, out);
        (void)fputc(':', out);
        action(&w, out);
    }
    (void)fputs("'\n", out);
}

static void verb(const struct option_verb *v, FILE *out)
{
    const struct option_spec *o;
    (void)fprintf(out, "    '%s') args=(\n", v->name);
    for (size_t i = 0; (o = verb_option(v, i)) != NULL; i++)
        option(o, out);
    (void)fputs("        '(- *)'{-h,--help}'[show this help, and exit]'\n", out);
    struct word w = {.kind = word_of_operands(v)};
    if (w.kind == WORD_VALUES)
        (void)word_of_operand_values(v, &w);
    if (v->operands != NULL) {
        (void)fputs("        '*:", out);
        quoted(v->operands, out);
        (void)fputc(':', out);
        action(&w, out);
        (void)fputs("'\n", out);
    }
    (void)fputs("        ) ;;\n", out);
}

/* "name:summary" lines of the verbs of a group, or with NULL of all first words. */
static void describe(const char *array, const char *group, FILE *out)
{
    (void)fprintf(out, "    %s=(\n", array);
    for (size_t i = 0; verbs[i] != NULL; i++) {
        if (group != NULL ? !verb_in_group(verbs[i], group) : !verb_is_first(i))
            continue;
        const size_t n = verb_group_length(verbs[i]);
        (void)fputs("        '", out);
        if (group != NULL)
            quoted(verbs[i]->name + n + 1, out);
        else
            (void)fprintf(out, "%.*s", verb_first_word(verbs[i]), verbs[i]->name);
        (void)fputc(':', out);
        quoted(group == NULL && n != 0 ? "several verbs" : verbs[i]->summary, out);
        (void)fputs("'\n", out);
    }
    (void)fputs("    )\n", out);
}

void completion_zsh(const char *const *preset, size_t nr, FILE *out)
{
    (void)fputs("#compdef hvmbed\n# zsh completion for hvmbed; made by `hvmbed completion zsh`\n\n"
                "_hvmbed_layouts()\n{\n    local -a presets\n    presets=(",
                out);
    for (size_t i = 0; i < nr; i++)
        (void)fprintf(out, "%s ", preset[i]);
    (void)fputs("all)\n    _alternative 'presets:preset:compadd -a presets' 'files:layout:_files'\n}\n\n"
                "_hvmbed()\n{\n    local -a names args\n    local verb=$words[2] ways=1\n",
                out);
    (void)fputs("    if ((CURRENT == 2)); then\n", out);
    describe("names", NULL, out);
    (void)fputs(
        "    _describe -t verbs verb names && ways=0\n    _arguments '(- *)'--help '(- *)'--version && ways=0\n    return ways\n    fi\n",
        out);
    for (size_t i = 0; verbs[i] != NULL; i++) {
        if (verb_group_length(verbs[i]) == 0 || !verb_is_first(i))
            continue;
        char group[32];
        (void)snprintf(group, sizeof group, "%.*s", verb_first_word(verbs[i]), verbs[i]->name);
        (void)fprintf(out, "    if [[ $verb == %s ]]; then\n    if ((CURRENT == 3)); then\n", group);
        describe("names", group, out);
        (void)fputs(
            "    _describe -t verbs verb names\n    return\n    fi\n    verb+=\" $words[3]\"\n    shift words\n    ((CURRENT--))\n    fi\n",
            out);
    }
    (void)fputs("    shift words\n    ((CURRENT--))\n    case $verb in\n", out);
    for (size_t i = 0; verbs[i] != NULL; i++)
        verb(verbs[i], out);
    (void)fputs("    *) return 1 ;;\n    esac\n    _arguments -s -S : $args\n}\n\n"
                "if [[ $funcstack[1] == _hvmbed ]]; then\n    _hvmbed \"$@\"\nelse\n    compdef _hvmbed hvmbed\nfi\n",
                out);
}
