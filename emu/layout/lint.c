/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs the checks in the order of their table, and keeps what they find. */
#include "layout/lint.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "layout/lint_internal.h"

__attribute__((format(printf, 4, 0))) static void keep(struct lint *o, const char *file, unsigned line, const char *fmt,
                                                       va_list ap)
{
    enum lint_severity s = o->severity[o->now];
    if (++o->hits[o->now] > LINT_PER_CHECK || s == LINT_OFF)
        return;
    struct lint_finding *f = &o->found[o->nr++];
    *f = (struct lint_finding){.id = o->now, .severity = s, .file = file, .line = line};
    (void)vsnprintf(f->message, sizeof f->message, fmt, ap);
    if (s > o->worst)
        o->worst = s;
}

void lint_hit(struct lint *o, unsigned line, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    keep(o, o->in->layout->path, line, fmt, ap);
    va_end(ap);
}

void lint_hit_firmware(struct lint *o, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    keep(o, o->in->firmware->file, 0, fmt, ap);
    va_end(ap);
}

const char *lint_severity_name(enum lint_severity s)
{
    static const char *const names[] = {"off", "note", "warning", "error"};
    return names[s];
}

const struct lint_check *lint_find(const char *name)
{
    for (unsigned i = 0; i < LINT_COUNT; i++)
        if (strcmp(lint_checks[i].name, name) == 0)
            return &lint_checks[i];
    return NULL;
}

void lint_init(struct lint *o)
{
    memset(o, 0, sizeof *o);
    for (unsigned i = 0; i < LINT_COUNT; i++)
        o->severity[i] = lint_checks[i].severity;
}

static bool applies(const struct lint *o, const struct lint_check *c)
{
    if ((c->applies & (o->in->layout->type == GUEST_HVM ? LINT_HVM : LINT_PVH)) == 0)
        return false;
    if ((c->applies & LINT_NEEDS_FIRMWARE) != 0 && o->in->firmware == NULL)
        return false;
    for (unsigned i = 0; i < c->nr_after; i++)
        if (o->hits[c->after[i]] != 0)
            return false;
    return true;
}

void lint_run(struct lint *o, const struct lint_input *in)
{
    o->in = in;
    o->nr = 0;
    o->worst = LINT_OFF;
    memset(o->hits, 0, sizeof o->hits);
    for (unsigned i = 0; i < LINT_COUNT; i++) {
        o->now = lint_checks[i].id;
        if (applies(o, &lint_checks[i]))
            lint_checks[i].run(o);
    }
    o->in = NULL;
}
