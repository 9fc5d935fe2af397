/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Case files: written and read again, refused where they are none, and compared. No boots. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "matrix/save.h"
#include "replay/saved.h"

static void put_words(char *out, size_t n, const char *text)
{
    (void)snprintf(out, n, "%s", text);
}
#define PUT(to, text) put_words(to, sizeof(to), text)

static void fill_file(struct saved_file *f, const char *path)
{
    PUT(f->path, path);
    f->size = 0x200000;
    memset(f->sha256, 'a', sizeof f->sha256 - 1);
}

static void fill_finding(struct saved_finding *f, const char *rule, const char *fingerprint, uint64_t offset)
{
    PUT(f->rule, rule);
    PUT(f->fingerprint, fingerprint);
    PUT(f->family, "d2a7fd35f6afda67");
    PUT(f->severity, "error");
    PUT(f->phase, "PEI-mem");
    PUT(f->access, "write");
    PUT(f->module, "PeiCore");
    PUT(f->text, "write to \\x01 \"memory\"");
    f->offset = offset;
    f->gpa = 0xfefff000;
    f->size = 4;
    f->value = UINT64_MAX;
    f->count = 3;
}

static struct saved *make_case(void)
{
    struct saved *s = calloc(1, sizeof *s);
    assert_non_null(s);
    PUT(s->hvmbed, "0.1.0");
    PUT(s->engine, "2.1.4");
    fill_file(&s->image, "Build/Grüße/OVMF.fd");
    PUT(s->handoff, "hvmloader");
    s->has_loader = true;
    fill_file(&s->loader, "hvmloader-4.17");
    PUT(s->layout_name, "hvm-4g.cfg");
    s->layout = strdup("type = \"hvm\"\nmemory = 4096\nbed_e820 = [\n    \"0x0-0xa0000 RAM\",\n]\n");
    PUT(s->disk[0].path, "disk.img");
    s->disk[0].vdev = 202 << 8;
    PUT(s->disk[0].mode, "r");
    memset(s->disk[0].sha256, 'b', sizeof s->disk[0].sha256 - 1);
    s->nr_disks = 1;
    PUT(s->until, "driver:Shell2");
    s->fill[0] = 0;
    s->fill[1] = 0xafafafafafafafaf;
    s->nr_fills = 2;
    s->budget = 8000000000;
    s->follow_low_exec = true;
    PUT(s->severity[0].rule, "read-null");
    s->severity[0].severity = SEVERITY_ERROR;
    s->nr_severities = 1;
    s->exit_code = 1;
    PUT(s->ending, "finding");
    PUT(s->phase, "PEI-mem");
    s->instructions = 3019616;
    s->finding = calloc(3, sizeof *s->finding);
    assert_non_null(s->finding);
    fill_finding(&s->finding[0], "write-reserved", "6eaa1c6eccd1782f", 0x27a5);
    fill_finding(&s->finding[1], "exception", "134fc46917824b84", 0x2fa);
    s->nr_findings = 2;
    return s;
}

static void free_case(struct saved *s)
{
    saved_free(s);
    free(s);
}

static char *written(const struct saved *s, size_t *n)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, n);
    assert_non_null(out);
    assert_true(saved_write(s, out));
    assert_int_equal(fclose(out), 0);
    return text;
}

static void there_and_back(void **state)
{
    (void)state;
    struct saved *s = make_case(), back = {0};
    struct diag d = {0};
    size_t n, m;
    char *text = written(s, &n);
    assert_true(saved_parse("x.json", text, n, &back, &d));
    assert_string_equal(back.layout, s->layout);
    assert_string_equal(back.image.path, s->image.path);
    assert_int_equal(back.nr_fills, 2);
    assert_int_equal(back.fill[1], s->fill[1]);
    assert_int_equal(back.severity[0].severity, SEVERITY_ERROR);
    assert_true(back.follow_low_exec);
    assert_false(back.unchecked);
    assert_memory_equal(back.finding, s->finding, 2 * sizeof *s->finding);
    char *twice = written(&back, &m);
    assert_int_equal(n, m);
    assert_memory_equal(text, twice, n);
    const char *to = getenv("REPORT_SAMPLES");
    if (to != NULL) {
        char path[4096];
        (void)snprintf(path, sizeof path, "%s/full.json", to);
        FILE *f = fopen(path, "w");
        assert_non_null(f);
        assert_true(fputs(text, f) >= 0);
        assert_int_equal(fclose(f), 0);
    }
    free(twice);
    free(text);
    saved_free(&back);
    free_case(s);
}

