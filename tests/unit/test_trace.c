/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a trace's filter takes for one, and what it lets through. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "trace/filter.h"

static void texts(void **state)
{
    static const struct {
        const char *text;
        bool ok;
    } table[] = {
        {"kind=all", true},
        {"kind=read,write", true},
        {"kind=", false},
        {"kind=read,", false},
        {"kind=reads", false},
        {"phase=pei-mem,SEC", true},
        {"phase=loader", true},
        {"phase=BDS", false},
        {"module=PeiCore,SecMain", true},
        {"module=", false},
        {"range=0x1000-0x2000,a0000-100000", true},
        {"range=2000-1000", false},
        {"range=1000", false},
        {"range=-1-5", false},
        {"range=1000-10000000000000000", false},
        {"window=10-20", true},
        {"window=0x10-0x20", false},
        {"limit=1", true},
        {"limit=0", false},
        {"limit=many", false},
        {"lines=5", false},
        {"kind", false},
        {"", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct trace_filter f;
        trace_filter_defaults(&f);
        if (trace_filter_add(&f, table[i].text) != table[i].ok)
            fail_msg("%s", table[i].text);
    }
    struct trace_filter f;
    trace_filter_defaults(&f);
    for (unsigned i = 0; i < TRACE_LIST_MAX; i++)
        assert_true(trace_filter_add(&f, "module=x"));
    assert_false(trace_filter_add(&f, "module=x"));
}

static bool matches(const char *const *texts, enum trace_kind k, enum phase p, const char *module, uint64_t at,
                    uint64_t work)
{
    struct trace_filter f;
    trace_filter_defaults(&f);
    for (; *texts != NULL; texts++)
        assert_true(trace_filter_add(&f, *texts));
    return trace_matches(&f, k, p, module, at, work);
}
#define MATCHES(k, p, module, at, work, ...) matches((const char *const[]){__VA_ARGS__, NULL}, k, p, module, at, work)

static void matching(void **state)
{
    (void)state;
    const char *const none[] = {NULL};
    assert_true(matches(none, TRACE_PORT, PHASE_SEC, "", 0, 0));
    assert_true(matches(none, TRACE_PHASE, PHASE_LOADER, "", 0, 0));
    assert_false(matches(none, TRACE_READ, PHASE_SEC, "", 0, 0));
    assert_false(matches(none, TRACE_TSC, PHASE_SEC, "", 0, 0));
    /* The first kind= replaces the default, the next ones add. */
    assert_false(MATCHES(TRACE_PORT, PHASE_SEC, "", 0, 0, "kind=read"));
    assert_true(MATCHES(TRACE_PORT, PHASE_SEC, "", 0, 0, "kind=read", "kind=port"));
    assert_true(MATCHES(TRACE_WRITE, PHASE_SEC, "", 0, 0, "kind=memory"));
    assert_true(MATCHES(TRACE_TSC, PHASE_SEC, "", 0, 0, "kind=exits"));
    assert_false(MATCHES(TRACE_PORT, PHASE_SEC, "", 0, 0, "phase=PEI"));
    assert_true(MATCHES(TRACE_PORT, PHASE_LOADER, "", 0, 0, "phase=PEI,loader"));
    assert_true(MATCHES(TRACE_PORT, PHASE_PEI, "PeiCore", 0, 0, "module=SecMain", "module=PeiCore"));
    assert_false(MATCHES(TRACE_PORT, PHASE_PEI, "", 0, 0, "module=PeiCore"));
    assert_true(MATCHES(TRACE_READ, PHASE_PEI, "", 0x1fff, 0, "kind=read", "range=1000-2000"));
    assert_false(MATCHES(TRACE_READ, PHASE_PEI, "", 0x2000, 0, "kind=read", "range=1000-2000"));
    assert_true(MATCHES(TRACE_PORT, PHASE_PEI, "", 0, 10, "window=10-20"));
    assert_false(MATCHES(TRACE_PORT, PHASE_PEI, "", 0, 20, "window=10-20"));
}

static void names(void **state)
{
    (void)state;
    for (unsigned k = 0; k < TRACE_KINDS; k++) {
        char text[32];
        (void)snprintf(text, sizeof text, "kind=%s", trace_kind_name((enum trace_kind)k));
        for (unsigned other = 0; other < TRACE_KINDS; other++)
            assert_int_equal(MATCHES((enum trace_kind)other, PHASE_SEC, "", 0, 0, text), other == k);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(texts), cmocka_unit_test(matching), cmocka_unit_test(names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
