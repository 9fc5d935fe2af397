/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "why/why.h"

#include <stdlib.h>
#include <string.h>

#include "why/internal.h"

/* One finds the last write; one more each time that it was a copy, or that there were too many to look at all closely. */
#define BOOTS_MAX 6u

/* The bytes were copied: those count that they were copied from, as they were then. */
static void follow_copy(struct target *t)
{
    struct writer *w = t->w;
    w->copy[w->nr_copies++] = (struct writer_copy){w->by, w->author, t->from, w->phase};
    free(w->trace);
    w->trace = NULL;
    w->kind = WRITER_UNKNOWN;
    memset(&w->by, 0, sizeof w->by);
    w->insn[0] = '\0';
    w->at = t->from;
    t->before = t->when;
}

/* What this boot has told. */
static void settle(struct target *t)
{
    struct writer *w = t->w;
    t->take = 0;
    if (t->writes == 0) {
        w->kind = t->filled ? WRITER_NEVER : WRITER_GIVEN;
        find_copier(w);
        t->done = true;
    } else if (!t->looked) {
        t->take = t->writes;
        t->before = (struct moment){t->when.blocks, t->when.pc + 1};
    } else if (t->copied && w->nr_copies < WRITER_COPIES_MAX) {
        follow_copy(t);
    } else {
        if (w->kind == WRITER_UNPACKED)
            find_copier(w);
        t->done = true;
    }
}

static bool any_open(const struct targets *all)
{
    for (size_t i = 0; i < all->nr; i++)
        if (!all->t[i].done)
            return true;
    return false;
}

bool why_ask(const struct why_setup *s, struct verdict *v, struct diag *d)
{
    struct targets *all = calloc(1, sizeof *all);
    bool ok = all != NULL && questions(v, all);
    if (!ok)
        (void)diag_fail(d, "", 0, "out of memory");
    for (unsigned boot = 0; ok && boot < BOOTS_MAX && any_open(all); boot++) {
        ok = watch(s, v, all, d);
        for (size_t i = 0; ok && i < all->nr; i++)
            if (!all->t[i].done)
                settle(&all->t[i]);
    }
    free(all);
    return ok;
}
