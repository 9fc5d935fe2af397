/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Coverage added up, the drcov writer, and the line number programs that lcov's lines come from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "build_fd.h"
#include "cover/coverage.h"
#include "debug/line_program.h"

/* --- adding up ---------------------------------------------------------------------------------------------------- */

/* A coverage of one module with these blocks, as a run leaves it. */
static void fill(struct coverage *c, const char *path, uint8_t image, const struct cover_block *b, size_t nr)
{
    memset(c, 0, sizeof *c);
    c->module = calloc(1, sizeof *c->module);
    assert_non_null(c->module);
    struct cover_module *m = &c->module[0];
    *m = (struct cover_module){.path = strdup(path), .image = {image}, .base = 0x820140, .size = 0x6000, .entry = 0x10};
    m->block = malloc(nr * sizeof *b);
    assert_non_null(m->block);
    memcpy(m->block, b, nr * sizeof *b);
    m->nr = m->room = nr;
    c->nr = c->room = 1;
}

static const struct cover_block one[] = {{0x40, 7}, {0x10, 9}, {0x40, 7}, {0x40, 3}};
static const struct cover_block two[] = {{0x20, 2}, {0x10, 9}};

static void test_sorted_each_once(void **state)
{
    (void)state;
    struct coverage c;
    fill(&c, "a/X.efi", 1, one, 4);
    coverage_sort(&c);
    static const struct cover_block expected[] = {{0x10, 9}, {0x40, 3}, {0x40, 7}};
    assert_int_equal(c.module[0].nr, 3);
    assert_memory_equal(c.module[0].block, expected, sizeof expected);
    coverage_free(&c);
}

static void test_merge(void **state)
{
    (void)state;
    struct coverage all = {0}, a, b, other;
    fill(&a, "a/X.efi", 1, one, 4);
    fill(&b, "a/X.efi", 1, two, 2);
    fill(&other, "a/X.efi", 2, two, 2); /* of another image, though it is called the same */
    for (unsigned i = 0; i < 1000; i++) {
        coverage_merge(&all, &a);
        coverage_merge(&all, &b);
    }
    coverage_merge(&all, &other);
    coverage_sort(&all);
    assert_int_equal(all.nr, 2);
    assert_int_equal(all.module[0].nr, 4);
    assert_true(all.module[0].room <= 512); /* a thousand times the same takes no room */
    assert_int_equal(all.module[1].nr, 2);
    assert_ptr_not_equal(all.module[0].path, a.module[0].path);
    assert_false(all.lost);
    coverage_free(&a);
    coverage_free(&b);
    coverage_free(&other);
    coverage_free(&all);
}

/* --- writing ------------------------------------------------------------------------------------------------------ */

static void test_drcov(void **state)
{
    (void)state;
    static const char text[] = "DRCOV VERSION: 2\nDRCOV FLAVOR: hvmbed\nModule Table: version 2, count 1\n"
                               "Columns: id, base, end, entry, path\n"
                               "  0, 0x0000000000820140, 0x0000000000826140, 0x0000000000820150, a?b/X.efi\n"
                               "BB Table: 2 bbs\n";
    static const uint8_t blocks[] = {0x10, 0, 0, 0, 9, 0, 0, 0, 0x20, 0, 0, 0, 2, 0, 0, 0};
    struct coverage c;
    struct diag d = {0};
    char *bytes = NULL;
    size_t size = 0;
    fill(&c, "a\nb/X.efi", 1, two, 2); /* a line break in a name must not end the line */
    coverage_sort(&c);
    FILE *out = open_memstream(&bytes, &size);
    assert_non_null(out);
    assert_true(cover_write_drcov(&c, out, &d));
    assert_int_equal(fclose(out), 0);
    assert_int_equal(size, sizeof text - 1 + sizeof blocks);
    assert_memory_equal(bytes, text, sizeof text - 1);
    assert_memory_equal(bytes + sizeof text - 1, blocks, sizeof blocks);
    free(bytes);
    coverage_free(&c);
}

static void test_formats(void **state)
{
    (void)state;
    assert_string_equal(cover_format_find(NULL, "x/a.info")->name, "lcov");
    assert_string_equal(cover_format_find(NULL, "a.drcov")->name, "drcov");
    assert_string_equal(cover_format_find(NULL, "info")->name, "drcov");
    assert_string_equal(cover_format_find("drcov", "a.info")->name, "drcov");
    assert_null(cover_format_find("html", "a.info"));
}

