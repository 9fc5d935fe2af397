/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "diff/entries.h"

#include <stdlib.h>
#include <string.h>

bool entry_add(struct diff_case *c, enum diff_section s, enum diff_mark m, bool worse, const char *text)
{
    if (c->nr == DIFF_ENTRIES_MAX) {
        c->dropped++;
        return true;
    }
    if (c->nr == c->room) {
        struct diff_entry *more = realloc(c->e, (c->room * 2 + 16) * sizeof *more);
        if (more == NULL)
            return false;
        c->e = more;
        c->room = c->room * 2 + 16;
    }
    char *own = strndup(text, DIFF_TEXT_MAX - 1);
    if (own == NULL)
        return false;
    for (char *p = own; *p != '\0'; p++)
        if (*p < ' ' || *p > '~')
            *p = '?';
    c->e[c->nr++] = (struct diff_entry){.section = s, .mark = m, .worse = worse, .text = own};
    return true;
}

bool entry_numbers(struct diff_case *c, enum diff_section s, const char *what, uint64_t a, uint64_t b)
{
    if (a == b) {
        c->same[s]++;
        return true;
    }
    const size_t before = c->nr;
    if (!entry_add(c, s, DIFF_CHANGED, false, what))
        return false;
    if (c->nr > before) {
        struct diff_entry *e = &c->e[before];
        e->numbers = true;
        e->a = a;
        e->b = b;
    }
    return true;
}

bool lines_add(struct lines *l, const char *text, const char *key)
{
    if (l->nr == l->room) {
        struct line *more = realloc(l->l, (l->room * 2 + 16) * sizeof *more);
        if (more == NULL)
            return false;
        l->l = more;
        l->room = l->room * 2 + 16;
    }
    struct line *to = &l->l[l->nr++];
    *to = (struct line){strdup(text), strdup(key)};
    return to->text != NULL && to->key != NULL;
}

void lines_free(struct lines *l)
{
    for (size_t i = 0; i < l->nr; i++) {
        free(l->l[i].text);
        free(l->l[i].key);
    }
    free(l->l);
    *l = (struct lines){0};
}

#define NONE SIZE_MAX

/* What of @a is what of @b. Some hundred lines: no need to sort. */
static void pair_up(const struct lines *a, const struct lines *b, bool by_key, size_t *of_a, bool *in_b)
{
    for (size_t i = 0; i < a->nr; i++)
        for (size_t j = 0; of_a[i] == NONE && j < b->nr; j++) {
            const struct line *x = &a->l[i], *y = &b->l[j];
            if (in_b[j] || (by_key ? x->key[0] == '\0' || strcmp(x->key, y->key) != 0 : strcmp(x->text, y->text) != 0))
                continue;
            of_a[i] = j;
            in_b[j] = true;
        }
}

static bool add_pair(struct diff_case *c, enum diff_section s, const struct line *a, const struct line *b)
{
    char text[DIFF_TEXT_MAX];
    if (strcmp(a->text, b->text) == 0) {
        c->same[s]++;
        return true;
    }
    (void)snprintf(text, sizeof text, "%s, is %s", a->text, b->text);
    return entry_add(c, s, DIFF_CHANGED, false, text);
}

bool entry_lines(struct diff_case *c, enum diff_section s, const struct lines *a, const struct lines *b)
{
    size_t *of_a = calloc(a->nr + 1, sizeof *of_a);
    bool *in_b = calloc(b->nr + 1, sizeof *in_b), ok = of_a != NULL && in_b != NULL;
    for (size_t i = 0; ok && i < a->nr; i++)
        of_a[i] = NONE;
    if (ok) {
        pair_up(a, b, false, of_a, in_b);
        pair_up(a, b, true, of_a, in_b);
    }
    for (size_t i = 0; ok && i < a->nr; i++)
        ok = of_a[i] != NONE || entry_add(c, s, DIFF_GONE, false, a->l[i].text);
    for (size_t j = 0; ok && j < b->nr; j++)
        ok = in_b[j] || entry_add(c, s, DIFF_NEW, false, b->l[j].text);
    for (size_t i = 0; ok && i < a->nr; i++)
        ok = of_a[i] == NONE || add_pair(c, s, &a->l[i], &b->l[of_a[i]]);
    free(of_a);
    free(in_b);
    return ok;
}

void diff_case_free(struct diff_case *c)
{
    for (size_t i = 0; i < c->nr; i++)
        free(c->e[i].text);
    free(c->e);
    c->e = NULL;
    c->nr = c->room = 0;
}
