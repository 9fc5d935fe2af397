/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html), with what GitHub's code scanning asks for
 * besides. What was found in several cases is one result.
 */
#include "report/sarif.h"

#include <stdlib.h>
#include <string.h>

#include "report/ci.h"
#include "report/decode.h"
#include "report/formats.h"
#include "report/json_parts.h"
#include "report/report.h"

#define SCHEMA "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

void sarif_put(json_t **o, const char *key, json_t *value)
{
    if (json_object_set_new(*o, key, value) == 0)
        return;
    json_decref(*o);
    *o = NULL;
}

void sarif_append(json_t **list, json_t *value)
{
    if (json_array_append_new(*list, value) == 0)
        return;
    json_decref(*list);
    *list = NULL;
}

json_t *sarif_message(const char *text)
{
    return json_pack("{s:s}", "text", text);
}

/* Leaves @key out where there is nothing in @list. */
static void put_list(json_t **o, const char *key, json_t *list)
{
    if (list == NULL || json_array_size(list) != 0)
        sarif_put(o, key, list);
    else
        json_decref(list);
}

/* A message from @t, which it ends. */
static json_t *message_of(struct ci_text *t)
{
    char *text = ci_text_end(t);
    json_t *j = text != NULL ? sarif_message(text) : NULL;
    free(text);
    return j;
}

/* --- what was looked at */

static json_t *artifact(const char *label, uint64_t size, const uint8_t sha256[HASH_SIZE], const char *role,
                        const char *what)
{
    char sha[HASH_TEXT_SIZE];
    hash_format(sha256, sha);
    return json_pack("{s:{s:o}, s:I, s:s, s:[s], s:{s:s}, s:o}", "location", "uri", sarif_artifact_uri(label), "length",
                     (json_int_t)size, "mimeType", "application/octet-stream", "roles", role, "hashes", "sha-256", sha,
                     "description", sarif_message(what));
}

static bool is_first_with_loader(const struct matrix_result *m, size_t i)
{
    const struct case_loader *l = &m->c[i].result.loader;
    for (size_t j = 0; j < i; j++)
        if (strcmp(m->c[j].result.loader.name, l->name) == 0 &&
            memcmp(m->c[j].result.loader.sha256, l->sha256, sizeof l->sha256) == 0)
            return false;
    return l->name[0] != '\0';
}

/* Images first: a place's index is its image's. */
static json_t *artifacts(const struct matrix_result *m)
{
    json_t *list = json_array();
    for (size_t i = 0; i < m->nr_images; i++)
        sarif_append(&list, artifact(m->image[i].label, m->image[i].image.size, m->image[i].image.sha256,
                                     "analysisTarget", "the firmware"));
    for (size_t i = 0; i < m->nr_cases; i++) {
        const struct case_loader *l = &m->c[i].result.loader;
        if (is_first_with_loader(m, i))
            sarif_append(&list, artifact(l->name, l->size, l->sha256, "tracedFile", "the first stage"));
    }
    return list;
}

/* --- how it went */

static json_t *notification(const struct matrix_result *m, const struct matrix_remark *r)
{
    const struct case_result *first = &m->c[r->in[0]].result;
    bool none = r->state == CASE_NOT_APPLICABLE;
    struct ci_text t;
    if (ci_text_begin(&t) == NULL)
        return NULL;
    fprintf(t.out, "%s: ", none ? "not applicable" : ci_no_verdict(first->exit_code));
    ci_reason(first, t.out);
    ci_cases(m, r->in, r->nr_in, t.out);
    return json_pack("{s:s, s:o}", "level", none ? "note" : "error", "message", message_of(&t));
}

