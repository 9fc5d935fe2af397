/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is made of many cases: records, labels, equal findings, the table. No boots. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/le.h"
#include "matrix/fold.h"
#include "matrix/labels.h"
#include "matrix/record.h"
#include "report/report.h"

/* --- records */

static void put_words(char *out, size_t n, const char *text)
{
    (void)snprintf(out, n, "%s", text);
}

static struct case_finding make_finding(enum rule_id rule, uint64_t offset, const char *text)
{
    struct case_finding f = {.rule = rule, .severity = rules[rule].severity, .phase = PHASE_PEI};
    f.at = (struct code_place){.gva = 0x820000 + offset, .module = "PeiCore", .base = 0x820000, .offset = offset};
    put_words(f.text, sizeof f.text, text);
    return f;
}

static struct case_result make_booted(int exit_code, size_t nr)
{
    struct case_result r = {.state = CASE_BOOTED, .exit_code = exit_code, .phase = PHASE_DXE};
    r.finding = calloc(nr + 1, sizeof *r.finding);
    assert_non_null(r.finding);
    r.nr_findings = nr;
    return r;
}

static size_t to_bytes(const struct case_result *r, uint8_t **bytes)
{
    char *text = NULL;
    size_t n;
    FILE *out = open_memstream(&text, &n);
    assert_non_null(out);
    assert_true(record_write(r, out));
    assert_int_equal(fclose(out), 0);
    *bytes = (uint8_t *)text;
    return n;
}

static struct case_result full_record(void)
{
    struct case_result r = make_booted(1, 2);
    r.ending = END_FINDING;
    r.dropped = 3;
    r.reached.at[LIMIT_FINDINGS] = 2;
    r.reached.at[LIMITS - 1] = INT64_MAX;
    put_words(r.detail, sizeof r.detail, "exception");
    r.finding[0] = make_finding(RULE_EXCEPTION, 0x2fa, "exception 14");
    r.finding[0].access = ACCESS_EXEC;
    r.finding[1] = make_finding(RULE_WRITE_RESERVED, 0x10, "write");
    r.finding[1].has_caller = true;
    r.finding[1].caller = (struct code_place){.gva = 7, .module = "Sec", .base = 1, .offset = 6, .guid = "G"};
    r.finding[1].caller.source = (struct source_place){.function = "f", .inlined = "g", .file = "/a/b.c", .line = 12};
    r.finding[1].has_blamed = true;
    r.finding[1].blamed = r.finding[1].caller;
    put_words(r.finding[1].fingerprint, FINGERPRINT_SIZE, "0123456789abcdef");
    put_words(r.finding[1].identity, FINGERPRINT_SIZE, "fedcba9876543210");
    r.finding[1].trace = calloc(1, sizeof *r.finding[1].trace);
    r.finding[1].step = calloc(STEPS_MAX, sizeof *r.finding[1].step);
    r.finding[1].details = strdup("error[write-reserved]\n");
    assert_non_null(r.finding[1].trace);
    assert_non_null(r.finding[1].step);
    r.finding[1].trace->nr = 2;
    r.finding[1].trace->cut = true;
    r.finding[1].trace->frame[1] = (struct frame){r.finding[1].caller, FRAME_LIKELY};
    r.finding[1].step[0] = (struct case_step){STEP_COPIED, r.finding[1].caller};
    r.finding[1].nr_steps = 1;
    r.instructions = 5;
    r.virtual_ns = UINT64_MAX;
    put_words(r.loader.name, sizeof r.loader.name, "hvmloader");
    r.loader.size = 99;
    r.loader.sha256[31] = 0xab;
    r.log = malloc(4);
    assert_non_null(r.log);
    memcpy(r.log, "a\0\377\n", 4);
    r.log_size = 4;
    r.report[0] = (struct case_report){.form = "json", .bytes = strdup("{}\n"), .size = 3};
    r.report[1] = (struct case_report){.form = "text", .bytes = strdup("PASS"), .size = 4};
    r.nr_reports = 2;
    return r;
}

