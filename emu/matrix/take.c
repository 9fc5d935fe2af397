/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "matrix/take.h"

#include <stdlib.h>
#include <string.h>

#include "matrix/fold.h"
#include "matrix/labels.h"
#include "report/decode.h"
#include "report/text_finding.h"

/* --- a finding */

static void add_step(struct case_finding *to, enum step_kind kind, const struct code_place *at)
{
    if (at->gva != 0 && to->nr_steps < STEPS_MAX)
        to->step[to->nr_steps++] = (struct case_step){kind, *at};
}

/* Backwards from where it was found; copies are kept last one first. */
static bool take_steps(const struct finding *from, struct case_finding *to)
{
    const struct writer *w = from->writer;
    to->step = calloc(STEPS_MAX, sizeof *to->step);
    if (to->step == NULL)
        return false;
    if (from->transfer.kind != TRANSFER_NONE)
        add_step(to, STEP_TRANSFER, &from->transfer.from);
    if (from->has_caller)
        add_step(to, STEP_CALLER, &from->caller);
    if (from->pointer.known)
        add_step(to, STEP_POINTER, &from->pointer.by);
    for (unsigned i = 0; w != NULL && i < w->nr_copies; i++)
        add_step(to, STEP_COPIED, &w->copy[i].by);
    if (w != NULL)
        add_step(to, STEP_WRITTEN, &w->by);
    if (finding_author(from) != NULL)
        add_step(to, STEP_AUTHOR, finding_author(from));
    return true;
}

/* The calls that led to who is to blame: where that is an author, not those of whoever ran when it was found. */
static bool take_trace(const struct finding *from, const struct code_place *blamed, struct case_finding *to)
{
    const struct backtrace *b = blamed == NULL                   ? NULL
                                : blamed == finding_author(from) ? from->writer->trace
                                                                 : from->trace;
    if (b == NULL || b->nr == 0)
        return true;
    to->trace = malloc(sizeof *to->trace);
    if (to->trace == NULL)
        return false;
    *to->trace = *b;
    return true;
}

/* @explain: say why its rule matters too. */
static bool take_details(const struct finding *from, unsigned vcpus, bool explain, struct case_finding *to)
{
    static const struct report_style plain = {0};
    size_t n;
    FILE *out = open_memstream(&to->details, &n);
    if (out == NULL)
        return false;
    text_finding(from, vcpus, explain, &plain, out);
    return fclose(out) == 0 && n < CASE_DETAILS_MAX;
}

static bool take_finding(const struct finding *from, unsigned vcpus, bool explain, struct case_finding *to)
{
    const struct code_place *blamed = finding_blamed(from);
    *to = (struct case_finding){.rule = from->rule,
                                .severity = from->severity,
                                .phase = from->phase,
                                .access = from->access,
                                .at = from->at,
                                .has_caller = from->has_caller,
                                .caller = from->caller,
                                .has_blamed = blamed != NULL};
    if (blamed != NULL)
        to->blamed = *blamed;
    memcpy(to->text, from->text, sizeof to->text);
    finding_fingerprint(from, to->fingerprint);
    finding_identity(from, to->identity);
    return take_trace(from, blamed, to) && take_steps(from, to) && take_details(from, vcpus, explain, to);
}

static bool take_findings(const struct findings *f, unsigned vcpus, struct case_result *r)
{
    bool explained[RULE_COUNT] = {false}, ok = true;
    r->finding = calloc(f->nr + 1, sizeof *r->finding);
    r->dropped = f->dropped;
    if (r->finding == NULL)
        return false;
    for (size_t i = 0; ok && i < f->nr; i++) {
        enum rule_id rule = f->f[i].rule;
        ok = take_finding(&f->f[i], vcpus, !explained[rule], &r->finding[r->nr_findings++]);
        explained[rule] = true;
    }
    return ok;
}

/* --- a run */

/* Whole lines, where there are any. */
static bool take_log(const struct verdict *v, struct case_result *r)
{
    size_t skip = v->debug_log_size > CASE_LOG_MAX ? v->debug_log_size - CASE_LOG_MAX : 0;
    if (v->debug_log == NULL || v->debug_log_size == 0 || r->exit_code == 0)
        return true;
    const char *line = skip != 0 ? memchr(v->debug_log + skip, '\n', v->debug_log_size - skip) : NULL;
    if (line != NULL && line + 1 < v->debug_log + v->debug_log_size)
        skip = (size_t)(line + 1 - v->debug_log);
    r->log_size = v->debug_log_size - skip;
    r->log = malloc(r->log_size);
    if (r->log != NULL)
        memcpy(r->log, v->debug_log + skip, r->log_size);
    return r->log != NULL;
}

static void take_loader(const struct loader *l, struct case_loader *to)
{
    if (l == NULL)
        return;
    (void)snprintf(to->name, sizeof to->name, "%s", path_last(l->path));
    to->size = l->size;
    memcpy(to->sha256, l->sha256, sizeof to->sha256);
}

bool case_take(const struct report_input *in, struct case_result *r)
{
    const struct verdict *v = in->verdict;
    r->state = CASE_BOOTED;
    r->exit_code = in->exit_code;
    r->ending = v->ending;
    r->phase = v->phase;
    memcpy(r->detail, v->detail, sizeof r->detail);
    r->instructions = v->instructions;
    r->virtual_ns = v->virtual_ns;
    r->reached = v->reached;
    take_loader(in->loader, &r->loader);
    return take_findings(&v->findings, in->layout->vcpus, r) && take_log(v, r);
}

/* --- a matrix of one */

bool case_write(const struct report_input *in, const struct report_writer *w, const struct report_style *style,
                FILE *out)
{
    if (w->write != NULL)
        return w->write(in, style, out);
    const char *const layout_path = in->layout->path, *const image_path = in->image->path;
    /* What they own stays the input's. */
    struct matrix_layout layout = {.layout = *in->layout, .label = label_make(&layout_path, 1, 0, ".cfg")};
    struct matrix_image image = {.image = *in->image, .label = label_make(&image_path, 1, 0, "")};
    struct matrix_case one = {.handoff = in->handoff};
    struct matrix_result m = {
        .layout = &layout, .nr_layouts = 1, .image = &image, .nr_images = 1, .c = &one, .nr_cases = 1};
    bool ok = layout.label != NULL && image.label != NULL && case_take(in, &one.result) && fold(&m) &&
              w->write_matrix(&m, style, out);
    fold_free(&m.summary);
    case_result_free(&one.result);
    free(layout.label);
    free(image.label);
    return ok;
}
