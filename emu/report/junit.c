/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JUnit XML as Jenkins and GitLab read it: a suite an image, a test case a layout. Of several errors in a case the first
 * names the failure and all are in its body, since readers show one failure a case. Times are the guest's.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/version.h"
#include "matrix/result.h"
#include "report/ci.h"
#include "report/decode.h"
#include "report/escape.h"
#include "report/formats.h"
#include "report/report.h"

static void write_text(FILE *out, const char *text)
{
    escape_xml(out, text, strlen(text), true);
}

static void write_attribute(FILE *out, const char *name, const char *value)
{
    fprintf(out, " %s=\"", name);
    escape_xml(out, value, strlen(value), false);
    fputc('"', out);
}

/* Takes @value, which may be NULL. */
static void write_made(FILE *out, const char *name, char *value)
{
    write_attribute(out, name, value != NULL ? value : "?");
    free(value);
}

static void write_time(FILE *out, uint64_t ns)
{
    fprintf(out, " time=\"%" PRIu64 ".%06" PRIu64 "\"", ns / 1000000000u, ns / 1000u % 1000000u);
}

/* --- a suite, or all of them */

struct tally {
    size_t tests, failures, errors, skipped;
    uint64_t ns;
};

static void count(struct tally *t, const struct case_result *r)
{
    t->tests++;
    t->ns += r->virtual_ns;
    if (r->state == CASE_NOT_APPLICABLE)
        t->skipped++;
    else if (r->exit_code == 1)
        t->failures++;
    else if (r->exit_code != 0)
        t->errors++;
}

static void write_tally(FILE *out, const struct tally *t)
{
    fprintf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\"", t->tests, t->failures, t->errors);
}

static void write_property(FILE *out, const char *name, const char *value)
{
    fputs("      <property", out);
    write_attribute(out, "name", name);
    write_attribute(out, "value", value);
    fputs("/>\n", out);
}

static void write_properties(const struct image *im, FILE *out)
{
    char sha[HASH_TEXT_SIZE], size[32];
    hash_format(im->sha256, sha);
    (void)snprintf(size, sizeof size, "%zu", im->size);
    fputs("    <properties>\n", out);
    write_property(out, "hvmbed.version", HVMBED_VERSION);
    write_property(out, "image.sha256", sha);
    write_property(out, "image.size", size);
    fputs("    </properties>\n", out);
}

/* --- a case */

/* "hvmbed.RELEASE/OVMF_fd": at a dot Jenkins takes a package to end. */
static void write_class(const char *label, FILE *out)
{
    char *class = NULL;
    if (asprintf(&class, "hvmbed.%s", label) < 0)
        class = NULL;
    for (char *c = class != NULL ? class + strlen("hvmbed.") : NULL; c != NULL && *c != '\0'; c++)
        *c = *c == '.' ? '_' : *c;
    write_made(out, "classname", class);
}

static char *message_of(const struct case_finding *f, size_t errors)
{
    struct ci_text t;
    if (ci_text_begin(&t) == NULL)
        return NULL;
    ci_what(f, t.out);
    if (errors > 1)
        fprintf(t.out, " (and %zu more)", errors - 1);
    return ci_text_end(&t);
}

static char *reason_of(const struct case_result *r)
{
    struct ci_text t;
    if (ci_text_begin(&t) == NULL)
        return NULL;
    ci_reason(r, t.out);
    return ci_text_end(&t);
}

static void write_findings(const struct case_result *r, bool errors, FILE *out)
{
    for (size_t i = 0; i < r->nr_findings; i++)
        if ((r->finding[i].severity == SEVERITY_ERROR) == errors)
            write_text(out, r->finding[i].details != NULL ? r->finding[i].details : "\n");
}

static void write_failure(const struct case_result *r, FILE *out)
{
    size_t i = 0;
    while (i < r->nr_findings && r->finding[i].severity != SEVERITY_ERROR)
        i++;
    if (i == r->nr_findings)
        return;
    fputs("      <failure", out);
    write_attribute(out, "type", rules[r->finding[i].rule].name);
    write_made(out, "message", message_of(&r->finding[i], case_count(r, SEVERITY_ERROR)));
    fputc('>', out);
    write_findings(r, true, out);
    if (r->dropped != 0)
        fprintf(out, "\n%" PRIu64 " more findings did not fit and are not shown\n", r->dropped);
    fputs("</failure>\n", out);
}

static void write_outcome(const struct case_result *r, FILE *out)
{
    if (r->state == CASE_NOT_APPLICABLE) {
        fputs("      <skipped", out);
        write_made(out, "message", reason_of(r));
        fputs("/>\n", out);
    } else if (r->exit_code == 1) {
        write_failure(r, out);
    } else if (r->exit_code != 0) {
        fputs("      <error", out);
        write_attribute(out, "type", ci_no_verdict(r->exit_code));
        write_made(out, "message", reason_of(r));
        fputs("/>\n", out);
    }
}

/* What warns, and of a boot that went wrong the end of what the guest said. */
static void write_said(const struct case_result *r, FILE *out)
{
    bool others = case_count(r, SEVERITY_ERROR) != r->nr_findings;
    if (!others && r->log_size == 0)
        return;
    fputs("      <system-out>", out);
    write_findings(r, false, out);
    if (r->log_size != 0) {
        fputs("\nthe end of the guest's debug output\n", out);
        escape_xml(out, r->log, r->log_size, true);
    }
    fputs("</system-out>\n", out);
}

static void write_case(const struct matrix_result *m, const struct matrix_case *c, FILE *out)
{
    fputs("    <testcase", out);
    write_class(m->image[c->image].label, out);
    write_attribute(out, "name", m->layout[c->layout].label);
    write_time(out, c->result.virtual_ns);
    fputs(">\n", out);
    write_outcome(&c->result, out);
    write_said(&c->result, out);
    fputs("    </testcase>\n", out);
}

bool junit_write(const struct matrix_result *m, const struct report_style *style, FILE *out)
{
    (void)style;
    struct tally all = {0};
    for (size_t i = 0; i < m->nr_cases; i++)
        count(&all, &m->c[i].result);
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"hvmbed\"", out);
    write_tally(out, &all);
    write_time(out, all.ns);
    fputs(">\n", out);
    for (size_t j = 0; j < m->nr_images; j++) {
        struct tally of = {0};
        for (size_t i = j; i < m->nr_cases; i += m->nr_images)
            count(&of, &m->c[i].result);
        fputs("  <testsuite", out);
        write_attribute(out, "name", m->image[j].label);
        write_tally(out, &of);
        fprintf(out, " skipped=\"%zu\"", of.skipped);
        write_time(out, of.ns);
        fputs(">\n", out);
        write_properties(&m->image[j].image, out);
        for (size_t i = j; i < m->nr_cases; i += m->nr_images)
            write_case(m, &m->c[i], out);
        fputs("  </testsuite>\n", out);
    }
    fputs("</testsuites>\n", out);
    return ferror(out) == 0;
}