static void same_finding(const struct case_finding *a, const struct case_finding *b)
{
    assert_memory_equal(a, b, offsetof(struct case_finding, trace));
    assert_int_equal(a->trace != NULL, b->trace != NULL);
    if (a->trace != NULL)
        assert_memory_equal(a->trace, b->trace, sizeof *a->trace);
    assert_int_equal(a->nr_steps, b->nr_steps);
    for (size_t i = 0; i < a->nr_steps; i++)
        assert_memory_equal(&a->step[i], &b->step[i], sizeof a->step[i]);
    assert_int_equal(a->details != NULL, b->details != NULL);
    if (a->details != NULL)
        assert_string_equal(a->details, b->details);
}

static void record_and_back(void **state)
{
    (void)state;
    struct case_result r = full_record(), got = {0};
    uint8_t *bytes;
    size_t n = to_bytes(&r, &bytes);
    assert_true(record_read(bytes, n, &got));
    assert_int_equal(got.state, CASE_BOOTED);
    assert_int_equal(got.exit_code, 1);
    assert_int_equal(got.ending, END_FINDING);
    assert_int_equal(got.phase, PHASE_DXE);
    assert_string_equal(got.detail, "exception");
    assert_int_equal(got.dropped, 3);
    assert_memory_equal(&got.reached, &r.reached, sizeof r.reached);
    assert_int_equal(got.nr_findings, 2);
    same_finding(&got.finding[0], &r.finding[0]);
    same_finding(&got.finding[1], &r.finding[1]);
    assert_int_equal(got.instructions, 5);
    assert_true(got.virtual_ns == UINT64_MAX);
    assert_memory_equal(&got.loader, &r.loader, sizeof r.loader);
    assert_int_equal(got.log_size, 4);
    assert_memory_equal(got.log, r.log, 4);
    assert_int_equal(got.nr_reports, 2);
    assert_int_equal(case_report(&got, "json")->size, 3);
    assert_string_equal(case_report(&got, "json")->bytes, "{}\n");
    assert_string_equal(case_report(&got, "text")->bytes, "PASS");
    assert_null(case_report(&got, "junit"));
    free(bytes);
    case_result_free(&r);
    case_result_free(&got);

    struct case_result none = {.state = CASE_NOT_APPLICABLE};
    put_words(none.reason, sizeof none.reason, "no PVH entry");
    n = to_bytes(&none, &bytes);
    assert_true(record_read(bytes, n, &got));
    assert_int_equal(got.state, CASE_NOT_APPLICABLE);
    assert_string_equal(got.reason, "no PVH entry");
    assert_int_equal(got.nr_reports, 0);
    assert_null(got.log);
    free(bytes);
}

/* Nothing that is not just one whole record gets through, and what does is within its bounds. */
static void hostile_records(void **state)
{
    (void)state;
    struct case_result r = full_record(), got = {0};
    uint8_t *bytes;
    size_t n = to_bytes(&r, &bytes), refused = 0;
    for (size_t cut = 0; cut < n; cut++) {
        uint8_t *copy = malloc(cut + 1); /* its end is where a sanitizer sees it */
        assert_non_null(copy);
        memcpy(copy, bytes, cut);
        uint8_t *exact = realloc(copy, cut != 0 ? cut : 1);
        assert_non_null(exact);
        assert_false(record_read(exact, cut, &got));
        free(exact);
    }
    assert_false(record_read(NULL, 0, &got));
    uint8_t *longer = realloc(bytes, n + 1);
    assert_non_null(longer);
    bytes = longer;
    bytes[n] = 0;
    assert_false(record_read(bytes, n + 1, &got));
    /* Each number as large as can be, each byte another one. */
    for (size_t i = 0; i + 8 <= n; i++) {
        uint8_t before[8];
        memcpy(before, bytes + i, 8);
        put_le64(bytes + i, UINT64_MAX);
        refused += record_read(bytes, n, &got) ? 0 : 1;
        case_result_free(&got);
        memcpy(bytes + i, before, 8);
        bytes[i] ^= 0x55;
        if (record_read(bytes, n, &got)) {
            assert_true(got.nr_findings <= LIMIT_FINDINGS_MOST && got.log_size <= CASE_LOG_MAX);
            for (size_t j = 0; j < got.nr_findings; j++) {
                const struct case_finding *f = &got.finding[j];
                assert_true((unsigned)f->rule < RULE_COUNT && f->nr_steps <= STEPS_MAX);
                assert_true(f->trace == NULL || f->trace->nr <= FRAMES_MAX);
            }
        }
        case_result_free(&got);
        got = (struct case_result){0};
        bytes[i] ^= 0x55;
    }
    assert_true(refused > n / 4);
    free(bytes);
    case_result_free(&r);
}

