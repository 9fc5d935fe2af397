/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a verdict says about a commit; and that a build is not waited for longer than it may take. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bisect/build.h"
#include "bisect/judge.h"

static struct verdict *make_verdict(enum ending ending)
{
    struct verdict *v = calloc(1, sizeof *v);
    assert_non_null(v);
    v->ending = ending;
    return v;
}

static struct finding *add(struct verdict *v, enum rule_id rule, enum severity severity)
{
    struct finding *f = verdict_add_finding(v);
    f->rule = rule;
    f->severity = severity;
    (void)snprintf(f->at.module, sizeof f->at.module, "PeiCore");
    (void)snprintf(f->text, sizeof f->text, "\033[2J");
    f->at.offset = 0x10;
    return f;
}

static void judged(const struct sought *s, struct verdict *v, enum bisect_answer expected)
{
    struct judgement j;
    bisect_judge(s, v, &j);
    if (j.answer != expected)
        fail_msg("%s: %s", bisect_word(j.answer, false), j.why);
    assert_null(strchr(j.why, '\033'));
    verdict_free(v);
    free(v);
}

static void any_error(void **state)
{
    (void)state;
    const struct sought any = {.nr_rules = 0};
    judged(&any, make_verdict(END_HANDOFF), BISECT_GOOD);
    judged(&any, make_verdict(END_REACHED), BISECT_GOOD);
    judged(&any, make_verdict(END_BUDGET), BISECT_SKIP);
    judged(&any, make_verdict(END_UNSUPPORTED), BISECT_SKIP);
    judged(&any, make_verdict(END_ENGINE), BISECT_ABORT);
    struct verdict *v = make_verdict(END_HANDOFF);
    add(v, RULE_READ_NULL, SEVERITY_WARNING);
    judged(&any, v, BISECT_GOOD);
    v = make_verdict(END_BUDGET); /* an error stands, however the run ended after it */
    add(v, RULE_READ_NULL, SEVERITY_ERROR);
    judged(&any, v, BISECT_BAD);
    v = make_verdict(END_FINDING);
    add(v, RULE_EXCEPTION, SEVERITY_WARNING);
    judged(&any, v, BISECT_BAD);
}

static void one_rule(void **state)
{
    (void)state;
    struct sought s = {.nr_rules = 1};
    s.rule[RULE_READ_NULL] = true;
    struct verdict *v = make_verdict(END_HANDOFF);
    add(v, RULE_READ_NULL, SEVERITY_NOTE);
    judged(&s, v, BISECT_BAD);
    v = make_verdict(END_HANDOFF);
    add(v, RULE_WRITE_IMAGE, SEVERITY_ERROR);
    judged(&s, v, BISECT_GOOD);
    v = make_verdict(END_FINDING); /* it might have come behind */
    add(v, RULE_EXCEPTION, SEVERITY_ERROR);
    judged(&s, v, BISECT_SKIP);
    v = make_verdict(END_ENGINE);
    add(v, RULE_READ_NULL, SEVERITY_WARNING);
    judged(&s, v, BISECT_BAD);
}

static void prints(void **state)
{
    (void)state;
    char fingerprint[FINGERPRINT_SIZE], family[FINGERPRINT_SIZE];
    struct verdict *v = make_verdict(END_HANDOFF);
    const struct finding *f = add(v, RULE_READ_NULL, SEVERITY_WARNING);
    finding_fingerprint(f, fingerprint);
    finding_family(f, family);
    struct sought by_print = {.nr_rules = 0}, by_family = {.nr_rules = 0}, none = {.nr_rules = 0};
    assert_true(sought_print(&by_print, fingerprint) && sought_print(&by_family, "0000000000000000") &&
                sought_print(&by_family, family) && sought_print(&none, "0000000000000000"));
    struct verdict *moved = make_verdict(END_HANDOFF), *other = make_verdict(END_HANDOFF);
    add(moved, RULE_READ_NULL, SEVERITY_WARNING)->at.offset = 0x20;
    verdict_copy(other, v);
    struct verdict *again = make_verdict(END_HANDOFF);
    verdict_copy(again, v);
    judged(&by_print, v, BISECT_BAD);
    judged(&by_family, moved, BISECT_BAD);
    judged(&none, other, BISECT_GOOD);
    again->findings.f[0].at.offset = 0x20;
    judged(&by_print, again, BISECT_GOOD);
}

static void codes(void **state)
{
    (void)state;
    assert_int_equal(bisect_exit_code(BISECT_GOOD, false), 0);
    assert_int_equal(bisect_exit_code(BISECT_BAD, false), 1);
    assert_int_equal(bisect_exit_code(BISECT_GOOD, true), 1);
    assert_int_equal(bisect_exit_code(BISECT_BAD, true), 0);
    assert_int_equal(bisect_exit_code(BISECT_SKIP, false), 125);
    assert_int_equal(bisect_exit_code(BISECT_SKIP, true), 125);
    assert_int_equal(bisect_worse(BISECT_GOOD, BISECT_SKIP), BISECT_SKIP);
    assert_int_equal(bisect_worse(BISECT_BAD, BISECT_SKIP), BISECT_BAD);
    assert_int_equal(bisect_worse(BISECT_BAD, BISECT_ABORT), BISECT_ABORT);
    assert_int_equal(bisect_worse(BISECT_GOOD, BISECT_GOOD), BISECT_GOOD);
}

static void built(const char *command, unsigned seconds, enum build_end end, int value)
{
    const struct build_setup s = {.command = command, .seconds = seconds};
    struct build_result r;
    struct diag d = {0};
    assert_true(build_run(&s, &r, &d));
    assert_int_equal(r.end, end);
    assert_int_equal(r.value, value);
}

static void builds(void **state)
{
    (void)state;
    built("true", 0, BUILD_DONE, 0);
    built("exit 3", 60, BUILD_FAILED, 3);
    built("kill -9 $$", 0, BUILD_SIGNAL, 9);
    built("test -z \"$(cat)\"", 60, BUILD_DONE, 0); /* nothing to read */
    built("sleep 100 & wait", 1, BUILD_LATE, 0);
    const struct build_setup s = {.command = "true", .log = "/no/such/folder/log"};
    struct build_result r;
    struct diag d = {0};
    assert_false(build_run(&s, &r, &d));
    assert_string_equal(d.file, s.log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_error), cmocka_unit_test(one_rule), cmocka_unit_test(prints),
        cmocka_unit_test(codes),     cmocka_unit_test(builds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
