/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the readers of keys share. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "layout/keys.h"

void draft_note(struct draft *t, const char *key, const char *fmt, ...)
{
    if (t->at.nr_notes == LAYOUT_NOTES_MAX)
        return;
    struct layout_note *n = &t->at.note[t->at.nr_notes++];
    *n = (struct layout_note){.line = cfg_line(t->f, key)};
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(n->text, sizeof n->text, fmt, ap);
    va_end(ap);
}

bool draft_flag(struct draft *t, const char *key, bool *v, struct diag *d)
{
    long n = *v;
    if (!cfg_long(t->f, key, &n, d))
        return false;
    *v = n != 0;
    return true;
}

bool draft_given(const struct draft *t, const char *key)
{
    XLU_ConfigList *list;
    int nr;
    const char *s;
    if (xlu_cfg_get_list(t->f->xlu, key, &list, &nr, 1) == 0)
        return nr != 0;
    return xlu_cfg_get_string(t->f->xlu, key, &s, 1) == 0 && s[0] != '\0' && strcmp(s, "0") != 0;
}

/* "a", "b" or "c" */
static void say_names(const struct name_value *names, char *out, size_t n)
{
    size_t used = 0;
    for (out[0] = '\0'; names->name != NULL && used < n; names++) {
        const char *before = used == 0 ? "" : names[1].name != NULL ? ", " : " or ";
        const int more = snprintf(out + used, n - used, "%s\"%s\"", before, names->name);
        used += more > 0 ? (size_t)more : 0;
    }
}

bool draft_choice(struct draft *t, const char *key, const struct name_value *names, bool number, unsigned *v,
                  struct diag *d)
{
    const char *s;
    if (!cfg_string(t->f, key, &s, d))
        return false;
    if (s == NULL)
        return true;
    char *end;
    const unsigned long n = strtoul(s, &end, 0);
    const bool is_number = number && end != s && *end == '\0';
    for (const struct name_value *c = names; c->name != NULL; c++)
        if (is_number ? c->value == n : strcmp(c->name, s) == 0) {
            *v = c->value;
            return true;
        }
    char all[160];
    say_names(names, all, sizeof all);
    return cfg_fail(t->f, key, d, "%s must be %s, not \"%.80s\"", key, all, s);
}