/* --- labels */

static void labels(void **state)
{
    (void)state;
    static const char *const path[] = {"a/FV/OVMF.fd",    "b/FV/OVMF.fd", "OVMF.fd", "layouts/hvm-1g.cfg", "",
                                       "/x/b/FV/OVMF.fd", ".cfg"};
    static const char *const label[] = {"a/FV/OVMF.fd",   "b/FV/OVMF.fd",   "OVMF.fd", "hvm-1g",
                                        "default layout", "x/b/FV/OVMF.fd", ".cfg"};
    for (size_t i = 0; i < sizeof path / sizeof path[0]; i++) {
        char *got = label_make(path, sizeof path / sizeof path[0], i, ".cfg");
        assert_string_equal(got, label[i]);
        free(got);
    }
    char *file = label_file("a/hvm 1g", "RELEASE/OVMF.fd");
    assert_string_equal(file, "a-hvm-1g--RELEASE-OVMF");
    free(file);
}

/* --- equal findings */

#define LAYOUTS 3
#define IMAGES 2

static struct matrix_result make_matrix(void)
{
    static const char *const layout[] = {"hvm-1g", "hvm-4g", "pvh-1g"}, *const image[] = {"A/OVMF.fd", "B/OVMF.fd"};
    struct matrix_result m = {.nr_layouts = LAYOUTS, .nr_images = IMAGES, .nr_cases = (size_t)LAYOUTS * IMAGES};
    m.layout = calloc(LAYOUTS, sizeof *m.layout);
    m.image = calloc(IMAGES, sizeof *m.image);
    m.c = calloc(m.nr_cases, sizeof *m.c);
    assert_non_null(m.layout);
    assert_non_null(m.image);
    assert_non_null(m.c);
    for (size_t i = 0; i < LAYOUTS; i++)
        m.layout[i].label = strdup(layout[i]);
    for (size_t i = 0; i < IMAGES; i++)
        m.image[i].label = strdup(image[i]);
    for (size_t i = 0; i < m.nr_cases; i++)
        m.c[i] = (struct matrix_case){
            .layout = i / IMAGES, .image = i % IMAGES, .handoff = "hvm", .result = make_booted(0, 0)};
    return m;
}

static void free_matrix(struct matrix_result *m)
{
    fold_free(&m->summary);
    for (size_t i = 0; i < m->nr_cases; i++)
        case_result_free(&m->c[i].result);
    for (size_t i = 0; i < LAYOUTS; i++)
        free(m->layout[i].label);
    for (size_t i = 0; i < IMAGES; i++)
        free(m->image[i].label);
    free(m->layout);
    free(m->image);
    free(m->c);
}

static void give(struct matrix_result *m, size_t at, struct case_finding f)
{
    struct case_result *r = &m->c[at].result;
    struct case_finding *more = realloc(r->finding, (r->nr_findings + 1) * sizeof *more);
    assert_non_null(more);
    r->finding = more;
    r->finding[r->nr_findings++] = f;
    if (f.severity == SEVERITY_ERROR)
        r->exit_code = 1;
}

static void clean(void **state)
{
    (void)state;
    struct matrix_result m = make_matrix();
    assert_true(fold(&m));
    assert_int_equal(m.summary.passed, 6);
    assert_int_equal(m.summary.exit_code, 0);
    assert_int_equal(m.summary.nr_findings + m.summary.nr_remarks, 0);
    free_matrix(&m);
}