/* Those that were said are there; where none was, no word of them. */
static void limits(void **state)
{
    (void)state;
    struct saved *s = make_case(), back = {0};
    struct diag d = {0};
    size_t n;
    char *text = written(s, &n);
    assert_null(strstr(text, "limits"));
    free(text);
    for (unsigned i = 0; i < LIMITS; i++)
        s->limits.max[i] = limit_decides((enum limit_id)i) ? limit_rows[i].most : 0;
    text = written(s, &n);
    assert_true(saved_parse("x.json", text, n, &back, &d));
    assert_memory_equal(&back.limits, &s->limits, sizeof s->limits);
    free(text);
    saved_free(&back);
    s->limits.max[LIMIT_HOBS]++; /* more than it may be */
    text = written(s, &n);
    memset(&back, 0, sizeof back);
    assert_false(saved_parse("x.json", text, n, &back, &d));
    assert_non_null(strstr(d.message, "limits"));
    free(text);
    saved_free(&back);
    free_case(s);
}

/* Every key is needed, and each has a kind that others are not. */
static void damaged(void **state)
{
    (void)state;
    struct saved *s = make_case(), back;
    size_t n, refused = 0;
    char *text = written(s, &n);
    json_t *whole = json_loadb(text, n, 0, NULL);
    const char *key, *inner;
    json_t *v, *w;
    json_object_foreach(whole, key, v)
    {
        for (int how = 0; how < 2; how++) {
            json_t *copy = json_deep_copy(whole);
            if (how == 0)
                assert_int_equal(json_object_del(copy, key), 0);
            else
                assert_int_equal(json_object_set_new(copy, key, json_real(1.5)), 0);
            char *bytes = json_dumps(copy, 0);
            struct diag d = {0};
            memset(&back, 0, sizeof back);
            if (saved_parse("x.json", bytes, strlen(bytes), &back, &d))
                fail_msg("%s: taken", key);
            assert_string_equal(d.file, "x.json");
            assert_null(strchr(d.message, '\n'));
            refused++;
            saved_free(&back);
            free(bytes);
            json_decref(copy);
        }
        json_object_foreach(json_is_array(v) ? json_array_get(v, 0) : v, inner, w)
        {
            (void)w;
            json_t *copy = json_deep_copy(whole);
            json_t *at = json_object_get(copy, key);
            (void)json_object_del(json_is_array(at) ? json_array_get(at, 0) : at, inner);
            char *bytes = json_dumps(copy, 0);
            struct diag d = {0};
            memset(&back, 0, sizeof back);
            if (saved_parse("x.json", bytes, strlen(bytes), &back, &d))
                fail_msg("%s.%s: taken", key, inner);
            refused++;
            saved_free(&back);
            free(bytes);
            json_decref(copy);
        }
    }
    assert_true(refused > 50);
    for (size_t cut = 0; cut < n - 2; cut += 7) {
        struct diag d = {0};
        memset(&back, 0, sizeof back);
        assert_false(saved_parse("x.json", text, cut, &back, &d));
        saved_free(&back);
    }
    json_decref(whole);
    free(text);
    free_case(s);
}

static void refuse(const char *from, const char *to, const char *why)
{
    struct saved *s = make_case(), back = {0};
    struct diag d = {0};
    size_t n;
    char *text = written(s, &n), *at = strstr(text, from), *bytes;
    assert_non_null(at);
    assert_true(asprintf(&bytes, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from)) > 0);
    assert_false(saved_parse("x.json", bytes, strlen(bytes), &back, &d));
    if (strstr(d.message, why) == NULL)
        fail_msg("%s", d.message);
    free(bytes);
    free(text);
    saved_free(&back);
    free_case(s);
}

static void what_is_wrong_is_said(void **state)
{
    (void)state;
    refuse("hvmbed-case/1", "hvmbed-case/2", "schema");
    refuse("\"budget\": 8000000000", "\"budget\": -1", "options.budget");
    refuse("\"0xffffffffffffffff\"", "\"0x1ffffffffffffffff\"", "findings.value");
    refuse("134fc46917824b84", "134FC46917824B84", "findings.fingerprint");
    refuse("\"mode\": \"r\"", "\"mode\": \"x\"", "disks has a device or a mode");
    refuse("\"exceptions\": \"stop\"", "\"exceptions\": \"no\"", "options.exceptions");
    refuse("\"low_exec\": \"follow\"", "\"low_exec\": \"run\"", "options.low_exec");
    refuse("\"checks\": true", "\"checks\": true, \"luck\": 1", "a newer one wrote it");
    refuse("\"read-null\"", "\"no-rule\"", "a rule that this hvmbed does not know");
    refuse("driver:Shell2", "nowhere", "options.until");
    refuse("\"0xafafafafafafafaf\"", "\"0x0\"", "the same pattern twice");
    refuse("type = ", "type \\u001b[2J= ", "control characters");
    refuse("\"disks\"", "\"disks\": [], \"disks\"", "duplicate");
}

