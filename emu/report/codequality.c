/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GitLab's code quality report (https://docs.gitlab.com/ci/testing/code_quality/): an array of issues, each with a
 * fingerprint that no other one has and a line of a file. What has no place in the source is the image's.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "matrix/result.h"
#include "report/ci.h"
#include "report/decode.h"
#include "report/formats.h"
#include "report/json_parts.h"
#include "report/report.h"

static json_t *location(const char *path, unsigned line)
{
    return json_pack("{s:o, s:{s:I}}", "path", json_safe(path), "lines", "begin", (json_int_t)line);
}

/* A description from @t, which it ends. */
static json_t *description(struct ci_text *t)
{
    char *text = ci_text_end(t);
    json_t *j = text != NULL ? json_string(text) : NULL;
    free(text);
    return j;
}

static json_t *issue(json_t *what, const char *check, const char *fingerprint, unsigned member, const char *severity,
                     json_t *where)
{
    return json_pack("{s:s, s:o, s:s, s:o, s:s, s:o}", "type", "issue", "description", what, "check_name", check,
                     "fingerprint", json_sprintf("%s-%u", fingerprint, member), "severity", severity, "location",
                     where);
}

static json_t *finding(const struct matrix_result *m, size_t i, const char *root)
{
    static const char *const severities[] = {
        [SEVERITY_NOTE] = "info", [SEVERITY_WARNING] = "minor", [SEVERITY_ERROR] = "critical"};
    const struct matrix_finding *f = &m->summary.finding[i];
    const struct case_finding *first = f->first;
    const char *image = m->image[m->c[f->in[0]].image].label;
    struct ci_source s;
    struct ci_text t;
    if (ci_text_begin(&t) == NULL)
        return NULL;
    fprintf(t.out, "%s: ", rules[first->rule].title);
    ci_line(first, t.out);
    ci_cases(m, f->in, f->nr_in, t.out);
    json_t *where = ci_source(first, root, &s) ? location(s.file, s.line) : location(image, 1);
    return issue(description(&t), rules[first->rule].name, first->identity, ci_member(&m->summary, i),
                 severities[first->severity], where);
}

static json_t *remark(const struct matrix_result *m, size_t i)
{
    const struct matrix_remark *r = &m->summary.remark[i];
    const struct matrix_case *c = &m->c[r->in[0]];
    const char *word = ci_no_verdict(c->result.exit_code);
    struct ci_text t;
    if (ci_text_begin(&t) == NULL)
        return NULL;
    fprintf(t.out, "%s: ", word);
    ci_reason(&c->result, t.out);
    ci_cases(m, r->in, r->nr_in, t.out);
    return issue(description(&t), word, word, (unsigned)i + 1, "major", location(m->image[c->image].label, 1));
}

bool codequality_write(const struct matrix_result *m, const struct report_style *style, FILE *out)
{
    json_t *list = json_array();
    bool ok = list != NULL;
    for (size_t i = 0; ok && i < m->summary.nr_findings; i++)
        ok = json_array_append_new(list, finding(m, i, style->source_root)) == 0;
    for (size_t i = 0; ok && i < m->summary.nr_remarks; i++)
        if (m->summary.remark[i].state != CASE_NOT_APPLICABLE)
            ok = json_array_append_new(list, remark(m, i)) == 0;
    ok = ok && json_dumpf(list, out, JSON_INDENT(2)) == 0;
    json_decref(list);
    return fputc('\n', out) != EOF && ok && ferror(out) == 0;
}