static void equal_findings(void **state)
{
    (void)state;
    struct matrix_result m = make_matrix();
    struct case_finding warning = make_finding(RULE_READ_UNPOPULATED, 1, "read at 0x1000"), other, caller;
    warning.severity = SEVERITY_WARNING;
    give(&m, 0, warning);
    /* The same at other addresses, as layouts have it. */
    give(&m, 1, make_finding(RULE_WRITE_RESERVED, 0x10, "write to 0xfc00b000, 8 bytes: Xen"));
    give(&m, 2, make_finding(RULE_WRITE_RESERVED, 0x10, "write to 0xfc, 16 bytes: Xen"));
    give(&m, 2, make_finding(RULE_WRITE_RESERVED, 0x10, "write to 0xfd, 16 bytes: Xen"));
    /* And these are others: place, words, module, rule, caller. */
    give(&m, 3, make_finding(RULE_WRITE_RESERVED, 0x11, "write to 0xfc, 16 bytes: Xen"));
    give(&m, 3, make_finding(RULE_WRITE_RESERVED, 0x10, "write to 0xfc, 16 bytes: ACPI"));
    other = make_finding(RULE_WRITE_RESERVED, 0x10, "write to 0xfc, 16 bytes: Xen");
    put_words(other.at.module, sizeof other.at.module, "DxeIpl");
    give(&m, 4, other);
    give(&m, 4, make_finding(RULE_WRITE_LIVE, 0x10, "write to 0xfc, 16 bytes: Xen"));
    caller = make_finding(RULE_WRITE_RESERVED, 0x10, "write to 0xfc, 16 bytes: Xen");
    caller.has_caller = true;
    caller.caller = caller.at;
    give(&m, 5, caller);
    assert_true(fold(&m));
    const struct matrix_summary *s = &m.summary;
    assert_int_equal(s->nr_findings, 7);
    assert_int_equal(s->failed, 5);
    assert_int_equal(s->passed, 1);
    assert_int_equal(s->exit_code, 1);
    assert_int_equal(s->finding[0].nr_in, 2);
    assert_int_equal(s->finding[0].in[0], 1);
    assert_int_equal(s->finding[0].in[1], 2);
    assert_string_equal(s->finding[0].first->text, "write to 0xfc00b000, 8 bytes: Xen");
    assert_int_equal(s->finding[1].first->at.offset, 0x11);
    /* Errors come first. */
    assert_int_equal(s->finding[6].first->severity, SEVERITY_WARNING);
    free_matrix(&m);
}

static void refuse(struct matrix_result *m, size_t at, enum case_state state, const char *why)
{
    m->c[at].result.state = state;
    m->c[at].result.exit_code = state == CASE_NOT_APPLICABLE ? 0 : 3;
    put_words(m->c[at].result.reason, sizeof m->c[at].result.reason, why);
}

static void remarks(void **state)
{
    (void)state;
    struct matrix_result m = make_matrix();
    refuse(&m, 0, CASE_NOT_APPLICABLE, "no PVH entry");
    refuse(&m, 2, CASE_NOT_APPLICABLE, "no PVH entry");
    refuse(&m, 3, CASE_LOST, "killed by signal 11 (SEGV)");
    refuse(&m, 4, CASE_NOT_APPLICABLE, "another reason");
    m.c[5].result.exit_code = 3;
    m.c[5].result.ending = END_BUDGET;
    put_words(m.c[5].result.detail, sizeof m.c[5].result.detail, "8000 million instructions");
    assert_true(fold(&m));
    const struct matrix_summary *s = &m.summary;
    assert_int_equal(s->not_applicable, 3);
    assert_int_equal(s->inconclusive, 2);
    assert_int_equal(s->passed, 1);
    assert_int_equal(s->exit_code, 3);
    assert_int_equal(s->nr_remarks, 4);
    assert_int_equal(s->remark[0].nr_in, 2);
    assert_int_equal(s->remark[0].in[1], 2);
    free_matrix(&m);
}

static void worst(void **state)
{
    (void)state;
    assert_int_equal(fold_worse(0, 3), 3);
    assert_int_equal(fold_worse(3, 1), 1);
    assert_int_equal(fold_worse(1, 3), 1);
    assert_int_equal(fold_worse(70, 1), 70);
    assert_int_equal(fold_worse(0, 0), 0);
}

/* --- what is written */

static struct matrix_result every_kind(void)
{
    struct matrix_result m = make_matrix();
    struct case_finding warning = make_finding(RULE_READ_UNPOPULATED, 1, "read at 0x1000");
    give(&m, 0, make_finding(RULE_EXCEPTION, 0x2fa, "exception\033[31m 14"));
    give(&m, 0, make_finding(RULE_HOB_RAM, 1, "a HOB"));
    give(&m, 2, make_finding(RULE_EXCEPTION, 0x2fa, "exception\033[31m 14"));
    m.c[2].result.report[0] = (struct case_report){.form = "text", .bytes = strdup("not JSON"), .size = 8};
    m.c[2].result.report[1] = (struct case_report){.form = "json", .bytes = strdup("not JSON"), .size = 8};
    m.c[2].result.nr_reports = 2;
    give(&m, 4, make_finding(RULE_EXCEPTION, 0x2fa, "exception\033[31m 14"));
    warning.severity = SEVERITY_WARNING;
    give(&m, 1, warning);
    warning.at.module[0] = '\0';
    give(&m, 1, warning);
    refuse(&m, 3, CASE_LOST, "killed by signal 11 (SEGV)");
    refuse(&m, 5, CASE_NOT_APPLICABLE, "no PVH entry");
    m.c[0].file = "hvm-1g--A-OVMF.json";
    assert_true(fold(&m));
    return m;
}

