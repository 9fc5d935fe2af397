/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Both boots, and section by section what differs: a table. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "check/timeline.h"
#include "check/written.h"
#include "diff/entries.h"
#include "matrix/save.h"

struct both {
    struct trial trial[2];
    struct saved saved[2];
    struct difference_list differences;
};

static const struct verdict *verdict(const struct both *b, unsigned side)
{
    return &b->trial[side].verdict;
}

/* --- outcome and findings, as replay compares them -------------------------------------------------------------- */

/* Of two exit codes: is the second one worse? */
static bool is_worse(uint64_t was, uint64_t is)
{
    static const uint64_t order[] = {0, 3, 1, 70};
    size_t a = 0, b = 0;
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        a = order[i] == was ? i : a;
        b = order[i] == is ? i : b;
    }
    return b > a;
}

static bool gather_outcome(const struct both *b, struct diff_case *c)
{
    const struct saved *was = &b->saved[0], *is = &b->saved[1];
    const bool worse = is_worse(was->exit_code, is->exit_code);
    char text[128];
    if (was->exit_code == is->exit_code && strcmp(was->ending, is->ending) == 0 && strcmp(was->phase, is->phase) == 0) {
        c->same[DIFF_OUTCOME]++;
        return true;
    }
    (void)snprintf(text, sizeof text, "was exit %" PRIu64 " (%s, %s), is exit %" PRIu64 " (%s, %s)", was->exit_code,
                   was->ending, was->phase, is->exit_code, is->ending, is->phase);
    return entry_add(c, DIFF_OUTCOME, DIFF_CHANGED, worse, text);
}

static bool has_family(const struct saved *s, const char *family)
{
    for (size_t i = 0; i < s->nr_findings; i++)
        if (strcmp(s->finding[i].family, family) == 0)
            return true;
    return false;
}

/* An error or a warning, and not just one more place where A has the same fault. */
static bool weighs(const struct both *b, const char *text)
{
    char formatted[1500];
    const struct saved *s = &b->saved[1];
    for (size_t i = 0; i < s->nr_findings; i++) {
        const struct saved_finding *f = &s->finding[i];
        saved_finding_format(f, formatted, sizeof formatted);
        if (strcmp(formatted, text) == 0)
            return strcmp(f->severity, severity_name(SEVERITY_NOTE)) != 0 && !has_family(&b->saved[0], f->family);
    }
    return true;
}

static bool gather_findings(const struct both *b, struct diff_case *c)
{
    static const struct {
        enum difference_kind kind;
        enum diff_mark mark;
    } marks[] = {{DIFFERS_WENT, DIFF_GONE}, {DIFFERS_CAME, DIFF_NEW}, {DIFFERS_MOVED, DIFF_CHANGED}};
    size_t not_alike = 0;
    bool ok = true;
    for (size_t m = 0; m < sizeof marks / sizeof marks[0]; m++)
        for (size_t i = 0; ok && i < b->differences.nr; i++) {
            const struct saved_difference *d = &b->differences.d[i];
            if (d->kind != marks[m].kind)
                continue;
            not_alike += marks[m].mark != DIFF_NEW;
            ok = entry_add(c, DIFF_FINDINGS, marks[m].mark, d->kind == DIFFERS_CAME && weighs(b, d->text), d->text);
        }
    c->same[DIFF_FINDINGS] = b->saved[0].nr_findings - not_alike;
    return ok;
}

/* --- what DXE is told ------------------------------------------------------------------------------------------- */

/* Of two allocations that are alike but for where they lie one has moved. */
static bool list_some(const struct verdict *v, bool allocations, struct lines *out)
{
    bool ok = true;
    for (size_t i = 0; ok && i < v->hobs.nr; i++) {
        const struct hob *h = &v->hobs.h[i];
        char text[HOB_TEXT_SIZE], key[96] = "", guid[GUID_TEXT_SIZE];
        if ((h->type == HOB_ALLOCATION) != allocations)
            continue;
        hob_format(h, text);
        guid_format(&h->guid, guid);
        if (allocations)
            (void)snprintf(key, sizeof key, "%" PRIu32 " %" PRIx64 " %s", h->kind, span_size(h->range), guid);
        else if (h->type == HOB_HANDOFF)
            (void)snprintf(key, sizeof key, "phit");
        ok = lines_add(out, text, key);
    }
    return ok;
}

static bool list_hobs(const struct verdict *v, struct lines *out)
{
    return list_some(v, false, out);
}

static bool list_allocations(const struct verdict *v, struct lines *out)
{
    return list_some(v, true, out);
}

/* --- modules ---------------------------------------------------------------------------------------------------- */

