/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The forms for CI services: what text of the guest's may do to them (nothing), where a source file lies, all rules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "matrix/fold.h"
#include "report/ci.h"
#include "report/escape.h"
#include "report/report.h"
#include "report/source.h"
#include "safe_text.h"

/* All that some form gives a meaning to. */
#define EVIL \
    "\x1b[31m]]>&<\"'\xff\xc3(\r\n::error file=a::b%0A%0D##[group]\\ # SKIP --- ...\n::stop-commands::x\nok 9 - \x7f"

/* --- pieces */

typedef void escape_fn(FILE *out, const char *text);

static char *escaped(escape_fn *fn, const char *text)
{
    char *got = NULL;
    size_t n;
    FILE *out = open_memstream(&got, &n);
    assert_non_null(out);
    fn(out, text);
    assert_int_equal(fclose(out), 0);
    return got;
}

static void xml_text(FILE *out, const char *text)
{
    escape_xml(out, text, strlen(text), true);
}
static void xml_attribute(FILE *out, const char *text)
{
    escape_xml(out, text, strlen(text), false);
}
static void github_message(FILE *out, const char *text)
{
    escape_github(out, text, false);
}
static void github_property(FILE *out, const char *text)
{
    escape_github(out, text, true);
}

static void escapes(void **state)
{
    (void)state;
    static const struct {
        escape_fn *fn;
        const char *text, *expected;
    } rows[] = {
        {xml_text, "a<b>&\"']]>\n\tc\x01\xff\r\n", "a&lt;b&gt;&amp;&quot;&#39;]]&gt;\n\tc\\x01\\xff\n"},
        {xml_attribute, "a\nb\"", "a\\x0ab&quot;"},
        {github_message, "100%: a\r\nb, ::error::\x1b", "100%25: a%0Ab, ::error::\\x1b"},
        {github_property, "a:b,c%\nd", "a%3Ab%2Cc%25\\x0ad"},
        {escape_tap, "a # SKIP \\ b\n", "a \\\\x23 SKIP \\\\ b\\\\x0a"},
        {escape_quoted, "a\"b\\c\n", "a\\\"b\\\\c\\\\x0a"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *got = escaped(rows[i].fn, rows[i].text);
        assert_string_equal(got, rows[i].expected);
        free(got);
    }
    char *uri = escape_uri("a b/c:d%\xff#?.fd");
    assert_string_equal(uri, "a%20b/c%3Ad%25%FF%23%3F.fd");
    free(uri);
}

static void sources(void **state)
{
    (void)state;
    static const struct {
        const char *file, *root, *expected;
        bool below;
    } rows[] = {
        {"/b/edk2/MdeModulePkg/Core/Pei/Ppi/Ppi.c", NULL, "MdeModulePkg/Core/Pei/Ppi/Ppi.c", true},
        {"MdePkg/Library/BaseLib/X64/LongJump.nasm", NULL, "MdePkg/Library/BaseLib/X64/LongJump.nasm", true},
        {"/b/Build/OvmfXen/DEBUG_GCC5/X64/MdeModulePkg/A/DEBUG/AutoGen.c", NULL,
         "Build/OvmfXen/DEBUG_GCC5/X64/MdeModulePkg/A/DEBUG/AutoGen.c", true},
        {"/home/u/Build/edk2/OvmfPkg/Sec/SecMain.c", NULL, "OvmfPkg/Sec/SecMain.c", true},
        {"/b//edk2/./OvmfPkg/x/../Sec/SecMain.c", NULL, "OvmfPkg/Sec/SecMain.c", true},
        {"/b/../../OvmfPkg/a.c", NULL, "OvmfPkg/a.c", true},
        {"/usr/include/string.h", NULL, "/usr/include/string.h", false},
        {"/b/MyPkg", NULL, "/b/MyPkg", false}, /* a file */
        {"/b/Pkg/a.c", NULL, "/b/Pkg/a.c", false},
        {"", NULL, "", false},
        {"..", NULL, "..", false},
        {"../../OvmfPkg/a.c", NULL, "OvmfPkg/a.c", true},
        {"/w/repo/edk2/MdePkg/a.c", "/w/repo/", "edk2/MdePkg/a.c", true},
        {"/w/repository/MdePkg/a.c", "/w/repo", "/w/repository/MdePkg/a.c", false},
        {"/w/repo/../MdePkg/a.c", "/w/repo", "/w/MdePkg/a.c", false},
        {"/w/repo", "/w/repo", "/w/repo", false},
        {"/a.c", "/", "a.c", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char out[SOURCE_PATH_SIZE];
        bool below = source_relative(rows[i].file, rows[i].root, out);
        assert_string_equal(out, rows[i].expected);
        assert_int_equal(below, rows[i].below);
    }
    /* Longer than there is room for. */
    char deep[2 * SOURCE_PATH_SIZE], out[SOURCE_PATH_SIZE];
    memset(deep, 'a', sizeof deep - 1);
    deep[sizeof deep - 1] = '\0';
    memcpy(deep, "/XPkg/", 6);
    (void)source_relative(deep, NULL, out);
    assert_true(strlen(out) < SOURCE_PATH_SIZE);
}

/* --- whole reports */

#define LAYOUTS 5

static void put_words(char *out, size_t n, const char *text)
{
    (void)snprintf(out, n, "%s", text);
}

static struct code_place place(const char *module, const char *file, unsigned line)
{
    struct code_place p = {
        .gva = 0x821234, .base = 0x820000, .offset = 0x1234, .guid = "52C05B14-0B98-496C-BC3B-04B50211D680"};
    put_words(p.module, sizeof p.module, module);
    put_words(p.source.function, sizeof p.source.function, module);
    put_words(p.source.file, sizeof p.source.file, file);
    p.source.line = line;
    return p;
}

static void give(struct case_result *r, enum rule_id rule, struct code_place at, const char *text)
{
    struct case_finding *more = realloc(r->finding, (r->nr_findings + 1) * sizeof *more);
    assert_non_null(more);
    r->finding = more;
    struct case_finding *f = &r->finding[r->nr_findings++];
    *f = (struct case_finding){.rule = rule, .severity = rules[rule].severity, .phase = PHASE_PEI, .at = at};
    f->has_blamed = true;
    f->blamed = at;
    put_words(f->text, sizeof f->text, text);
    put_words(f->fingerprint, sizeof f->fingerprint, "0123456789abcdef");
    put_words(f->identity, sizeof f->identity, "0123456789abcdef");
    f->details = strdup(text);
    f->trace = calloc(1, sizeof *f->trace);
    f->step = calloc(STEPS_MAX, sizeof *f->step);
    assert_non_null(f->trace);
    assert_non_null(f->step);
    f->trace->nr = 3;
    for (unsigned i = 0; i < 3; i++)
        f->trace->frame[i] = (struct frame){at, FRAME_CFI};
    for (; f->nr_steps < STEP_KINDS; f->nr_steps++)
        f->step[f->nr_steps] = (struct case_step){(enum step_kind)f->nr_steps, at};
    if (f->severity == SEVERITY_ERROR)
        r->exit_code = 1;
}

struct sample {
    struct matrix_layout layout[LAYOUTS];
    struct matrix_image image[2];
    struct matrix_case c[LAYOUTS * 2];
    struct matrix_result m;
};

/* Every state a case can be in, with @evil wherever a text goes that is not hvmbed's own. */
static struct sample *make_sample(const char *evil)
{
    struct sample *s = calloc(1, sizeof *s);
    assert_non_null(s);
    s->m = (struct matrix_result){.layout = s->layout,
                                  .nr_layouts = LAYOUTS,
                                  .image = s->image,
                                  .nr_images = 2,
                                  .c = s->c,
                                  .nr_cases = LAYOUTS * 2};
    for (size_t i = 0; i < LAYOUTS; i++)
        assert_true(asprintf(&s->layout[i].label, "layout-%zu%s", i, evil) > 0);
    for (size_t i = 0; i < 2; i++) {
        assert_true(asprintf(&s->image[i].label, "%c/OVMF.fd%s", 'A' + (char)i, evil) > 0);
        s->image[i].image.size = 0x200000;
    }
    for (size_t i = 0; i < s->m.nr_cases; i++) {
        s->c[i] = (struct matrix_case){.layout = i / 2, .image = i % 2, .handoff = "hvm"};
        s->c[i].result = (struct case_result){.state = CASE_BOOTED, .phase = PHASE_DXE, .virtual_ns = 1234567890};
        put_words(s->c[i].result.loader.name, sizeof s->c[i].result.loader.name, "hvmloader");
    }
    struct case_result *r = &s->c[0].result;
    char file[256];
    (void)snprintf(file, sizeof file, "/b/OvmfPkg/%s.c", evil);
    give(r, RULE_EXCEPTION, place(evil, file, 7), evil);
    give(r, RULE_EXCEPTION, place(evil, "/b/OvmfPkg/other.c", 8), "another");
    give(r, RULE_READ_UNPOPULATED, place(evil, "", 0), evil);
    r->log = strdup(evil);
    r->log_size = strlen(evil);
    r->dropped = 2;
    give(&s->c[1].result, RULE_LOW_MEMORY, place("", "", 0), "warns");
    s->c[1].result.finding[0].has_blamed = false;
    s->c[2].result.exit_code = 3;
    s->c[2].result.ending = END_BUDGET;
    put_words(s->c[2].result.detail, sizeof s->c[2].result.detail, evil);
    s->c[3].result = (struct case_result){.state = CASE_NOT_APPLICABLE};
    put_words(s->c[3].result.reason, sizeof s->c[3].result.reason, evil);
    s->c[4].result = (struct case_result){.state = CASE_LOST, .exit_code = 3};
    put_words(s->c[4].result.reason, sizeof s->c[4].result.reason, evil);
    s->c[5].result.exit_code = 70;
    s->c[5].result.ending = END_ENGINE;
    give(&s->c[6].result, RULE_EXCEPTION, place(evil, file, 7), evil);
    assert_true(fold(&s->m));
    return s;
}

static void free_sample(struct sample *s)
{
    fold_free(&s->m.summary);
    for (size_t i = 0; i < s->m.nr_cases; i++)
        case_result_free(&s->c[i].result);
    for (size_t i = 0; i < LAYOUTS; i++)
        free(s->layout[i].label);
    for (size_t i = 0; i < 2; i++)
        free(s->image[i].label);
    free(s);
}

static char *written(const struct sample *s, const struct report_writer *w)
{
    static const struct report_style style = {0};
    char *text = NULL;
    size_t n;
    FILE *out = open_memstream(&text, &n);
    assert_non_null(out);
    assert_true(w->write_matrix(&s->m, &style, out));
    assert_int_equal(fclose(out), 0);
    return text;
}

/* For tests/report, where other programs read them. */
static void keep(const char *kind, const struct report_writer *w, const char *text)
{
    const char *samples = getenv("REPORT_SAMPLES");
    char path[512];
    if (samples == NULL)
        return;
    (void)snprintf(path, sizeof path, "%s/%s-%s%s", samples, kind, w->name, w->extension);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    (void)fputs(text, out);
    assert_int_equal(fclose(out), 0);
}

static void hostile(void **state)
{
    (void)state;
    struct sample *evil = make_sample(EVIL), *plain = make_sample("");
    for (const struct report_writer *w = report_writers; w->name != NULL; w++) {
        char *text = written(evil, w), *tame = written(plain, w);
        assert_true(text_is_safe(text, w->written));
        keep("hostile", w, text);
        keep("plain", w, tame);
        free(text);
        free(tame);
    }
    free_sample(evil);
    free_sample(plain);
}

static char *in_form(const char *name, const char *evil)
{
    struct sample *s = make_sample(evil);
    char *text = written(s, report_writer_find(name));
    free_sample(s);
    return text;
}

static size_t lines(const char *text)
{
    size_t n = 0;
    for (; *text != '\0'; text++)
        n += *text == '\n' ? 1 : 0;
    return n;
}

/* No text makes a line of its own, where lines are what a reader goes by. */
static void one_line_each(void **state)
{
    (void)state;
    static const char *const forms[] = {"github", "tap"};
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        char *evil = in_form(forms[i], EVIL), *plain = in_form(forms[i], "");
        /* Of equal reasons one is a line less. */
        assert_true(lines(evil) >= lines(plain) && lines(evil) <= lines(plain) + 4);
        free(evil);
        free(plain);
    }
    char *text = in_form("github", EVIL);
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n"))
        assert_true(strncmp(line, "::error ", 8) == 0 || strncmp(line, "::warning ", 10) == 0 ||
                    strncmp(line, "::notice ", 9) == 0);
    free(text);
}

static const char *string_at(const json_t *o, const char *a, const char *b)
{
    const json_t *at = json_object_get(o, a);
    return json_string_value(b != NULL ? json_object_get(at, b) : at);
}

/* The whole table, with all that is shown of a rule, at the index that a result gives. */
static void all_rules(void **state)
{
    (void)state;
    char *text = in_form("sarif", "");
    json_t *log = json_loads(text, 0, NULL);
    assert_non_null(log);
    const json_t *run = json_array_get(json_object_get(log, "runs"), 0);
    const json_t *list = json_object_get(json_object_get(json_object_get(run, "tool"), "driver"), "rules");
    assert_int_equal(json_array_size(list), RULE_COUNT);
    for (size_t i = 0; i < RULE_COUNT; i++) {
        const json_t *r = json_array_get(list, i);
        assert_string_equal(string_at(r, "id", NULL), rules[i].name);
        assert_string_equal(string_at(r, "fullDescription", "text"), rules[i].help);
        assert_string_equal(string_at(r, "defaultConfiguration", "level"), severity_name(rules[i].severity));
        assert_true(strlen(string_at(r, "shortDescription", "text")) == strlen(rules[i].title) + 1);
        assert_non_null(strstr(string_at(r, "help", "text"), rules[i].help));
        assert_non_null(strstr(string_at(r, "help", "markdown"), rules[i].name));
        const char *name = string_at(r, "name", NULL);
        assert_true(name[0] >= 'A' && name[0] <= 'Z' && strchr(name, '-') == NULL);
    }
    const json_t *results = json_object_get(run, "results");
    assert_int_equal(json_array_size(results), 4);
    for (size_t i = 0; i < json_array_size(results); i++) {
        const json_t *r = json_array_get(results, i);
        const json_int_t index = json_integer_value(json_object_get(r, "ruleIndex"));
        assert_string_equal(string_at(r, "ruleId", NULL), rules[index].name);
    }
    json_decref(log);
    free(text);
}

/* Two that are alike but for their number are still two. */
static void members(void **state)
{
    (void)state;
    struct sample *s = make_sample("");
    const struct matrix_summary *sum = &s->m.summary;
    assert_int_equal(sum->nr_findings, 4);
    for (size_t i = 0; i < sum->nr_findings; i++)
        assert_int_equal(ci_member(sum, i), i + 1);
    struct ci_source src;
    assert_true(ci_source(sum->finding[0].first, NULL, &src));
    assert_string_equal(src.file, "OvmfPkg/.c");
    assert_int_equal(src.line, 7);
    free_sample(s);
}

/* What has no line of its own is shown where it was called. */
static void shown_at_caller(void **state)
{
    (void)state;
    struct case_result r = {0};
    struct ci_source src;
    give(&r, RULE_EXCEPTION, place("PeiCore", "/usr/lib/gcc/a.h", 3), "x");
    struct case_finding *f = &r.finding[0];
    assert_false(ci_source(f, NULL, &src));
    f->trace->frame[2].at = place("SecMain", "/b/OvmfPkg/Sec/SecMain.c", 984);
    assert_true(ci_source(f, NULL, &src));
    assert_string_equal(src.file, "OvmfPkg/Sec/SecMain.c");
    f->has_blamed = false;
    assert_false(ci_source(f, NULL, &src));
    case_result_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(escapes),         cmocka_unit_test(sources),   cmocka_unit_test(hostile),
        cmocka_unit_test(one_line_each),   cmocka_unit_test(all_rules), cmocka_unit_test(members),
        cmocka_unit_test(shown_at_caller),
    };
    return cmocka_run_group_tests_name("formats", tests, NULL, NULL);
}
