/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "manual/words.h"

#include <ctype.h>
#include <string.h>

#include "check/rule.h"
#include "check/until.h"
#include "cli/verbs.h"
#include "layout/e820_text.h"
#include "layout/lint.h"

static void add(struct word *w, const char *value)
{
    if (w->nr < WORD_VALUES_MAX)
        w->value[w->nr++] = value;
}

/* "hvm|pvh|FILE": what is written in small letters, and all of it; "[=FILE]" may follow. */
static void add_alternatives(struct word *w, const char *text)
{
    (void)snprintf(w->buffer, sizeof w->buffer, "%s", text);
    w->buffer[strcspn(w->buffer, "[")] = '\0';
    for (char *s = strtok(w->buffer, "|"); s != NULL; s = strtok(NULL, "|")) {
        if (strpbrk(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == NULL)
            add(w, s);
    }
}

static void add_rules(struct word *w)
{
    for (size_t i = 0; i < RULE_COUNT; i++)
        add(w, rules[i].name);
}
static void add_checks(struct word *w)
{
    for (size_t i = 0; i < LINT_COUNT; i++)
        add(w, lint_checks[i].name);
}
static void add_formats(struct word *w)
{
    for (size_t i = 0; i < E820_NR_FORMATS; i++)
        add(w, e820_formats[i].name);
}
static void add_until(struct word *w)
{
    add_alternatives(w, UNTIL_HELP);
}

/* By the name of the argument. */
static const struct {
    const char *name;
    enum word_kind kind;
    void (*values)(struct word *w);
} names[] = {
    {"FILE", WORD_FILE, NULL},
    {"LOG", WORD_FILE, NULL},
    {"CASE", WORD_FILE, NULL},
    {"FIRMWARE", WORD_FILE, NULL},
    {"PREFIX", WORD_FILE, NULL},
    {"DIR", WORD_DIR, NULL},
    {"CORPUS_DIR", WORD_DIR, NULL},
    {"LAYOUT", WORD_LAYOUT, NULL},
    {"RULE", WORD_VALUES, add_rules},
    {"[no-]CHECK", WORD_VALUES, add_checks},
    {"FORMAT", WORD_VALUES, add_formats},
    {"WHERE", WORD_VALUES, add_until},
};
#define NR_NAMES (sizeof names / sizeof names[0])

static bool is_called(const char *word, size_t n, const char *name)
{
    return strlen(name) == n && strncmp(word, name, n) == 0;
}

void word_of_option(const struct option_spec *o, struct word *w)
{
    w->kind = WORD_OTHER;
    w->nr = 0;
    /* A layout's argument is called FILE, as everywhere. */
    if (strcmp(o->name, "layout") == 0) {
        w->kind = WORD_LAYOUT;
        return;
    }
    for (size_t i = 0; i < NR_NAMES; i++)
        if (strcmp(o->arg, names[i].name) == 0) {
            w->kind = names[i].kind;
            if (names[i].values != NULL)
                names[i].values(w);
            if (strstr(o->help, "'all'") != NULL && w->kind == WORD_VALUES)
                add(w, "all");
            return;
        }
    if (strchr(o->arg, '|') == NULL)
        return;
    add_alternatives(w, o->arg);
    w->kind = w->nr != 0 ? WORD_VALUES : WORD_OTHER;
}

bool word_of_operand_values(const struct option_verb *v, struct word *w)
{
    w->kind = WORD_VALUES;
    w->nr = 0;
    add_alternatives(w, v->operands);
    return w->nr != 0;
}

int verb_first_word(const struct option_verb *v)
{
    return (int)strcspn(v->name, " ");
}

bool verb_is_first(size_t i)
{
    const int n = verb_first_word(verbs[i]);
    for (size_t k = 0; k < i; k++)
        if (verb_first_word(verbs[k]) == n && strncmp(verbs[k]->name, verbs[i]->name, (size_t)n) == 0)
            return false;
    return true;
}

enum word_kind word_of_operands(const struct option_verb *v)
{
    enum word_kind best = WORD_OTHER;
    if (v->operands != NULL && strchr(v->operands, '|') != NULL)
        return WORD_VALUES;
    for (const char *s = v->operands; s != NULL && *s != '\0';) {
        const size_t n = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_");
        for (size_t i = 0; i < NR_NAMES; i++)
            if (is_called(s, n, names[i].name) && names[i].kind != WORD_VALUES && names[i].kind > best)
                best = names[i].kind;
        s += n != 0 ? n : 1;
    }
    return best;
}

const struct option_spec *verb_option(const struct option_verb *v, size_t i)
{
    const size_t nr_shared = v->shared != NULL ? *v->nr_shared : 0;
    if (i < nr_shared)
        return &v->shared[i];
    return i - nr_shared < v->nr ? &v->spec[i - nr_shared] : NULL;
}