static bool list_modules(const struct verdict *v, struct lines *out)
{
    bool ok = true;
    for (size_t i = 0; ok && i < v->nr_modules; i++) {
        char text[160];
        const struct module *m = &v->module[i];
        (void)snprintf(text, sizeof text, "%s %s", m->name, m->guid);
        ok = lines_add(out, text, "");
    }
    return ok;
}

static bool gather_lists(const struct both *b, struct diff_case *c, enum diff_section s,
                         bool (*list)(const struct verdict *v, struct lines *out))
{
    struct lines l[2] = {{0}, {0}};
    const bool ok = list(verdict(b, 0), &l[0]) && list(verdict(b, 1), &l[1]) && entry_lines(c, s, &l[0], &l[1]);
    lines_free(&l[0]);
    lines_free(&l[1]);
    return ok;
}

static bool gather_hobs(const struct both *b, struct diff_case *c)
{
    return gather_lists(b, c, DIFF_HOBS, list_hobs);
}

static bool gather_allocations(const struct both *b, struct diff_case *c)
{
    return gather_lists(b, c, DIFF_ALLOCATIONS, list_allocations);
}

static bool gather_modules(const struct both *b, struct diff_case *c)
{
    return gather_lists(b, c, DIFF_MODULES, list_modules);
}

/* --- hypercalls, exits, phases ---------------------------------------------------------------------------------- */

static const struct call_count *find_call(const struct timeline *t, const struct call_count *like)
{
    for (size_t i = 0; i < t->nr_calls; i++)
        if (t->call[i].nr == like->nr && t->call[i].command == like->command)
            return &t->call[i];
    return NULL;
}

static bool add_call(struct diff_case *c, const struct call_count *call, uint64_t a, uint64_t b)
{
    char text[96];
    if (call->name != NULL)
        (void)snprintf(text, sizeof text, "%s", call->name);
    else
        (void)snprintf(text, sizeof text, "hypercall %u, command %u", call->nr, call->command);
    return entry_numbers(c, DIFF_HYPERCALLS, text, a, b);
}

static bool gather_hypercalls(const struct both *b, struct diff_case *c)
{
    const struct timeline *was = &verdict(b, 0)->timeline, *is = &verdict(b, 1)->timeline;
    bool ok = true;
    for (size_t i = 0; ok && i < was->nr_calls; i++) {
        const struct call_count *other = find_call(is, &was->call[i]);
        ok = add_call(c, &was->call[i], call_count_total(&was->call[i]), other != NULL ? call_count_total(other) : 0);
    }
    for (size_t i = 0; ok && i < is->nr_calls; i++)
        ok = find_call(was, &is->call[i]) != NULL || add_call(c, &is->call[i], 0, call_count_total(&is->call[i]));
    return ok;
}

static bool gather_exits(const struct both *b, struct diff_case *c)
{
    bool ok = true;
    for (unsigned k = 0; ok && k < MACHINE_EXITS; k++)
        ok = entry_numbers(c, DIFF_EXITS, machine_exit_name((enum machine_exit)k),
                           timeline_exits(&verdict(b, 0)->timeline, (enum machine_exit)k),
                           timeline_exits(&verdict(b, 1)->timeline, (enum machine_exit)k));
    return ok;
}

static bool gather_phases(const struct both *b, struct diff_case *c)
{
    const struct timeline *was = &verdict(b, 0)->timeline, *is = &verdict(b, 1)->timeline;
    bool ok = true;
    for (unsigned i = 0; ok && i < STAGES; i++) {
        const enum phase p = timeline_order[i];
        char text[32];
        (void)snprintf(text, sizeof text, "%s begins at", phase_name(p));
        if (was->phase[p].began && is->phase[p].began)
            ok = entry_numbers(c, DIFF_PHASES, text, was->phase[p].at.instructions, is->phase[p].at.instructions);
        else if (was->phase[p].began != is->phase[p].began)
            ok = entry_add(c, DIFF_PHASES, was->phase[p].began ? DIFF_GONE : DIFF_NEW, false, phase_name(p));
    }
    return ok;
}

static bool gather_work(const struct both *b, struct diff_case *c)
{
    const struct verdict *was = verdict(b, 0), *is = verdict(b, 1);
    return entry_numbers(c, DIFF_WORK, "instructions", was->instructions, is->instructions) &&
           entry_numbers(c, DIFF_WORK, "charged for decompression", was->charged, is->charged) &&
           entry_numbers(c, DIFF_WORK, "virtual ns", was->virtual_ns, is->virtual_ns);
}

/* --- memory that was written ------------------------------------------------------------------------------------ */

static bool add_pages(struct diff_case *c, enum diff_mark m, const struct verdict *v, const struct written_run *r,
                      struct span at)
{
    char text[256];
    const uint16_t by = r->first.module;
    (void)snprintf(text, sizeof text, "0x%" PRIx64 "-0x%" PRIx64 " %s, first in %s by %s", at.start, at.end, r->owner,
                   phase_name(r->first.phase),
                   by != NO_MODULE && by < v->nr_modules ? v->module[by].name : "no module");
    return entry_add(c, DIFF_WRITTEN, m, false, text);
}

