/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Many cases for people: a table of them, what was found once with all the cases it was found in, and the total. */
#include <stdlib.h>
#include <string.h>

#include "matrix/result.h"
#include "report/decode.h"
#include "report/escape.h"
#include "report/formats.h"
#include "report/text_code.h"
#include "report/text_finding.h"

#define CELL_SIZE 64

/* --- the table */

/* The finding that says most: the first error, else what stopped the boot, which is the last. */
static const struct case_finding *telling(const struct case_result *r)
{
    for (size_t i = 0; i < r->nr_findings; i++)
        if (r->finding[i].severity == SEVERITY_ERROR)
            return &r->finding[i];
    return r->exit_code != 0 && r->nr_findings != 0 ? &r->finding[r->nr_findings - 1] : NULL;
}

/* "ok", "ok (2 warnings)", "exception", "hob-ram +2", "budget", "lost", "n/a"; returns how to colour it. */
static const char *cell_text(const struct case_result *r, char out[CELL_SIZE])
{
    const struct case_finding *f = telling(r);
    size_t errors = case_count(r, SEVERITY_ERROR), warnings = case_count(r, SEVERITY_WARNING);
    if (r->state != CASE_BOOTED) {
        bool none = r->state == CASE_NOT_APPLICABLE;
        (void)snprintf(out, CELL_SIZE, "%s", none ? "n/a" : case_state_name(r->state));
        return none ? STYLE_CALM : STYLE_DOUBT;
    }
    if (r->exit_code == 0) {
        if (warnings == 0)
            (void)snprintf(out, CELL_SIZE, "ok");
        else
            (void)snprintf(out, CELL_SIZE, "ok (%zu warning%s)", warnings, warnings == 1 ? "" : "s");
        return STYLE_GOOD;
    }
    if (f == NULL)
        (void)snprintf(out, CELL_SIZE, "%s", ending_name(r->ending));
    else if (errors > 1)
        (void)snprintf(out, CELL_SIZE, "%s +%zu", rules[f->rule].name, errors - 1);
    else
        (void)snprintf(out, CELL_SIZE, "%s", rules[f->rule].name);
    return r->exit_code == 3 ? STYLE_DOUBT : STYLE_BAD;
}

static int safe_width(const char *text)
{
    char *safe = escape_bytes(text, strlen(text), false);
    int n = safe != NULL ? (int)strlen(safe) : 1;
    free(safe);
    return n;
}

static int column_width(const struct matrix_result *m, size_t image)
{
    int width = safe_width(m->image[image].label);
    for (size_t i = image; i < m->nr_cases; i += m->nr_images) {
        char text[CELL_SIZE];
        (void)cell_text(&m->c[i].result, text);
        int n = (int)strlen(text);
        width = n > width ? n : width;
    }
    return width;
}

static void write_padding(FILE *out, int n)
{
    fprintf(out, "%*s", n > 0 ? n : 0, "");
}

/* All columns but the last are filled up: no spaces at the end of a line. */
static void write_row(const struct matrix_result *m, size_t row, const int *width, const struct report_style *style,
                      FILE *out)
{
    for (size_t j = 0; j < m->nr_images; j++) {
        char text[CELL_SIZE];
        const char *sgr = cell_text(&m->c[row * m->nr_images + j].result, text);
        fputs("  ", out);
        text_colored(out, style, sgr, text);
        if (j + 1 < m->nr_images)
            write_padding(out, width[j] - (int)strlen(text));
    }
    fputc('\n', out);
}

static bool write_table(const struct matrix_result *m, const struct report_style *style, FILE *out)
{
    int left = 0, *width = calloc(m->nr_images, sizeof *width);
    if (width == NULL)
        return false;
    for (size_t i = 0; i < m->nr_layouts; i++) {
        int n = safe_width(m->layout[i].label);
        left = n > left ? n : left;
    }
    write_padding(out, left);
    for (size_t j = 0; j < m->nr_images; j++) {
        width[j] = column_width(m, j);
        fputs("  ", out);
        text_safe(out, m->image[j].label);
        if (j + 1 < m->nr_images)
            write_padding(out, width[j] - safe_width(m->image[j].label));
    }
    fputc('\n', out);
    for (size_t i = 0; i < m->nr_layouts; i++) {
        text_safe(out, m->layout[i].label);
        write_padding(out, left - safe_width(m->layout[i].label));
        write_row(m, i, width, style, out);
    }
    free(width);
    return true;
}

/* --- what happened, and where */

