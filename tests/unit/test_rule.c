/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "check/finding.h"

static void table(void **state)
{
    (void)state;
    for (size_t i = 0; i < RULE_COUNT; i++) {
        const struct rule *r = &rules[i];
        assert_int_equal(r->id, i);
        assert_non_null(r->name);
        for (const char *c = r->name; *c != '\0'; c++)
            assert_true(islower((unsigned char)*c) || *c == '-');
        assert_true(r->title != NULL && strlen(r->title) > 3);
        assert_true(r->help != NULL && r->help[strlen(r->help) - 1] == '.');
        assert_ptr_equal(rule_find(r->name), r); /* so names are unique, too */
    }
    assert_null(rule_find("write"));
    assert_null(rule_find(""));
}

static void consequences(void **state)
{
    (void)state;
    assert_int_equal(rules[RULE_WRITE_RESERVED].then, GO_ON_THROUGH);
    assert_int_equal(rules[RULE_WRITE_LIVE].then, GO_ON_DROPPED);
    assert_int_equal(rules[RULE_WRITE_UNPOPULATED].then, GO_ON_DROPPED);
    assert_int_equal(rules[RULE_EXEC_NULL].then, STOP);
    assert_int_equal(rules[RULE_EXEC_UNKNOWN].then, GO_ON_THROUGH);
    assert_int_equal(rules[RULE_READ_RESERVED].severity, SEVERITY_WARNING);
    assert_int_equal(rules[RULE_READ_UNPOPULATED].severity, SEVERITY_WARNING);
    /* Nothing that stops a run is less than an error. */
    for (size_t i = 0; i < RULE_COUNT; i++)
        assert_true(rules[i].then != STOP || rules[i].severity == SEVERITY_ERROR);
}

/* docs/rules.md has one table row for each rule, in order, with the table's severity and consequence. */
static void manual(void **state)
{
    (void)state;
    static const char *const then[] = {[GO_ON_THROUGH] = "let through", [GO_ON_DROPPED] = "dropped", [STOP] = "stop"};
    const char *src = getenv("SRC");
    if (src == NULL)
        skip();
    char path[4096], line[2048];
    (void)snprintf(path, sizeof path, "%s/docs/rules.md", src);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    size_t seen = 0;
    while (fgets(line, sizeof line, f) != NULL) {
        if (strncmp(line, "| `", 3) != 0)
            continue;
        assert_true(seen < RULE_COUNT);
        const struct rule *r = &rules[seen++];
        char start[128];
        (void)snprintf(start, sizeof start, "| `%s` | %s | %s |", r->name, severity_name(r->severity), then[r->then]);
        if (strncmp(line, start, strlen(start)) != 0)
            fail_msg("docs/rules.md: \"%.60s\" does not start with \"%s\"", line, start);
    }
    (void)fclose(f);
    assert_int_equal(seen, RULE_COUNT);
}

static void names(void **state)
{
    (void)state;
    assert_string_equal(severity_name(SEVERITY_NOTE), "note");
    assert_string_equal(severity_name(SEVERITY_ERROR), "error");
    assert_string_equal(severity_name((enum severity)9), "?");
    assert_string_equal(ending_name(END_HANDOFF), "handoff");
    assert_string_equal(ending_name(END_ENGINE), "engine");
    assert_string_equal(cpu_reg_names[0], "rax");
    assert_string_equal(cpu_reg_names[3], "rbx"); /* the encoding's order */
    assert_string_equal(cpu_reg_names[4], "rsp");
    assert_string_equal(cpu_reg_names[15], "r15");
}

static void exit_codes(void **state)
{
    (void)state;
    static const struct {
        enum ending ending;
        int clean, warned, failed;
    } cases[] = {
        {END_HANDOFF, 0, 0, 1},     {END_FINDING, 1, 1, 1},  {END_BUDGET, 3, 3, 1},
        {END_UNSUPPORTED, 3, 3, 1}, {END_ENGINE, 70, 70, 1},
    };
    struct verdict *v = calloc(1, sizeof *v);
    assert_non_null(v);
    for (size_t i = 0; i < 3; i++)
        assert_non_null(verdict_add_finding(v));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        v->ending = cases[i].ending;
        v->findings.nr = 0;
        assert_int_equal(findings_worst(&v->findings), -1);
        assert_int_equal(verdict_exit_code(v), cases[i].clean);
        v->findings.nr = 3;
        v->findings.f[0].severity = SEVERITY_NOTE;
        v->findings.f[1].severity = SEVERITY_WARNING;
        v->findings.f[2].severity = SEVERITY_NOTE;
        assert_int_equal(findings_worst(&v->findings), SEVERITY_WARNING);
        assert_int_equal(verdict_exit_code(v), cases[i].warned);
        v->findings.f[1].severity = SEVERITY_ERROR;
        assert_int_equal(findings_worst(&v->findings), SEVERITY_ERROR);
        assert_int_equal(verdict_exit_code(v), cases[i].failed);
    }
    verdict_free(v);
    free(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table), cmocka_unit_test(consequences), cmocka_unit_test(manual),
        cmocka_unit_test(names), cmocka_unit_test(exit_codes),
    };
    return cmocka_run_group_tests_name("rule", tests, NULL, NULL);
}
