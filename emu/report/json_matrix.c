/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Many cases for programs: docs/matrix.md, docs/matrix.schema.json. As in json.c a NULL part makes a NULL whole. */
#include <jansson.h>

#include "matrix/result.h"
#include "report/decode.h"
#include "report/formats.h"
#include "report/json_parts.h"

#define SCHEMA "hvmbed-matrix/1"

/* Puts @value at the end of @list; a list that could not be made complete becomes NULL. */
static void append(json_t **list, json_t *value)
{
    if (json_array_append_new(*list, value) == 0)
        return;
    json_decref(*list);
    *list = NULL;
}

static json_t *json_layouts(const struct matrix_result *m)
{
    json_t *list = json_array();
    for (size_t i = 0; i < m->nr_layouts; i++)
        append(&list, json_pack("{s:o, s:s}", "name", json_safe(m->layout[i].label), "type",
                                guest_type_name(m->layout[i].layout.type)));
    return list;
}

static json_t *json_images(const struct matrix_result *m)
{
    json_t *list = json_array();
    for (size_t i = 0; i < m->nr_images; i++) {
        const struct image *im = &m->image[i].image;
        char sha[HASH_TEXT_SIZE];
        hash_format(im->sha256, sha);
        append(&list, json_pack("{s:o, s:I, s:s, s:o}", "name", json_safe(m->image[i].label), "size",
                                (json_int_t)im->size, "sha256", sha, "verdict", json_image_verdict(&im->verdict)));
    }
    return list;
}

/* What came from another process is parsed, not copied; what cannot be is not there. */
static json_t *json_own_report(const struct case_result *r)
{
    const struct case_report *json = case_report(r, "json");
    json_t *own = json != NULL ? json_loadb(json->bytes, json->size, 0, NULL) : NULL;
    return own != NULL ? own : json_null();
}

static json_t *json_case(const struct matrix_result *m, const struct matrix_case *c)
{
    const struct case_result *r = &c->result;
    bool booted = r->state == CASE_BOOTED, judged = r->state != CASE_NOT_APPLICABLE;
    json_t *o = json_pack(
        "{s:o, s:o, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:I, s:I, s:I, s:o, s:o}", "layout",
        json_safe(m->layout[c->layout].label), "image", json_safe(m->image[c->image].label), "handoff", c->handoff,
        "state", case_state_name(r->state), "verdict", judged ? json_verdict(r->exit_code) : json_null(), "exit_code",
        judged ? json_integer(r->exit_code) : json_null(), "reason", booted ? json_null() : json_safe(r->reason),
        "ending", booted ? json_string(ending_name(r->ending)) : json_null(), "phase",
        booted ? json_string(phase_name(r->phase)) : json_null(), "errors", (json_int_t)case_count(r, SEVERITY_ERROR),
        "warnings", (json_int_t)case_count(r, SEVERITY_WARNING), "notes", (json_int_t)case_count(r, SEVERITY_NOTE),
        "file", booted && c->file != NULL ? json_safe(c->file) : json_null(), "report", json_own_report(r));
    if (o != NULL)
        (void)json_set_limits(o, &r->reached);
    return o;
}

static json_t *json_indices(const size_t *in, size_t nr)
{
    json_t *list = json_array();
    for (size_t i = 0; i < nr; i++)
        append(&list, json_integer((json_int_t)in[i]));
    return list;
}

static json_t *json_folded(const struct matrix_finding *f)
{
    const struct case_finding *first = f->first;
    return json_pack("{s:s, s:s, s:s, s:o, s:s, s:o, s:o, s:o}", "rule", rules[first->rule].name, "severity",
                     severity_name(first->severity), "title", rules[first->rule].title, "text", json_safe(first->text),
                     "phase", phase_name(first->phase), "rip", json_place(&first->at), "caller",
                     first->has_caller ? json_place(&first->caller) : json_null(), "cases",
                     json_indices(f->in, f->nr_in));
}

static json_t *json_summary(const struct matrix_result *m)
{
    const struct matrix_summary *s = &m->summary;
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "cases", (json_int_t)m->nr_cases, "passed",
                     (json_int_t)s->passed, "failed", (json_int_t)s->failed, "inconclusive",
                     (json_int_t)s->inconclusive, "defect", (json_int_t)s->defect, "not_applicable",
                     (json_int_t)s->not_applicable, "findings", (json_int_t)s->nr_findings);
}

bool matrix_json_write(const struct matrix_result *m, const struct report_style *style, FILE *out)
{
    json_t *cases = json_array(), *findings = json_array();
    for (size_t i = 0; i < m->nr_cases; i++)
        append(&cases, json_case(m, &m->c[i]));
    for (size_t i = 0; i < m->summary.nr_findings; i++)
        append(&findings, json_folded(&m->summary.finding[i]));
    json_t *all =
        json_pack("{s:s, s:o, s:i, s:o, s:o, s:o, s:o, s:o}", "schema", SCHEMA, "verdict",
                  json_verdict(m->summary.exit_code), "exit_code", m->summary.exit_code, "summary", json_summary(m),
                  "layouts", json_layouts(m), "images", json_images(m), "findings", findings, "cases", cases);
    if (all == NULL)
        return false;
    if (report_tells_sandbox(style))
        (void)json_object_set_new(all, "sandbox", json_safe(style->sandbox));
    bool ok = json_dumpf(all, out, JSON_INDENT(2)) == 0;
    json_decref(all);
    return fputc('\n', out) != EOF && ok && ferror(out) == 0;
}