static json_t *invocations(const struct matrix_result *m)
{
    const int code = m->summary.exit_code;
    json_t *notes = json_array();
    for (size_t i = 0; i < m->summary.nr_remarks; i++)
        sarif_append(&notes, notification(m, &m->summary.remark[i]));
    json_t *o = json_pack("{s:b, s:i, s:s}", "executionSuccessful", (int)(code == 0 || code == 1), "exitCode", code,
                          "exitCodeDescription", verdict_word(code));
    put_list(&o, "toolExecutionNotifications", notes);
    return json_pack("[o]", o);
}

/* --- results */

static json_t *case_names(const struct matrix_result *m, const struct matrix_finding *f)
{
    json_t *list = json_array();
    for (size_t i = 0; i < f->nr_in; i++) {
        struct ci_text t;
        if (ci_text_begin(&t) == NULL) {
            json_decref(list);
            return NULL;
        }
        ci_case(m, &m->c[f->in[i]], t.out);
        char *name = ci_text_end(&t);
        sarif_append(&list, name != NULL ? json_string(name) : NULL);
        free(name);
    }
    return list;
}

/* The first is what GitHub tells alerts apart by, together with rule and file. */
static json_t *fingerprints(const struct matrix_result *m, size_t i)
{
    const struct case_finding *f = m->summary.finding[i].first;
    return json_pack("{s:o, s:s}", "primaryLocationLineHash",
                     json_sprintf("%s:%u", f->identity, ci_member(&m->summary, i)), "hvmbedFingerprint/v1",
                     f->fingerprint);
}

static json_t *properties(const struct matrix_result *m, const struct matrix_finding *f)
{
    const struct case_finding *first = f->first;
    const char *details = first->details != NULL ? first->details : "";
    return json_pack("{s:s, s:o, s:o}", "phase", phase_name(first->phase), "cases", case_names(m, f), "details",
                     json_safe_n(details, strlen(details), true));
}

static json_t *result(const struct matrix_result *m, size_t i, const char *root)
{
    const struct matrix_finding *f = &m->summary.finding[i];
    const struct case_finding *first = f->first;
    const size_t image = m->c[f->in[0]].image;
    const struct sarif_image in = {m->image[image].label, image, root};
    struct ci_text t;
    if (ci_text_begin(&t) == NULL)
        return NULL;
    ci_line(first, t.out);
    ci_cases(m, f->in, f->nr_in, t.out);
    json_t *o = json_pack("{s:s, s:I, s:s, s:o, s:[o], s:o, s:I, s:{s:o, s:I}, s:o}", "ruleId", rules[first->rule].name,
                          "ruleIndex", (json_int_t)first->rule, "level", severity_name(first->severity), "message",
                          message_of(&t), "locations", sarif_primary(first, &in), "partialFingerprints",
                          fingerprints(m, i), "occurrenceCount", (json_int_t)f->nr_in, "analysisTarget", "uri",
                          sarif_artifact_uri(in.label), "index", (json_int_t)image, "properties", properties(m, f));
    if (first->trace != NULL && first->trace->nr > 1)
        put_list(&o, "stacks", sarif_stacks(first, &in));
    put_list(&o, "codeFlows", sarif_code_flows(first, &in));
    put_list(&o, "relatedLocations", sarif_related(first, &in));
    return o;
}

bool sarif_write(const struct matrix_result *m, const struct report_style *style, FILE *out)
{
    json_t *results = json_array();
    for (size_t i = 0; i < m->summary.nr_findings; i++)
        sarif_append(&results, result(m, i, style->source_root));
    json_t *log = json_pack("{s:s, s:s, s:[{s:o, s:o, s:o, s:o, s:s}]}", "$schema", SCHEMA, "version", "2.1.0", "runs",
                            "tool", sarif_tool(), "invocations", invocations(m), "artifacts", artifacts(m), "results",
                            results, "columnKind", "utf16CodeUnits");
    if (log == NULL)
        return false;
    bool ok = json_dumpf(log, out, JSON_INDENT(2)) == 0;
    json_decref(log);
    return fputc('\n', out) != EOF && ok && ferror(out) == 0;
}