static void prepared(void **state)
{
    (void)state;
    struct saved *s = make_case();
    struct trial_options o = {0};
    struct layout l;
    struct diag d = {0};
    monitor_defaults(&o.monitor);
    free(s->layout);
    s->layout = strdup("type = \"pvh\"\nmemory = 512\n");
    assert_true(saved_prepare(s, "x.json", &l, &o, &d));
    assert_int_equal(l.type, GUEST_PVH);
    assert_int_equal(l.memory, 512 << 20);
    assert_string_equal(l.path, "hvm-4g.cfg");
    assert_string_equal(o.choice.handoff, "hvmloader");
    assert_int_equal(o.monitor.until.kind, UNTIL_DRIVER);
    assert_int_equal(o.monitor.severity[RULE_READ_NULL], SEVERITY_ERROR);
    assert_int_equal(o.nr_fills, 2);
    assert_int_equal(l.nr_disks, 1);
    assert_int_equal(l.disk[0].vdev, 202 << 8);
    assert_true(l.disk[0].read_only);
    free(s->layout);
    s->layout = strdup("type = \"pvh\"\nmemory = \"much\"\n");
    assert_false(saved_prepare(s, "x.json", &l, &o, &d));
    assert_string_equal(d.file, "x.json");
    assert_non_null(strstr(d.message, "line 2 of its layout"));
    free_case(s);
}

static void differ(const struct saved *a, const struct saved *b, const char *expected)
{
    struct difference_list l;
    char all[4096] = "";
    assert_true(saved_compare(a, b, &l));
    for (size_t i = 0; i < l.nr; i++) {
        const size_t n = strlen(all);
        (void)snprintf(all + n, sizeof all - n, "%s %s\n", difference_name(l.d[i].kind), l.d[i].text);
    }
    assert_string_equal(all, expected);
    difference_list_free(&l);
}

static void what_differs(void **state)
{
    (void)state;
    struct saved *a = make_case(), *b = make_case();
    differ(a, b, "");
    PUT(b->image.path, "elsewhere/OVMF.fd"); /* where it lies does not matter */
    differ(a, b, "");
    PUT(b->engine, "2.1.5");
    b->finding[0].gpa = 0x1000;
    PUT(b->finding[0].text, "other");
    b->exit_code = 3;
    differ(a, b,
           "tool Unicorn was 2.1.4, is 2.1.5\n"
           "outcome exit_code was 1, is 3\n"
           "field error[write-reserved] 6eaa1c6eccd1782f: gpa was 0xfefff000, is 0x1000\n"
           "field error[write-reserved] 6eaa1c6eccd1782f: text was \"write to \\x01 \"memory\"\", is \"other\"\n");
    free_case(b);
    b = make_case();
    b->nr_findings = 1;
    differ(a, b, "went error[exception] 134fc46917824b84 PeiCore+0x2fa: write to \\x01 \"memory\"\n");
    differ(b, a, "came error[exception] 134fc46917824b84 PeiCore+0x2fa: write to \\x01 \"memory\"\n");
    b->nr_findings = 2;
    fill_finding(&b->finding[1], "exception", "1111111111111111", 0x30a);
    differ(a, b,
           "moved error[exception] was 134fc46917824b84 at PeiCore+0x2fa, is 1111111111111111 at PeiCore+0x30a\n");
    /* The order does not matter, and the same one twice is two. */
    b->finding[1] = a->finding[0];
    b->finding[0] = a->finding[1];
    differ(a, b, "");
    b->finding[2] = a->finding[0];
    b->nr_findings = 3;
    differ(a, b, "came error[write-reserved] 6eaa1c6eccd1782f PeiCore+0x27a5: write to \\x01 \"memory\"\n");
    free_case(a);
    free_case(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_and_back),        cmocka_unit_test(limits),   cmocka_unit_test(damaged),
        cmocka_unit_test(what_is_wrong_is_said), cmocka_unit_test(prepared), cmocka_unit_test(what_differs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