/* The cases @in[] that have @image. */
static void write_cases_of(const struct matrix_result *m, const size_t *in, size_t nr, size_t image, FILE *out)
{
    bool any = false;
    size_t here = 0;
    for (size_t i = 0; i < nr; i++)
        here += m->c[in[i]].image == image ? 1 : 0;
    if (here == 0)
        return;
    text_label(out, "cases");
    if (m->nr_images > 1) {
        text_safe(out, m->image[image].label);
        fputs(": ", out);
    }
    if (here == m->nr_layouts && here > 1)
        fprintf(out, "all %zu layouts", here);
    else
        for (size_t i = 0; i < nr; i++) {
            if (m->c[in[i]].image != image)
                continue;
            fputs(any ? ", " : "", out);
            text_safe(out, m->layout[m->c[in[i]].layout].label);
            any = true;
        }
    fputc('\n', out);
}

/* A line for each image. */
static void write_cases(const struct matrix_result *m, const size_t *in, size_t nr, FILE *out)
{
    for (size_t j = 0; j < m->nr_images; j++)
        write_cases_of(m, in, nr, j, out);
}

static void write_head(const char *head, const char *sgr, const char *title, size_t nr,
                       const struct report_style *style, FILE *out)
{
    fputc('\n', out);
    text_colored(out, style, sgr, head);
    fprintf(out, " %s, in %zu case%s\n", title, nr, nr == 1 ? "" : "s");
}

static const char *const styles[] = {
    [SEVERITY_NOTE] = STYLE_CALM, [SEVERITY_WARNING] = STYLE_DOUBT, [SEVERITY_ERROR] = STYLE_BAD};

static void write_finding_head(const struct case_finding *f, size_t nr, const struct report_style *style, FILE *out)
{
    char head[96];
    (void)snprintf(head, sizeof head, "%s[%s]:", severity_name(f->severity), rules[f->rule].name);
    write_head(head, styles[f->severity], rules[f->rule].title, nr, style, out);
}

static void write_finding(const struct matrix_result *m, const struct matrix_finding *f,
                          const struct report_style *style, FILE *out)
{
    const struct case_finding *first = f->first;
    write_finding_head(first, f->nr_in, style, out);
    if (first->text[0] != '\0') {
        text_label(out, "what");
        text_safe(out, first->text);
        fputc('\n', out);
    }
    text_label(out, "phase");
    fprintf(out, "%s\n", phase_name(first->phase));
    text_place(out, "rip", &first->at);
    if (first->has_caller)
        text_place(out, "caller", &first->caller);
    write_cases(m, f->in, f->nr_in, out);
}

static bool is_alike(const struct matrix_finding *a, const struct matrix_finding *b)
{
    return a->first->rule == b->first->rule && a->first->severity == b->first->severity;
}

/* The cases of all findings that are like the @at-th, in order, into @in; how many. */
static size_t cases_of_alike(const struct matrix_result *m, size_t at, size_t *in)
{
    const struct matrix_summary *s = &m->summary;
    size_t nr = 0, *next = calloc(s->nr_findings, sizeof *next);
    for (size_t c = 0; next != NULL && c < m->nr_cases; c++) {
        bool here = false;
        for (size_t i = at; i < s->nr_findings; i++)
            if (is_alike(&s->finding[at], &s->finding[i]) && next[i] < s->finding[i].nr_in &&
                s->finding[i].in[next[i]] == c) {
                next[i]++;
                here = true;
            }
        if (here)
            in[nr++] = c;
    }
    free(next);
    return nr;
}

/* What only warns is told rule by rule: where, and in which cases. Nothing when a finding before @at was like it. */
static bool write_alike(const struct matrix_result *m, size_t at, const struct report_style *style, FILE *out)
{
    enum { SHOWN = 6 };
    const struct matrix_summary *s = &m->summary;
    size_t places = 0;
    for (size_t i = 0; i < at; i++)
        if (is_alike(&s->finding[at], &s->finding[i]))
            return true;
    size_t *in = calloc(m->nr_cases, sizeof *in);
    if (in == NULL)
        return false;
    size_t nr = cases_of_alike(m, at, in);
    write_finding_head(s->finding[at].first, nr, style, out);
    for (size_t i = at; i < s->nr_findings; i++) {
        const struct code_place *p = &s->finding[i].first->at;
        if (!is_alike(&s->finding[at], &s->finding[i]) || ++places > SHOWN)
            continue;
        if (places == 1)
            text_label(out, "rip");
        else
            fputs(", ", out);
        text_short_place(out, p);
    }
    if (places > SHOWN)
        fprintf(out, " and %zu more", places - SHOWN);
    fputc('\n', out);
    write_cases(m, in, nr, out);
    free(in);
    return true;
}

static bool write_findings(const struct matrix_result *m, const struct report_style *style, FILE *out)
{
    bool ok = true;
    for (size_t i = 0; ok && i < m->summary.nr_findings; i++) {
        const struct matrix_finding *f = &m->summary.finding[i];
        if (f->first->severity == SEVERITY_ERROR || style->verbose > 0)
            write_finding(m, f, style, out);
        else
            ok = write_alike(m, i, style, out);
    }
    return ok;
}

