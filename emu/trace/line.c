/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "report/decode.h"
#include "trace/internal.h"

/* Modules lie elsewhere in each run: two traces should differ where the runs do. */
static void format_place(const struct code_place *p, char *out, size_t n)
{
    if (p->module[0] != '\0')
        (void)snprintf(out, n, "%s+0x%" PRIx64, p->module, p->offset);
    else
        (void)snprintf(out, n, "0x%" PRIx64, p->gva);
}

/* Names are a file's, or the guest's. */
static void make_safe(char *s)
{
    for (; *s != '\0'; s++)
        if (*s < ' ' || *s > '~')
            *s = '?';
}

static void put_source(struct tracer *t, const struct source_place *s)
{
    char text[480];
    if (s->function[0] == '\0')
        return;
    int n = snprintf(text, sizeof text, "  ; %s%s%s", s->function, s->inlined[0] != '\0' ? " > " : "", s->inlined);
    if (s->line != 0 && n > 0 && (size_t)n < sizeof text)
        (void)snprintf(text + n, sizeof text - (size_t)n, " (%s:%u)", path_last(s->file), s->line);
    make_safe(text);
    (void)fputs(text, t->out);
}

static bool is_of_code(enum trace_kind k)
{
    return k != TRACE_PHASE && k != TRACE_MODULE;
}

void tracer_line(struct tracer *t, enum trace_kind k, uint64_t pc, uint64_t at, const char *fmt, ...)
{
    struct machine *m = t->monitor.m;
    struct code_place p = {.gva = pc};
    char place[96], text[512];
    if (t->cut || t->over || !trace_wants(&t->filter, k))
        return;
    /* Sources are looked up only for what is written. */
    const struct module *mod = NULL;
    const struct verdict *v = t->monitor.v;
    for (size_t i = v->nr_modules; mod == NULL && i-- > 0;)
        if (!v->module[i].gone && pc - v->module[i].base < v->module[i].size)
            mod = &v->module[i];
    if (!trace_matches(&t->filter, k, machine_stage(m), mod != NULL ? mod->name : "", at,
                       t->spying ? t->work : engine_instructions(m->engine)))
        return;
    if (t->lines == t->filter.limit) {
        t->cut = true; /* the spy goes when the CPU next comes out */
        return;
    }
    t->lines++;
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    make_safe(text);
    if (is_of_code(k))
        monitor_place_known(&t->monitor, pc, &p);
    format_place(&p, place, sizeof place);
    make_safe(place);
    (void)fprintf(t->out, "%-9s ", trace_kind_name(k));
    if (m->vcpus.nr > 1 && is_of_code(k))
        (void)fprintf(t->out, "cpu%u ", m->vcpus.current);
    if (is_of_code(k))
        (void)fprintf(t->out, "%-28s ", place);
    (void)fputs(text, t->out);
    if (is_of_code(k))
        put_source(t, &p.source);
    (void)fputc('\n', t->out);
}

void tracer_notice(struct tracer *t)
{
    const struct verdict *v = t->monitor.v;
    const enum phase now = machine_stage(t->monitor.m);
    if (!t->begun || now != t->phase) {
        t->begun = true;
        t->phase = now;
        tracer_line(t, TRACE_PHASE, 0, 0, "%s", phase_name(now));
    }
    for (; t->nr_modules < v->nr_modules; t->nr_modules++) {
        const struct module *mod = &v->module[t->nr_modules];
        tracer_line(t, TRACE_MODULE, mod->base, mod->base, "%s at 0x%" PRIx64 ", 0x%" PRIx32 " bytes%s%s", mod->name,
                    mod->base, mod->size, mod->guid[0] != '\0' ? ", file " : "", mod->guid);
    }
}