static char *written(const struct matrix_result *m, const char *format, const struct report_style *style)
{
    char *text = NULL;
    size_t n;
    FILE *out = open_memstream(&text, &n);
    assert_non_null(out);
    assert_true(report_writer_find(format)->write_matrix(m, style, out));
    assert_int_equal(fclose(out), 0);
    return text;
}

static void text(void **state)
{
    (void)state;
    struct matrix_result m = every_kind();
    const struct report_style plain = {0}, bright = {.color = true}, verbose = {.verbose = 1};
    char *got = written(&m, "text", &plain);
    static const char table[] = "        A/OVMF.fd     B/OVMF.fd\n"
                                "hvm-1g  exception +1  ok (2 warnings)\n"
                                "hvm-4g  exception     lost\n"
                                "pvh-1g  exception     n/a\n"
                                "\n"
                                "error[exception]: CPU exception, in 3 cases\n"
                                "    what    exception\\x1b[31m 14\n"
                                "    phase   PEI\n"
                                "    rip     PeiCore+0x2fa (0x8202fa)\n"
                                "    cases   A/OVMF.fd: all 3 layouts\n"
                                "\n"
                                "error[hob-ram]: ";
    if (strncmp(got, table, sizeof table - 1) != 0)
        assert_string_equal(got, table);
    assert_non_null(strstr(got, "    rip     PeiCore+0x1, 0x820001\n    cases   B/OVMF.fd: hvm-1g\n"));
    assert_non_null(strstr(got, "\ninconclusive: "));
    assert_non_null(strstr(got, "    why     killed by signal 11 (SEGV)\n    cases   B/OVMF.fd: hvm-4g\n"));
    assert_non_null(strstr(got, "\nn/a: "));
    assert_non_null(strstr(got, "\nFAIL  3 layouts, 2 images, 6 cases: 1 passed, 3 failed, 1 inconclusive, "
                                "1 not applicable; distinct: 2 errors, 2 warnings\n"));
    assert_null(strchr(got, '\033'));
    free(got);
    got = written(&m, "text", &bright);
    assert_non_null(strstr(got, "\033[1;31mexception\033[0m"));
    free(got);
    got = written(&m, "text", &verbose);
    assert_int_equal(strncmp(got, "not JSON\n", 9), 0);
    free(got);
    free_matrix(&m);
}

static void json(void **state)
{
    (void)state;
    struct matrix_result m = every_kind();
    const struct report_style plain = {0};
    char *got = written(&m, "json", &plain);
    json_t *j = json_loads(got, 0, NULL);
    assert_non_null(j);
    assert_int_equal(json_array_size(json_object_get(j, "cases")), 6);
    assert_int_equal(json_array_size(json_object_get(j, "findings")), 4);
    const json_t *c = json_array_get(json_object_get(j, "cases"), 3);
    assert_string_equal(json_string_value(json_object_get(c, "state")), "lost");
    assert_int_equal(json_integer_value(json_object_get(c, "exit_code")), 3);
    /* A report that is none does not spoil the others. */
    assert_true(json_is_null(json_object_get(json_array_get(json_object_get(j, "cases"), 2), "report")));
    const char *samples = getenv("REPORT_SAMPLES");
    if (samples != NULL) {
        char path[512];
        (void)snprintf(path, sizeof path, "%s/matrix-kinds.json", samples);
        assert_int_equal(json_dump_file(j, path, 0), 0);
    }
    json_decref(j);
    free(got);
    free_matrix(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(record_and_back),
        cmocka_unit_test(hostile_records),
        cmocka_unit_test(labels),
        cmocka_unit_test(clean),
        cmocka_unit_test(equal_findings),
        cmocka_unit_test(remarks),
        cmocka_unit_test(worst),
        cmocka_unit_test(text),
        cmocka_unit_test(json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