static void test_lcov_needs_lines(void **state)
{
    (void)state;
    struct coverage c;
    struct diag d = {0};
    char *bytes = NULL;
    size_t size = 0;
    fill(&c, "a/X.efi", 1, two, 2);
    FILE *out = open_memstream(&bytes, &size);
    assert_non_null(out);
    assert_false(cover_write_lcov(&c, out, &d));
    assert_non_null(strstr(d.message, "--symbols"));
    assert_int_equal(fclose(out), 0);
    assert_int_equal(size, 0);
    free(bytes);
    coverage_free(&c);
}

/* --- line number programs ----------------------------------------------------------------------------------------- */

/* Version 4; line_base -5, line_range 14, opcode_base 13; no folders, no files. */
#define HEADER                                                                                     \
    4, 0, 22, 0, 0, 0, 1, 1, 1, 0xfb, 14, 13, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1, /* 12 lengths */ \
        0, 0, 0, 0
static const uint8_t program[] = {
    68,   0,    0, 0, HEADER,                      /* */
    0,    9,    2, 0, 0x10,   0, 0, 0, 0, 0, 0,    /* address 0x1000 */
    3,    9,                                       /* line 10 */
    1,                                             /* row: 0x1000, 10 */
    0x4b,                                          /* special: +4, +1: 0x1004, 11 */
    8,                                             /* +17 bytes: 0x1015 */
    3,    0x7c, 1,                                 /* line - 4: row 0x1015, 7 */
    2,    0x90, 1,                                 /* +0x90 */
    0,    1,    1,                                 /* end at 0x10a5 */
    0,    9,    2, 0, 0,      0, 0, 0, 0, 0, 0, 1, /* another one at 0, file 1, line 1 */
    0,    1,    1,
};

struct told {
    unsigned sequences;
    struct line_row row[8];
    size_t nr;
    uint64_t end;
};

static void on_sequence(void *self, const struct line_row *row, size_t nr, uint64_t end)
{
    struct told *t = self;
    if (t->sequences++ != 0)
        return;
    assert_in_range(nr, 1, 8);
    memcpy(t->row, row, nr * sizeof *row);
    t->nr = nr;
    t->end = end;
}

static bool read_program(const uint8_t *bytes, size_t n, struct told *t)
{
    uint8_t *p = build_exact(bytes, n);
    memset(t, 0, sizeof *t);
    const bool ok = line_program_read(p, n, 0, on_sequence, t);
    free(p);
    return ok;
}

static void test_line_program(void **state)
{
    (void)state;
    struct told t;
    uint8_t bytes[sizeof program];
    memcpy(bytes, program, sizeof bytes);
    bytes[0] = sizeof program - 4;
    assert_true(read_program(bytes, sizeof bytes, &t));
    assert_int_equal(t.sequences, 2);
    static const struct line_row expected[] = {{0x1000, 1, 10}, {0x1004, 1, 11}, {0x1015, 1, 7}};
    assert_int_equal(t.nr, 3);
    assert_memory_equal(t.row, expected, sizeof expected);
    assert_int_equal(t.end, 0x10a5);
}

/* However it is cut or damaged: never a byte beyond. */
static void test_line_program_damaged(void **state)
{
    (void)state;
    struct told t;
    uint8_t bytes[sizeof program];
    for (size_t n = 0; n < sizeof program; n++) {
        memcpy(bytes, program, sizeof bytes);
        assert_false(read_program(bytes, n, &t)); /* its length says more */
        bytes[0] = n > 4 ? (uint8_t)(n - 4) : 0;
        (void)read_program(bytes, n, &t);
    }
    for (size_t at = 0; at < sizeof program; at++)
        for (unsigned v = 0; v < 256; v++) {
            memcpy(bytes, program, sizeof bytes);
            bytes[0] = sizeof program - 4;
            bytes[at] = (uint8_t)v;
            struct told *any = &t;
            memset(any, 0, sizeof *any);
            any->sequences = 1; /* rows may be any number */
            uint8_t *p = build_exact(bytes, sizeof bytes);
            (void)line_program_read(p, sizeof bytes, 0, on_sequence, any);
            free(p);
        }
    assert_false(line_program_read(program, sizeof program, sizeof program + 1, on_sequence, &t));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sorted_each_once),
        cmocka_unit_test(test_merge),
        cmocka_unit_test(test_drcov),
        cmocka_unit_test(test_formats),
        cmocka_unit_test(test_lcov_needs_lines),
        cmocka_unit_test(test_line_program),
        cmocka_unit_test(test_line_program_damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
