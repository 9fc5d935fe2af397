/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the comparison has found, as findings. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "compare/internal.h"
#include "image/fv.h"

/* --- findings of some runs only --------------------------------------------------------------------------------- */

static bool same(const struct finding *a, const struct finding *b)
{
    bool placed = a->at.module[0] != '\0' && strcmp(a->at.module, b->at.module) == 0;
    return a->rule == b->rule && a->range.start == b->range.start &&
           (placed ? a->at.offset == b->at.offset : a->at.gva == b->at.gva);
}

static bool has(const struct verdict *v, const struct finding *f)
{
    for (size_t i = 0; i < v->findings.nr; i++)
        if (same(&v->findings.f[i], f))
            return true;
    return false;
}

/* Says with which fills @f was seen, when it was not with all. */
static void say_fills(const struct compare_setup *s, struct verdict *const *all, struct finding *f)
{
    char head[68] = "";
    size_t n = 0;
    unsigned seen = 0;
    for (unsigned i = 0; i < s->nr; i++) {
        if (!has(all[i], f))
            continue;
        seen++;
        if (n < sizeof head - 24)
            n += (size_t)snprintf(head + n, sizeof head - n, "%s0x%" PRIx64, n != 0 ? ", " : "", s->fill[i]);
        else
            (void)snprintf(head + n, sizeof head - n, " ..");
    }
    if (seen == s->nr || seen == 0)
        return;
    char text[sizeof f->text];
    memcpy(text, f->text, sizeof text);
    (void)snprintf(f->text, sizeof f->text, "only with RAM filled with %s: %.*s", head, (int)(sizeof text - 100), text);
}

void findings_merge(const struct compare_setup *s, struct verdict *const *all, const struct compare_result *r,
                    struct verdict *v)
{
    for (unsigned i = 0; i < s->nr; i++)
        for (size_t j = 0; i != r->shown && j < all[i]->findings.nr; j++) {
            if (has(v, &all[i]->findings.f[j]))
                continue;
            struct finding *f = verdict_add_finding(v);
            if (f == NULL)
                continue;
            *f = all[i]->findings.f[j];
            all[i]->findings.f[j].trace = NULL; /* it has changed hands */
        }
    for (size_t i = 0; i < v->findings.nr; i++)
        say_fills(s, all, &v->findings.f[i]);
}

/* --- its own ---------------------------------------------------------------------------------------------------- */

static void name_place(const struct code_place *p, char out[100])
{
    if (p->module[0] != '\0')
        (void)snprintf(out, 100, "%s+0x%" PRIx64, p->module, p->offset);
    else
        (void)snprintf(out, 100, "0x%" PRIx64, p->gva);
}

static void set_access(struct finding *f, const struct compare_access *a)
{
    if (!a->known)
        return;
    f->access = ACCESS_READ;
    f->gpa = f->gva = a->gpa[0];
    f->size = a->size;
    f->touched = (struct span){a->gpa[0], a->gpa[0] + a->size};
}

static void name_side(const struct compare_side *side, char out[100])
{
    if (side->ended)
        (void)snprintf(out, 100, "its end");
    else
        name_place(&side->to, out);
}

static void add_flow(const struct compare_setup *s, const struct compare_result *r, struct verdict *v)
{
    const struct compare_flow *flow = &r->flow;
    struct finding *f = verdict_add_finding(v);
    if (f == NULL)
        return;
    char to[2][100];
    char reader[100];
    for (unsigned i = 0; i < 2; i++)
        name_side(&flow->side[i], to[i]);
    f->rule = RULE_UNINITIALISED_FLOW;
    f->severity = s->options->severity[f->rule];
    f->phase = flow->phase;
    f->vcpu = flow->vcpu;
    f->count = 1;
    f->at = flow->from;
    f->regs = flow->side[0].regs;
    set_access(f, &flow->origin);
    int n = flow->unpacked
                ? snprintf(f->text, sizeof f->text,
                           "the decompressor makes something else of RAM filled with 0x%" PRIx64, s->fill[flow->other])
                : snprintf(f->text, sizeof f->text,
                           "with RAM filled with 0x%" PRIx64 " it goes to %s, with 0x%" PRIx64 " to %s", s->fill[0],
                           to[0], s->fill[flow->other], to[1]);
    if (!flow->origin.known || n < 0 || (size_t)n >= sizeof f->text)
        return;
    name_place(&flow->origin.at, reader);
    (void)snprintf(f->text + n, sizeof f->text - (size_t)n, "; %s read 0x%" PRIx64 "%s", reader, flow->origin.gpa[0],
                   flow->origin.unwritten ? ", which nobody had written" : "");
}

static void add_hob(const struct compare_setup *s, const struct compare_result *r, size_t first, size_t end,
                    const struct cpu_regs *regs, struct verdict *v)
{
    const struct compare_hob *h = &r->hob[first];
    struct finding *f = verdict_add_finding(v);
    if (f == NULL)
        return;
    size_t bytes = 0;
    for (size_t i = first; i < end; i++)
        bytes += r->hob[i].size;
    f->rule = RULE_UNINITIALISED_HOB;
    f->severity = s->options->severity[f->rule];
    f->phase = PHASE_DXE;
    f->count = 1;
    f->regs = *regs;
    f->at = h->origin.known ? h->origin.at : h->write.known ? h->write.at : h->maker;
    set_access(f, &h->origin);
    char writer[100];
    name_place(&h->write.at, writer);
    (void)snprintf(f->text, sizeof f->text, "%zu byte%s of HOB %u (%s), the first in %s: %s%s", bytes,
                   bytes == 1 ? "" : "s", h->index, h->what, h->field,
                   h->write.known   ? "written by "
                   : r->hobs_traced ? "never written"
                                    : "not traced, since the runs went different ways",
                   h->write.known ? writer : "");
}

void findings_add(const struct compare_setup *s, const struct compare_result *r, const struct cpu_regs *at_handoff,
                  struct verdict *v)
{
    if (r->flow.diverged)
        add_flow(s, r, v);
    for (size_t i = 0, end; i < r->nr_hobs; i = end) {
        for (end = i; end < r->nr_hobs && r->hob[end].index == r->hob[i].index;)
            end++;
        add_hob(s, r, i, end, at_handoff, v);
    }
}
