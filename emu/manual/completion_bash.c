/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For bash; bash-completion loads it by its name, but nothing of that package is needed. */
#include <string.h>

#include "cli/verbs.h"
#include "manual/completion.h"
#include "manual/words.h"

static const char head[] = "# bash completion for hvmbed; made by `hvmbed completion bash`\n"
                           "\n"
                           "_hvmbed_words() { mapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$cur\"); }\n"
                           "_hvmbed_files()\n"
                           "{\n"
                           "    compopt -o filenames 2>/dev/null\n"
                           "    mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
                           "}\n"
                           "_hvmbed_dirs()\n"
                           "{\n"
                           "    compopt -o filenames 2>/dev/null\n"
                           "    mapfile -t COMPREPLY < <(compgen -d -- \"$cur\")\n"
                           "}\n";

static const char middle[] =
    "_hvmbed()\n"
    "{\n"
    "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} verb=${COMP_WORDS[1]} first=2\n"
    "    COMPREPLY=()\n"
    "    # --name=value comes as three words; what is completed is the value.\n"
    "    if [[ $cur == = ]]; then\n"
    "        cur=\n"
    "    elif [[ $prev == = ]]; then\n"
    "        prev=${COMP_WORDS[COMP_CWORD-2]}\n"
    "    fi\n";

static void words(const char *indent, const struct word *w, FILE *out)
{
    (void)fprintf(out, "%s_hvmbed_words '", indent);
    for (size_t i = 0; i < w->nr; i++)
        (void)fprintf(out, "%s%s", i != 0 ? " " : "", w->value[i]);
    (void)fputs("'", out);
}

static void argument(const struct option_spec *o, FILE *out)
{
    static const char *const call[] = {
        [WORD_FILE] = "_hvmbed_files", [WORD_DIR] = "_hvmbed_dirs", [WORD_LAYOUT] = "_hvmbed_layouts"};
    struct word w;
    word_of_option(o, &w);
    (void)fputs("        ", out);
    if (o->letter != 0)
        (void)fprintf(out, "-%c|", o->letter);
    (void)fprintf(out, "--%s) ", o->name);
    if (w.kind == WORD_VALUES)
        words("", &w, out);
    else if (w.kind != WORD_OTHER)
        (void)fputs(call[w.kind], out);
    (void)fprintf(out, "%sreturn ;;\n", w.kind != WORD_OTHER ? "; " : "");
}

static void verb(const struct option_verb *v, FILE *out)
{
    static const char *const operand[] = {[WORD_OTHER] = ":",
                                          [WORD_FILE] = "_hvmbed_files",
                                          [WORD_DIR] = "_hvmbed_dirs",
                                          [WORD_LAYOUT] = "_hvmbed_layouts"};
    const struct option_spec *o;
    bool any = false;
    (void)fprintf(out, "    '%s')\n", v->name);
    for (size_t i = 0; (o = verb_option(v, i)) != NULL; i++) {
        if (o->arg != NULL && !any)
            (void)fputs("        case $prev in\n", out);
        any = any || o->arg != NULL;
        if (o->arg != NULL)
            argument(o, out);
    }
    (void)fprintf(out, "%s        if [[ $cur == -* ]]; then\n            _hvmbed_words '", any ? "        esac\n" : "");
    for (size_t i = 0; (o = verb_option(v, i)) != NULL; i++)
        (void)fprintf(out, "--%s ", o->name);
    (void)fputs("--help'\n        else\n            ", out);
    const enum word_kind kind = word_of_operands(v);
    struct word w;
    if (kind == WORD_VALUES && word_of_operand_values(v, &w))
        words("", &w, out);
    else
        (void)fputs(operand[kind], out);
    (void)fputs("\n        fi ;;\n", out);
}

/* The second words of the group that @v is the first of. */
static void group(size_t first, FILE *out)
{
    const struct option_verb *v = verbs[first];
    const int n = (int)verb_group_length(v);
    (void)fprintf(out,
                  "    if [[ $verb == %.*s ]]; then\n        if ((COMP_CWORD == 2)); then\n            _hvmbed_words '",
                  n, v->name);
    for (size_t i = first; verbs[i] != NULL; i++)
        if ((int)verb_group_length(verbs[i]) == n && strncmp(verbs[i]->name, v->name, (size_t)n) == 0)
            (void)fprintf(out, "%s%s", i != first ? " " : "", verbs[i]->name + n + 1);
    (void)fputs("'\n            return\n        fi\n        verb+=\" ${COMP_WORDS[2]}\" first=3\n    fi\n", out);
}

void completion_bash(const char *const *preset, size_t nr, FILE *out)
{
    (void)fputs(head, out);
    (void)fputs(
        "_hvmbed_layouts()\n{\n    local files\n    _hvmbed_files\n    files=(\"${COMPREPLY[@]}\")\n    _hvmbed_words '",
        out);
    for (size_t i = 0; i < nr; i++)
        (void)fprintf(out, "%s ", preset[i]);
    (void)fputs("all'\n    COMPREPLY+=(\"${files[@]}\")\n}\n", out);
    (void)fputs(middle, out);
    (void)fputs("    if ((COMP_CWORD == 1)); then\n        _hvmbed_words '", out);
    for (size_t i = 0; verbs[i] != NULL; i++)
        if (verb_is_first(i))
            (void)fprintf(out, "%.*s ", verb_first_word(verbs[i]), verbs[i]->name);
    (void)fputs("--help --version'\n        return\n    fi\n", out);
    for (size_t i = 0; verbs[i] != NULL; i++)
        if (verb_group_length(verbs[i]) != 0 && verb_is_first(i))
            group(i, out);
    (void)fputs("    ((COMP_CWORD >= first)) || return\n    case $verb in\n", out);
    for (size_t i = 0; verbs[i] != NULL; i++)
        verb(verbs[i], out);
    (void)fputs("    esac\n}\ncomplete -F _hvmbed hvmbed\n", out);
}
