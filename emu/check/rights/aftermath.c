/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What firmware itself says about an exception that is a finding: past the hand-off its handler is let run, until it stops
 * itself or takes too long. E:UefiCpuPkg/Library/CpuExceptionHandlerLib prints a dump whose first line names the
 * exception, and whose last one the image.
 */
#include <stdio.h>
#include <string.h>

#include "check/internal.h"
#include "check/rights/rights.h"

/* A dump takes a million at most, line by line through the debug port. */
#define INSTRUCTIONS_MAX 50000000u
#define LINE_TEXT_MAX 150u

void aftermath_begin(struct monitor *mon, const struct finding *f)
{
    struct aftermath *a = &mon->aftermath;
    *a = (struct aftermath){.on = true, .finding = (size_t)(f - mon->v->findings.f)};
    a->instructions = engine_instructions(mon->m->engine) + INSTRUCTIONS_MAX;
    (void)platform_debug_log(&mon->m->platform, &a->log, NULL);
}

void aftermath_tick(struct monitor *mon)
{
    if (mon->aftermath.on && engine_instructions(mon->m->engine) > mon->aftermath.instructions)
        end_run(mon, END_FINDING, rules[RULE_EXCEPTION].name);
}

struct line {
    const char *p;
    int n;
};

/* The first line that is not empty, and the last. */
static void ends(const char *p, const char *end, struct line *first, struct line *last)
{
    while (p < end) {
        const char *stop = p;
        while (stop < end && *stop != '\n' && *stop != '\r')
            stop++;
        const size_t n = (size_t)(stop - p);
        const struct line here = {p, (int)(n < LINE_TEXT_MAX ? n : LINE_TEXT_MAX)};
        if (n != 0 && first->p == NULL)
            *first = here;
        if (n != 0)
            *last = here;
        p = stop + 1;
    }
}

void aftermath_end(struct monitor *mon)
{
    const struct aftermath *a = &mon->aftermath;
    if (!a->on)
        return;
    size_t size;
    const char *log = platform_debug_log(&mon->m->platform, &size, NULL);
    struct finding *f = &mon->v->findings.f[a->finding];
    struct line first = {NULL, 0}, last = {NULL, 0};
    if (log == NULL || a->log >= size)
        return;
    ends(log + a->log, log + size, &first, &last);
    if (first.p == last.p)
        (void)snprintf(f->handler, sizeof f->handler, "%.*s", first.n, first.p != NULL ? first.p : "");
    else
        (void)snprintf(f->handler, sizeof f->handler, "%.*s ... %.*s", first.n, first.p, last.n, last.p);
}
