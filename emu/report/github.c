/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Annotations for GitHub Actions: commands to the runner, a line each, for a step's standard output. The runner shows ten
 * errors and ten warnings a step, so the worst come first, and a line of the source is told once for each rule.
 */
#include <stdlib.h>
#include <string.h>

#include "matrix/result.h"
#include "report/ci.h"
#include "report/decode.h"
#include "report/escape.h"
#include "report/formats.h"
#include "report/report.h"

/* A message from @t, which it ends. */
static void write_message(FILE *out, struct ci_text *t)
{
    char *text = ci_text_end(t);
    fputs("::", out);
    escape_github(out, text != NULL ? text : "out of memory", false);
    fputc('\n', out);
    free(text);
}

/* Would both be shown at the same line, for the same rule? */
static bool is_alike(const struct case_finding *a, const struct case_finding *b, const char *root)
{
    struct ci_source x, y;
    return a->rule == b->rule && a->severity == b->severity && ci_source(a, root, &x) && ci_source(b, root, &y) &&
           x.line == y.line && strcmp(x.file, y.file) == 0;
}

/* How many are like the @at-th, it included; 0 when one before it is. */
static size_t count_alike(const struct matrix_summary *s, size_t at, const char *root)
{
    size_t n = 1;
    for (size_t i = 0; i < s->nr_findings; i++) {
        if (i == at || !is_alike(s->finding[at].first, s->finding[i].first, root))
            continue;
        if (i < at)
            return 0;
        n++;
    }
    return n;
}

static void write_finding(const struct matrix_result *m, size_t at, const char *root, FILE *out)
{
    static const char *const commands[] = {
        [SEVERITY_NOTE] = "notice", [SEVERITY_WARNING] = "warning", [SEVERITY_ERROR] = "error"};
    const size_t alike = count_alike(&m->summary, at, root);
    const struct matrix_finding *f = &m->summary.finding[at];
    const struct case_finding *first = f->first;
    struct ci_source s;
    struct ci_text t;
    if (alike == 0)
        return;
    fprintf(out, "::%s ", commands[first->severity]);
    if (ci_source(first, root, &s)) {
        fputs("file=", out);
        escape_github(out, s.file, true);
        fprintf(out, ",line=%u,", s.line);
    }
    fprintf(out, "title=hvmbed%%3A %s", rules[first->rule].title);
    if (ci_text_begin(&t) != NULL) {
        ci_line(first, t.out);
        ci_cases(m, f->in, f->nr_in, t.out);
        if (alike > 1)
            fprintf(t.out, "; %zu more like it at this line", alike - 1);
    }
    write_message(out, &t);
}

static void write_remark(const struct matrix_result *m, const struct matrix_remark *r, FILE *out)
{
    const struct case_result *first = &m->c[r->in[0]].result;
    bool none = r->state == CASE_NOT_APPLICABLE;
    struct ci_text t;
    fprintf(out, "::%s title=hvmbed%%3A %s", none ? "notice" : "error",
            none ? "not applicable" : ci_no_verdict(first->exit_code));
    if (ci_text_begin(&t) != NULL) {
        ci_reason(first, t.out);
        ci_cases(m, r->in, r->nr_in, t.out);
    }
    write_message(out, &t);
}

bool github_write(const struct matrix_result *m, const struct report_style *style, FILE *out)
{
    for (size_t i = 0; i < m->summary.nr_findings; i++)
        write_finding(m, i, style->source_root, out);
    for (size_t i = 0; i < m->summary.nr_remarks; i++)
        write_remark(m, &m->summary.remark[i], out);
    return ferror(out) == 0;
}
