/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Differences: gathered from lines, written and read again, and what of them counts. No boots. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "diff/entries.h"

static void fill(struct lines *l, const char *const *text)
{
    for (; *text != NULL; text += 2)
        assert_true(lines_add(l, text[0], text[1]));
}

static void lines_of_two(void **state)
{
    static const char *const a[] = {"one", "", "two", "", "two", "", "here 5", "k", "gone", "", NULL};
    static const char *const b[] = {"two", "", "new", "", "one", "", "there 5", "k", NULL};
    (void)state;
    struct diff_case c = {.state = DIFF_COMPARED};
    struct lines x = {0}, y = {0};
    fill(&x, a);
    fill(&y, b);
    assert_true(entry_lines(&c, DIFF_HOBS, &x, &y));
    assert_int_equal(c.same[DIFF_HOBS], 2);
    assert_int_equal(c.nr, 4);
    assert_string_equal(c.e[0].text, "two"); /* twice in A, once in B */
    assert_int_equal(c.e[0].mark, DIFF_GONE);
    assert_string_equal(c.e[1].text, "gone");
    assert_string_equal(c.e[2].text, "new");
    assert_int_equal(c.e[2].mark, DIFF_NEW);
    assert_string_equal(c.e[3].text, "here 5, is there 5");
    assert_int_equal(c.e[3].mark, DIFF_CHANGED);
    lines_free(&x);
    lines_free(&y);
    diff_case_free(&c);
}

static struct diff_case make_case(void)
{
    struct diff_case c = {.state = DIFF_COMPARED, .exit_code = {0, 1}, .handoff = "hvm", .dropped = 7};
    assert_true(entry_add(&c, DIFF_OUTCOME, DIFF_CHANGED, true, "was exit 0, is exit 1"));
    assert_true(entry_add(&c, DIFF_FINDINGS, DIFF_NEW, true, "error[exception] \033[2J"));
    assert_true(entry_add(&c, DIFF_FINDINGS, DIFF_GONE, false, "note"));
    assert_true(entry_numbers(&c, DIFF_WORK, "instructions", 5, UINT32_MAX));
    assert_true(entry_numbers(&c, DIFF_WORK, "charged", 5, 5));
    c.reached[1].at[LIMIT_LOG] = 77;
    return c;
}

static char *to_text(const struct diff_case *c)
{
    json_t *j = diff_case_json(c);
    char *text = json_dumps(j, 0);
    json_decref(j);
    assert_non_null(text);
    return text;
}

static void there_and_back(void **state)
{
    (void)state;
    struct diff_case c = make_case(), back;
    assert_null(strchr(c.e[1].text, '\033'));
    char *text = to_text(&c);
    assert_true(diff_case_read(text, strlen(text), &back));
    char *again = to_text(&back);
    assert_string_equal(text, again);
    assert_int_equal(back.nr, 4);
    assert_int_equal(back.same[DIFF_WORK], 1);
    assert_true(back.e[0].worse);
    assert_memory_equal(back.reached, c.reached, sizeof c.reached);
    assert_int_equal(back.e[3].b, UINT32_MAX);
    diff_case_free(&back);
    /* Nothing else gets through. */
    for (size_t cut = 0; cut < strlen(text); cut++)
        assert_false(diff_case_read(text, cut, &back));
    assert_false(diff_case_read(NULL, 0, &back));
    unsigned taken = 0;
    for (size_t i = 0; i < strlen(text); i++) {
        const char was = text[i];
        text[i] = '7';
        if (diff_case_read(text, strlen(text), &back)) {
            taken++;
            assert_true(back.exit_code[0] == 0 && back.exit_code[1] == 1);
        }
        diff_case_free(&back);
        text[i] = was;
    }
    assert_true(taken > 0); /* letters of texts */
    free(text);
    free(again);
    diff_case_free(&c);

    struct diff_case none = {.state = DIFF_ONE_SIDED, .reason = "B: no PVH entry"};
    text = to_text(&none);
    assert_true(diff_case_read(text, strlen(text), &back));
    assert_string_equal(back.reason, none.reason);
    free(text);
}

static int code_of(struct diff_case *c, unsigned fail_on)
{
    const struct diff_result r = {.c = c, .nr = 1, .fail_on = fail_on};
    return diff_exit_code(&r);
}

static void what_counts(void **state)
{
    const unsigned usual = 1u << DIFF_OUTCOME | 1u << DIFF_FINDINGS;
    (void)state;
    struct diff_case c = make_case();
    assert_int_equal(code_of(&c, usual), 1);
    c.e[0].worse = c.e[1].worse = false;
    assert_int_equal(code_of(&c, usual), 0);
    assert_int_equal(code_of(&c, 1u << DIFF_WORK), 1);
    assert_int_equal(code_of(&c, 1u << DIFF_HOBS), 0);
    c.exit_code[1] = 3;
    assert_int_equal(code_of(&c, usual), 3);
    assert_int_equal(code_of(&c, 1u << DIFF_WORK), 1);
    c.exit_code[0] = 70;
    assert_int_equal(code_of(&c, usual), 70);
    diff_case_free(&c);
    struct diff_case none = {.state = DIFF_NOT_APPLICABLE};
    assert_int_equal(code_of(&none, usual), 0);
    none.state = DIFF_ONE_SIDED;
    assert_int_equal(code_of(&none, usual), 3);
}

static void limits(void **state)
{
    (void)state;
    struct diff_case c = {.state = DIFF_COMPARED};
    for (unsigned i = 0; i < DIFF_ENTRIES_MAX + 5; i++)
        assert_true(entry_numbers(&c, DIFF_EXITS, "x", 1, 2));
    assert_int_equal(c.nr, DIFF_ENTRIES_MAX);
    assert_int_equal(c.dropped, 5);
    diff_case_free(&c);
    for (unsigned s = 0; s < DIFF_SECTIONS; s++) {
        enum diff_section found;
        assert_true(diff_section_find(diff_section_name((enum diff_section)s), &found));
        assert_int_equal(found, s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lines_of_two), cmocka_unit_test(there_and_back),
                                       cmocka_unit_test(what_counts), cmocka_unit_test(limits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