static void write_remark(const struct matrix_result *m, const struct matrix_remark *r, const struct report_style *style,
                         FILE *out)
{
    bool none = r->state == CASE_NOT_APPLICABLE;
    const struct case_result *first = &m->c[r->in[0]].result;
    const char *title = none                      ? "these do not go together"
                        : r->state == CASE_FAILED ? "could not be booted"
                        : r->state == CASE_LOST   ? "no result, tried twice"
                                                  : ending_name(first->ending);
    write_head(none                     ? "n/a:"
               : first->exit_code == 70 ? "defect:"
                                        : "inconclusive:",
               none ? STYLE_CALM : STYLE_DOUBT, title, r->nr_in, style, out);
    text_label(out, "why");
    text_safe(out, r->reason);
    fputc('\n', out);
    write_cases(m, r->in, r->nr_in, out);
}

/* The cases in which limit @id was met, told of once: its value is that of all. */
static bool write_limit(const struct matrix_result *m, enum limit_id id, const struct report_style *style, FILE *out)
{
    char text[LIMIT_TEXT_SIZE];
    uint64_t value = 0;
    size_t nr = 0, *in = calloc(m->nr_cases + 1, sizeof *in);
    for (size_t i = 0; in != NULL && i < m->nr_cases; i++) {
        const uint64_t met = m->c[i].result.reached.at[id];
        value = met != 0 ? met : value;
        if (met != 0)
            in[nr++] = i;
    }
    if (nr != 0) {
        limit_text(id, value, text);
        write_head("limit:", STYLE_DOUBT, text, nr, style, out);
        write_cases(m, in, nr, out);
    }
    free(in);
    return in != NULL;
}

/* --- the total */

static void write_count(FILE *out, size_t n, const char *what, const char *before)
{
    if (n != 0)
        fprintf(out, "%s%zu %s", before, n, what);
}

static void write_total(const struct matrix_result *m, const struct report_style *style, FILE *out)
{
    const struct matrix_summary *s = &m->summary;
    fputc('\n', out);
    text_colored(out, style,
                 s->exit_code == 0   ? STYLE_GOOD
                 : s->exit_code == 3 ? STYLE_DOUBT
                                     : STYLE_BAD,
                 verdict_word(s->exit_code));
    fprintf(out, "  %zu layout%s, %zu image%s, %zu case%s: %zu passed", m->nr_layouts, m->nr_layouts == 1 ? "" : "s",
            m->nr_images, m->nr_images == 1 ? "" : "s", m->nr_cases, m->nr_cases == 1 ? "" : "s", s->passed);
    write_count(out, s->failed, "failed", ", ");
    write_count(out, s->inconclusive, "inconclusive", ", ");
    write_count(out, s->defect, "stopped by a defect of hvmbed", ", ");
    write_count(out, s->not_applicable, "not applicable", ", ");
    const char *before = "; distinct: ";
    for (int severity = SEVERITY_ERROR; severity >= SEVERITY_NOTE; severity--) {
        size_t n = 0;
        for (size_t i = 0; i < s->nr_findings; i++)
            n += (int)s->finding[i].first->severity == severity ? 1 : 0;
        if (n == 0)
            continue;
        fprintf(out, "%s%zu %s%s", before, n, severity_name((enum severity)severity), n == 1 ? "" : "s");
        before = ", ";
    }
    fputc('\n', out);
}

/* Each case's own, where they were kept: with -v. */
static void write_reports(const struct matrix_result *m, const struct report_style *style, FILE *out)
{
    for (size_t i = 0; style->verbose > 0 && i < m->nr_cases; i++) {
        const struct case_report *own = case_report(&m->c[i].result, "text");
        if (own == NULL)
            continue;
        (void)fwrite(own->bytes, 1, own->size, out);
        fputc('\n', out);
    }
}

bool matrix_text_write(const struct matrix_result *m, const struct report_style *style, FILE *out)
{
    write_reports(m, style, out);
    if (!write_table(m, style, out) || !write_findings(m, style, out))
        return false;
    for (size_t i = 0; i < m->summary.nr_remarks; i++)
        write_remark(m, &m->summary.remark[i], style, out);
    for (unsigned i = 0; i < LIMITS; i++)
        if (!write_limit(m, (enum limit_id)i, style, out))
            return false;
    write_total(m, style, out);
    if (report_tells_sandbox(style) || (style->verbose > 0 && style->sandbox != NULL))
        fprintf(out, "sandbox: %s\n", style->sandbox);
    return ferror(out) == 0;
}