/* Pages of @v that @other has not written; @both counts those that it has. */
static bool only_here(struct diff_case *c, enum diff_mark m, const struct verdict *v, const struct verdict *other,
                      size_t *both)
{
    const struct written *w = v->written, *o = other->written;
    size_t j = 0;
    bool ok = true;
    for (size_t i = 0; ok && i < w->nr; i++) {
        uint64_t at = w->run[i].at.start;
        const uint64_t end = w->run[i].at.end;
        while (j < o->nr && o->run[j].at.end <= at)
            j++;
        for (size_t k = j; ok && at < end; k++) {
            const struct span next = k < o->nr && o->run[k].at.start < end ? o->run[k].at : (struct span){end, end};
            if (at < next.start)
                ok = add_pages(c, m, v, &w->run[i], (struct span){at, next.start});
            *both += (size_t)(((next.end < end ? next.end : end) - (next.start > at ? next.start : at)) / PAGE_SIZE);
            at = next.end > at ? next.end : end;
        }
    }
    return ok;
}

static bool gather_written(const struct both *b, struct diff_case *c)
{
    const struct verdict *was = verdict(b, 0), *is = verdict(b, 1);
    size_t again = 0;
    if (was->written == NULL || is->written == NULL)
        return true;
    return only_here(c, DIFF_GONE, was, is, &c->same[DIFF_WRITTEN]) && only_here(c, DIFF_NEW, is, was, &again);
}

/* --- all of it -------------------------------------------------------------------------------------------------- */

static bool (*const gather[DIFF_SECTIONS])(const struct both *b, struct diff_case *c) = {
    [DIFF_OUTCOME] = gather_outcome, [DIFF_FINDINGS] = gather_findings,
    [DIFF_HOBS] = gather_hobs,       [DIFF_ALLOCATIONS] = gather_allocations,
    [DIFF_MODULES] = gather_modules, [DIFF_HYPERCALLS] = gather_hypercalls,
    [DIFF_WRITTEN] = gather_written, [DIFF_EXITS] = gather_exits,
    [DIFF_PHASES] = gather_phases,   [DIFF_WORK] = gather_work,
};

/* A message without a file is not about these inputs. */
static void refuse(struct diff_case *c, const bool ok[2], const struct diag d[2])
{
    const unsigned bad = ok[0] ? 1 : 0;
    const bool host = d[bad].file[0] == '\0';
    c->state = host ? DIFF_FAILED : !ok[0] && !ok[1] ? DIFF_NOT_APPLICABLE : DIFF_ONE_SIDED;
    (void)snprintf(c->reason, sizeof c->reason, "%s: %.480s", bad == 0 ? "A" : "B", d[bad].message);
}

static bool boot(struct both *b, unsigned side, const struct layout *l, const struct image *im,
                 const struct trial_options *o, struct diag *d)
{
    return trial_prepare(&b->trial[side], l, im, o, d) && trial_boot(&b->trial[side], o, d);
}

static bool compare(struct both *b, const struct trial_options *o, const char *version, struct diff_case *c)
{
    bool ok = true;
    for (unsigned side = 0; ok && side < 2; side++) {
        ok = trial_describe(&b->trial[side], o, version, &b->saved[side], NULL);
        c->exit_code[side] = verdict_exit_code(verdict(b, side));
        c->reached[side] = verdict(b, side)->reached;
    }
    (void)snprintf(c->handoff, sizeof c->handoff, "%s", b->trial[0].boot.handoff->name);
    ok = ok && saved_compare(&b->saved[0], &b->saved[1], &b->differences);
    for (unsigned s = 0; ok && s < DIFF_SECTIONS; s++)
        ok = gather[s](b, c);
    return ok;
}

bool diff_boot(const struct layout *l, const struct image *const im[2], const struct trial_options *o,
               const char *version, struct diff_case *out)
{
    struct both *b = calloc(1, sizeof *b);
    struct diag d[2] = {{.line = 0}, {.line = 0}};
    if (b == NULL)
        return false;
    bool ok[2];
    for (unsigned side = 0; side < 2; side++)
        ok[side] = boot(b, side, l, im[side], o, &d[side]);
    bool done = true;
    if (ok[0] && ok[1])
        done = compare(b, o, version, out);
    else
        refuse(out, ok, d);
    difference_list_free(&b->differences);
    for (unsigned side = 0; side < 2; side++) {
        saved_free(&b->saved[side]);
        trial_free(&b->trial[side]);
    }
    free(b);
    return done;
}
