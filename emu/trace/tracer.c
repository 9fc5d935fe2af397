/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trace/tracer.h"

#include <stdlib.h>

#include "trace/internal.h"

struct tracer *tracer_open(const struct trace_filter *f, FILE *out)
{
    struct tracer *t = calloc(1, sizeof *t);
    if (t == NULL)
        return NULL;
    t->filter = *f;
    t->out = out;
    return t;
}

void tracer_close(struct tracer *t)
{
    free(t);
}

struct monitor *tracer_monitor(struct tracer *t)
{
    return &t->monitor;
}

static void on_new_block(void *self, const struct engine_block *b)
{
    struct tracer *t = self;
    t->checks->new_block(self, b);
    tracer_notice(t);
}

static void on_interrupted(void *self, unsigned vector)
{
    struct tracer *t = self;
    t->checks->interrupted(self, vector);
    tracer_code_until(t, UINT64_MAX);
    const uint64_t pc = engine_pc(t->monitor.m->engine);
    tracer_line(t, TRACE_INTERRUPT, pc, pc, "vector 0x%x", vector);
}

/* Hooks go between two runs only. */
static void on_paused(void *self)
{
    struct tracer *t = self;
    t->checks->paused(self);
    if (t->cut)
        tracer_unspy(t);
}

bool tracer_begins(void *self, struct monitor *mon, struct diag *d)
{
    struct tracer *t = self;
    struct machine *m = mon->m;
    (void)d;
    t->checks = m->watcher;
    t->watcher = *m->watcher;
    t->watcher.new_block = on_new_block;
    t->watcher.interrupted = on_interrupted;
    t->watcher.paused = on_paused;
    machine_watch(m, &t->watcher, t);
    tracer_tap(t);
    tracer_notice(t);
    tracer_spy(t);
    return true;
}

bool tracer_ended(void *self, struct monitor *mon)
{
    struct tracer *t = self;
    tracer_code_until(t, UINT64_MAX);
    tracer_unspy(t);
    tracer_notice(t);
    t->over = true;
    if (t->cut)
        (void)fprintf(
            t->out,
            "# the limit of %llu lines is reached; --limit trace=N allows more, the other filters ask for less\n",
            (unsigned long long)t->filter.limit);
    else
        (void)fprintf(t->out, "# end: %s\n", ending_name(mon->v->ending));
    return true;
}

uint64_t tracer_lines(const struct tracer *t)
{
    return t->lines;
}

bool tracer_was_cut(const struct tracer *t)
{
    return t->cut;
}
