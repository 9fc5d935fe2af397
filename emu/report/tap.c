/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TAP 14 (https://testanything.org/tap-version-14-specification.html): a test point a case; one that has findings has them
 * as a subtest, where an error is a point that failed and anything less a point that did not.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "check/fingerprint.h"
#include "matrix/result.h"
#include "report/ci.h"
#include "report/decode.h"
#include "report/escape.h"
#include "report/formats.h"
#include "report/report.h"
#include "report/text_code.h"

/* YAML in double quotes: the text is printable ASCII, so that nothing but these two is special. */
static void write_string(FILE *out, const char *indent, const char *key, const char *text)
{
    fprintf(out, "%s%s: \"", indent, key);
    escape_quoted(out, text);
    fputs("\"\n", out);
}

/* Takes @text, which may be NULL. */
static void write_made(FILE *out, const char *indent, const char *key, char *text)
{
    if (text != NULL && text[0] != '\0')
        write_string(out, indent, key, text);
    free(text);
}

static char *place_of(const struct code_place *p, bool with_source)
{
    struct ci_text t;
    if (ci_text_begin(&t) == NULL)
        return NULL;
    text_short_place(t.out, p);
    if (with_source)
        text_source(t.out, &p->source);
    return ci_text_end(&t);
}

static void write_trace(FILE *out, const struct backtrace *b)
{
    if (b == NULL || b->nr < 2)
        return;
    fputs("      stack:\n", out);
    for (unsigned i = 0; i < b->nr; i++) {
        char *place = place_of(&b->frame[i].at, true);
        fputs("        - \"", out);
        escape_quoted(out, place != NULL ? place : "?");
        fputs("\"\n", out);
        free(place);
    }
}

static void write_source(FILE *out, const struct case_finding *f, const char *root)
{
    struct ci_source s;
    if (!ci_source(f, root, &s))
        return;
    fputs("      at:\n", out);
    write_string(out, "        ", "file", s.file);
    fprintf(out, "        line: %u\n", s.line);
    if (s.at->source.function[0] != '\0')
        write_string(out, "        ", "function", s.at->source.function);
}

static void write_finding(const struct case_finding *f, size_t nr, const char *root, FILE *out)
{
    const struct rule *rule = &rules[f->rule];
    bool error = f->severity == SEVERITY_ERROR;
    fprintf(out, "    %s %zu - %s: %s\n", error ? "not ok" : "ok", nr, rule->name, rule->title);
    fputs("      ---\n", out);
    write_string(out, "      ", "message", f->text[0] != '\0' ? f->text : rule->title);
    fprintf(out, "      severity: %s\n      rule: %s\n      phase: %s\n", severity_name(f->severity), rule->name,
            phase_name(f->phase));
    if (f->has_blamed)
        write_made(out, "      ", "place", place_of(&f->blamed, false));
    write_source(out, f, root);
    write_trace(out, f->trace);
    write_string(out, "      ", "fingerprint", f->fingerprint);
    fputs("      ...\n", out);
}

static void write_subtest(const struct matrix_case *c, const char *name, const char *root, FILE *out)
{
    const struct case_result *r = &c->result;
    if (r->nr_findings == 0)
        return;
    fputs("# Subtest: ", out);
    escape_tap(out, name);
    fprintf(out, "\n    1..%zu\n", r->nr_findings);
    for (size_t i = 0; i < r->nr_findings; i++)
        write_finding(&r->finding[i], i + 1, root, out);
}

static const char *outcome_of(const struct case_result *r)
{
    return r->exit_code == 1 ? "fail" : r->exit_code == 0 ? "pass" : ci_no_verdict(r->exit_code);
}

static void write_diagnostics(const struct matrix_result *m, const struct matrix_case *c, FILE *out)
{
    const struct case_result *r = &c->result;
    char sha[HASH_TEXT_SIZE];
    struct ci_text t;
    hash_format(m->image[c->image].image.sha256, sha);
    fprintf(out, "  ---\n  verdict: %s\n", outcome_of(r));
    if (r->exit_code != 0 && r->exit_code != 1 && ci_text_begin(&t) != NULL) {
        ci_reason(r, t.out);
        write_made(out, "  ", "message", ci_text_end(&t));
    }
    write_string(out, "  ", "image", m->image[c->image].label);
    fprintf(out, "  sha256: \"%s\"\n", sha);
    write_string(out, "  ", "layout", m->layout[c->layout].label);
    fprintf(out, "  handoff: %s\n", c->handoff);
    if (r->state == CASE_BOOTED)
        fprintf(out, "  reached: %s\n  duration_ms: %" PRIu64 ".%06" PRIu64 "\n", phase_name(r->phase),
                r->virtual_ns / 1000000u, r->virtual_ns % 1000000u);
    if (r->dropped != 0)
        fprintf(out, "  findings_dropped: %" PRIu64 "\n", r->dropped);
    fputs("  ...\n", out);
}

static void write_case(const struct matrix_result *m, size_t i, const char *root, FILE *out)
{
    const struct matrix_case *c = &m->c[i];
    bool none = c->result.state == CASE_NOT_APPLICABLE;
    struct ci_text t;
    if (ci_text_begin(&t) == NULL)
        return;
    ci_case(m, c, t.out);
    char *name = ci_text_end(&t);
    write_subtest(c, name != NULL ? name : "?", root, out);
    fprintf(out, "%s %zu - ", c->result.exit_code != 0 ? "not ok" : "ok", i + 1);
    escape_tap(out, name != NULL ? name : "?");
    free(name);
    if (none) {
        fputs(" # SKIP ", out);
        escape_tap(out, c->result.reason);
    }
    fputc('\n', out);
    if (!none)
        write_diagnostics(m, c, out);
}

bool tap_write(const struct matrix_result *m, const struct report_style *style, FILE *out)
{
    fprintf(out, "TAP version 14\n1..%zu\n", m->nr_cases);
    for (size_t i = 0; i < m->nr_cases; i++)
        write_case(m, i, style->source_root, out);
    return ferror(out) == 0;
}
