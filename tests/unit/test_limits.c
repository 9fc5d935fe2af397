/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of limits: what --limit takes, what is said where one was met, and that docs/limits.md and the help tell of all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "cli/sandbox.h"

#define ALL (LIMIT_OF_GUEST | LIMIT_OF_IMAGE | LIMIT_OF_PROCESS)

static void the_table(void **state)
{
    (void)state;
    for (unsigned i = 0; i < LIMITS; i++) {
        const struct limit_row *r = &limit_rows[i];
        assert_true(r->name != NULL && strspn(r->name, "abcdefghijklmnopqrstuvwxyz") == strlen(r->name));
        assert_true(r->of == LIMIT_OF_GUEST || r->of == LIMIT_OF_IMAGE || r->of == LIMIT_OF_PROCESS);
        assert_true(r->standard != 0);
        if (!limit_is_fixed((enum limit_id)i))
            assert_true(0 < r->least && r->least <= r->standard && r->standard < r->most);
        for (unsigned j = 0; j < i; j++)
            assert_string_not_equal(r->name, limit_rows[j].name);
        assert_true(limit(NULL, (enum limit_id)i) == r->standard);
        assert_true(limit(&(struct limits){.max = {0}}, (enum limit_id)i) == r->standard);
    }
}

/* Each from its least to its most, and not one further. */
static void bounds(void **state)
{
    (void)state;
    for (unsigned i = 0; i < LIMITS; i++) {
        const struct limit_row *r = &limit_rows[i];
        const uint64_t good[] = {r->least, r->most}, bad[] = {r->least - 1, r->most + 1};
        struct limits l = {.max = {0}};
        struct diag d = {0};
        char text[64];
        for (unsigned k = 0; k < 2; k++) {
            if (limit_is_fixed((enum limit_id)i)) {
                (void)snprintf(text, sizeof text, "%s=5", r->name);
                assert_false(limits_set(&l, text, ALL, &d));
                assert_non_null(strstr(d.message, "is fixed"));
                continue;
            }
            (void)snprintf(text, sizeof text, "%s=%llu", r->name, (unsigned long long)good[k]);
            assert_true(limits_set(&l, text, ALL, &d));
            assert_true(limit(&l, (enum limit_id)i) == good[k]);
            (void)snprintf(text, sizeof text, "%s=%llu", r->name, (unsigned long long)bad[k]);
            assert_false(limits_set(&l, text, ALL, &d));
            assert_non_null(strstr(d.message, "give a number from"));
            assert_false(limits_set(&l, text, ALL & ~(unsigned)r->of, &d));
            assert_non_null(strstr(d.message, "one of the names"));
            assert_true(limit(&l, (enum limit_id)i) == good[k]);
        }
    }
}

static void amounts(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t log; /* 0: refused */
    } cases[] = {
        {"log=1", 1},
        {"log=1K", 1024},
        {"log=3M", 3u << 20},
        {"log=1G", 1u << 30},
        {"log=2G", 0},
        {"log=", 0},
        {"log", 0},
        {"log=0", 0},
        {"log=0K", 0},
        {"log=-1", 0},
        {"log=+1", 0},
        {"log= 1", 0},
        {"log=1k", 0},
        {"log=1KB", 0},
        {"log=0x10", 0},
        {"log=1.5M", 0},
        {"log=1 ", 0},
        {"logs=1", 0},
        {"lo=1", 0},
        {"=1", 0},
        {"", 0},
        {"log=99999999999999999999999", 0},
        {"log=18446744073709551615G", 0},
        {"log=9999999999999999G", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct limits l = {.max = {0}};
        struct diag d = {0};
        const bool ok = limits_set(&l, cases[i].text, ALL, &d);
        if (ok != (cases[i].log != 0) || (ok && l.max[LIMIT_LOG] != cases[i].log))
            fail_msg("'%s': %d, %llu", cases[i].text, ok, (unsigned long long)l.max[LIMIT_LOG]);
        if (!ok)
            assert_true(d.message[0] != '\0' && strchr(d.message, '\n') == NULL);
    }
}

static void completed(void **state)
{
    (void)state;
    struct limits l = {.max = {0}}, saved = {.max = {0}};
    l.max[LIMIT_LOG] = 5;
    saved.max[LIMIT_LOG] = 6;
    saved.max[LIMIT_HOBS] = 7;
    limits_complete(&l, &saved);
    assert_int_equal(limit(&l, LIMIT_LOG), 5);
    assert_int_equal(limit(&l, LIMIT_HOBS), 7);
    assert_int_equal(limit(&l, LIMIT_TABLES), LIMIT_TABLES_DEFAULT);
}

static void met(void **state)
{
    (void)state;
    struct limits l = {.max = {0}};
    struct limits_reached a = {.at = {0}}, b = {.at = {0}};
    char text[LIMIT_TEXT_SIZE], option[LIMIT_OPTION_SIZE];
    l.max[LIMIT_FINDINGS] = 9;
    limit_reach(&a, LIMIT_FINDINGS, &l, false);
    assert_false(limits_any(&a));
    limit_reach(&a, LIMIT_FINDINGS, &l, true);
    limit_reach(&b, LIMIT_WATCHES, NULL, true);
    limits_merge(&b, &a);
    assert_true(limits_any(&a) && b.at[LIMIT_FINDINGS] == 9 && b.at[LIMIT_WATCHES] == LIMIT_WATCHES_DEFAULT);
    limit_text(LIMIT_FINDINGS, 9, text);
    assert_string_equal(text, "findings=9 was reached (findings that differ); --limit findings=N raises it");
    limit_text(LIMIT_WATCHES, 128, text);
    assert_string_equal(text, "watches=128 was reached (xenstore watches, as in xenstored); no option raises it");
    for (unsigned i = 0; i < LIMITS; i++) { /* what is said can be said */
        limit_option((enum limit_id)i, option);
        assert_int_equal(option[0] == '\0', limit_is_fixed((enum limit_id)i));
        limit_text((enum limit_id)i, UINT64_MAX, text);
        assert_true(strlen(text) + 1 < sizeof text);
    }
}

/* The default as the documentation writes it: the largest unit of which it is a whole number. */
static void in_words(uint64_t n, char out[32])
{
    static const char *const units[] = {"", " KiB", " MiB", " GiB"};
    unsigned u = 0;
    for (; u < 3 && n % 1024 == 0; u++)
        n /= 1024;
    (void)snprintf(out, 32, "%llu%s", (unsigned long long)n, units[u]);
}

/* Of each limit a row "| `name` | default | …". */
static void documented(void **state)
{
    (void)state;
    const char *src = getenv("SRC");
    char path[512], line[1024];
    bool seen[LIMITS] = {false};
    (void)snprintf(path, sizeof path, "%s/docs/limits.md", src != NULL ? src : ".");
    FILE *in = fopen(path, "r");
    if (in == NULL)
        skip();
    while (fgets(line, sizeof line, in) != NULL)
        for (unsigned i = 0; i < LIMITS; i++) {
            const struct limit_row *r = &limit_rows[i];
            char head[64], words[32], start[128], plain[128];
            (void)snprintf(head, sizeof head, "| `%s` |", r->name);
            if (strncmp(line, head, strlen(head)) != 0)
                continue;
            in_words(r->standard, words);
            (void)snprintf(start, sizeof start, "%s %s", head, words);
            (void)snprintf(plain, sizeof plain, "%s %llu", head, (unsigned long long)r->standard);
            if (strncmp(line, start, strlen(start)) != 0 && strncmp(line, plain, strlen(plain)) != 0)
                fail_msg("docs/limits.md: `%s` has another default: %s", r->name, line);
            if ((strstr(line, "no option") != NULL) != limit_is_fixed((enum limit_id)i))
                fail_msg("docs/limits.md: `%s`: whether it has an option", r->name);
            seen[i] = true;
        }
    (void)fclose(in);
    for (unsigned i = 0; i < LIMITS; i++)
        if (!seen[i])
            fail_msg("docs/limits.md does not tell of `%s`", limit_rows[i].name);
}

/* Is @name one of a list "a, b, c"? */
static bool listed(const char *list, const char *name)
{
    const size_t n = strlen(name);
    for (const char *at = list; at != NULL; at = strchr(at, ',')) {
        at += strspn(at, ", ");
        if (strncmp(at, name, n) == 0 && (at[n] == ',' || at[n] == '\0'))
            return true;
    }
    return false;
}

static void helped(void **state)
{
    (void)state;
    for (unsigned i = 0; i < LIMITS; i++) {
        const struct limit_row *r = &limit_rows[i];
        const bool fixed = limit_is_fixed((enum limit_id)i);
        assert_int_equal(listed(LIMIT_HELP_GUEST, r->name), r->of == LIMIT_OF_GUEST && !fixed);
        assert_int_equal(listed(LIMIT_HELP_IMAGE, r->name), r->of == LIMIT_OF_IMAGE && !fixed);
        assert_int_equal(listed(LIMIT_HELP_PROCESS, r->name), r->of == LIMIT_OF_PROCESS && !fixed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table), cmocka_unit_test(bounds), cmocka_unit_test(amounts),
        cmocka_unit_test(completed), cmocka_unit_test(met),    cmocka_unit_test(documented),
        cmocka_unit_test(helped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
