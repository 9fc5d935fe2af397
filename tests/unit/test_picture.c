/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The scale of pictures, where their texts go, and what keeps text text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "picture/labels.h"
#include "picture/markup.h"
#include "picture/memory.h"
#include "picture/scale.h"
#include "picture/timeline.h"

static void scale_pieces(void **state)
{
    (void)state;
    const struct span mark[] = {
        {0x100000, 0x40000000}, {0, 0xa0000}, {0x200000, 0x201000}, {0x5000, 0x5000}, {0xfee00000, 0xfee01000}};
    struct scale s;
    assert_true(scale_make(&s, mark, sizeof mark / sizeof mark[0]));
    /* 0-a0000, hole, 100000-200000, -201000, -40000000, hole, fee00000-fee01000 */
    assert_int_equal(s.nr, 7);
    assert_true(s.p[1].broken && s.p[5].broken && !s.p[0].broken && !s.p[3].broken);
    /* Without gaps, each border where it was asked for. */
    for (size_t i = 1; i < s.nr; i++) {
        assert_int_equal(s.p[i].at.start, s.p[i - 1].at.end);
        assert_int_equal(s.p[i].y, s.p[i - 1].y + s.p[i - 1].height);
    }
    assert_int_equal(s.height, s.p[6].y + s.p[6].height);
    /* A page can be seen; a gigabyte is not 262144 times as high. */
    assert_true(s.p[3].height >= 7);
    assert_true(s.p[4].height > s.p[3].height && s.p[4].height < 8 * s.p[3].height);
    assert_int_equal(scale_y(&s, 0x200000), s.p[3].y);
    assert_int_equal(scale_y(&s, 0xfee01000), s.height);
    assert_int_equal(scale_y(&s, UINT64_MAX), s.height);
    /* Growing addresses never go up. */
    int last = 0;
    for (uint64_t gpa = 0; gpa < 0xff000000; gpa += 0x333000) {
        const int y = scale_y(&s, gpa);
        assert_true(y >= last && y <= s.height);
        last = y;
    }
    assert_null(scale_find(&s, 0xfee01000));
    assert_ptr_equal(scale_find(&s, 0x200fff), &s.p[3]);
    scale_stretch(&s, 1001);
    assert_int_equal(s.height, 1001);
    assert_int_equal(s.p[6].y + s.p[6].height, 1001);
    scale_stretch(&s, 10); /* never smaller */
    assert_int_equal(s.height, 1001);
    scale_free(&s);
}

static void scale_extremes(void **state)
{
    (void)state;
    struct scale s;
    assert_true(scale_make(&s, NULL, 0));
    assert_int_equal(s.height, 0);
    assert_int_equal(scale_y(&s, 5), 0);
    scale_stretch(&s, 100);
    scale_free(&s);
    const struct span all = {0, UINT64_MAX};
    assert_true(scale_make(&s, &all, 1));
    assert_int_equal(s.nr, 1);
    assert_true(scale_y(&s, UINT64_MAX - 1) <= s.height && scale_y(&s, UINT64_MAX / 2) >= s.height / 2 - 1);
    scale_free(&s);
}

static void check_labels(const struct label *l, size_t nr, int room)
{
    for (size_t i = 0; i < nr; i++) {
        assert_true(l[i].at >= (i != 0 ? l[i - 1].at + l[i - 1].height : 0));
        if (labels_need(l, nr) <= room)
            assert_true(l[i].at + l[i].height <= room);
    }
}

static void labels(void **state)
{
    (void)state;
    /* Where there is room each has its place. */
    struct label free[] = {{20, 10, 0}, {50, 10, 0}, {90, 10, 0}};
    labels_place(free, 3, 100);
    assert_int_equal(free[0].at, 15);
    assert_int_equal(free[1].at, 45);
    assert_int_equal(free[2].at, 85);
    /* Two that want the same place share the way. */
    struct label two[] = {{50, 10, 0}, {50, 10, 0}};
    labels_place(two, 2, 100);
    assert_int_equal(two[0].at, 40);
    assert_int_equal(two[1].at, 50);
    /* At both ends. */
    struct label low[] = {{0, 14, 0}, {1, 28, 0}, {2, 14, 0}, {98, 14, 0}, {100, 14, 0}};
    labels_place(low, 5, 100);
    check_labels(low, 5, 100);
    assert_int_equal(low[0].at, 0);
    assert_int_equal(low[4].at, 86);
    /* Too many: one below the other, never over each other. */
    struct label many[50];
    for (int i = 0; i < 50; i++)
        many[i] = (struct label){.want = i * 7 % 13, .height = 14};
    labels_place(many, 50, 100);
    check_labels(many, 50, 100);
    assert_int_equal(many[0].at, 0);
    /* Any that fit do. */
    unsigned seed = 1;
    for (int round = 0; round < 200; round++) {
        struct label some[40];
        int want = 0;
        for (int i = 0; i < 40; i++) {
            seed = seed * 1103515245 + 12345;
            want += (int)(seed >> 16) % 40;
            some[i] = (struct label){.want = want, .height = 14 * (1 + (int)(seed >> 20) % 2)};
        }
        const int room = labels_need(some, 40) + (int)(seed >> 16) % 300;
        labels_place(some, 40, room);
        check_labels(some, 40, room);
    }
}

static char *marked(const char *text)
{
    char *out = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&out, &size);
    assert_non_null(f);
    markup(f, text);
    assert_int_equal(fclose(f), 0);
    return out;
}

static void text_stays_text(void **state)
{
    (void)state;
    char *text = marked("<script>alert('x\"&\x1b\xff')</script>\n");
    assert_string_equal(text, "&lt;script&gt;alert(&#39;x&quot;&amp;\\x1b\\xff&#39;)&lt;/script&gt;\\x0a");
    free(text);
}

static void wrapping(void **state)
{
    (void)state;
    size_t from, length;
    assert_int_equal(wrap_count("", 10), 0);
    assert_int_equal(wrap_count("0123456789", 10), 1);
    assert_int_equal(wrap_count("0x1000 hvmloader info block", 20), 2);
    assert_true(wrap_line("0x1000 hvmloader info block", 20, 1, &from, &length));
    assert_int_equal(from, 17);
    assert_int_equal(length, 10);
    assert_int_equal(wrap_count("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 10), 3); /* nothing to break at */
    assert_false(wrap_line("abc", 10, 1, &from, &length));
}

static void sizes(void **state)
{
    (void)state;
    static const struct {
        uint64_t size;
        const char *text;
    } of[] = {{40, "40 bytes"}, {1, "1 byte"},      {0x1000, "4K"},        {0xa0000, "640K"}, {0x100000, "1M"},
              {0x18000, "96K"}, {0x40000000, "1G"}, {0x3ff00000, "1023M"}, {0xf00, "3.7K"},   {0x2a020, "~168K"}};
    for (size_t i = 0; i < sizeof of / sizeof of[0]; i++) {
        char text[SIZE_TEXT];
        size_format(of[i].size, text);
        assert_string_equal(text, of[i].text);
    }
}

static void times(void **state)
{
    (void)state;
    char text[TIME_TEXT];
    time_format(850, text);
    assert_string_equal(text, "850 ns");
    time_format(131139092, text);
    assert_string_equal(text, "131.139 ms");
    time_format(1234567890, text);
    assert_string_equal(text, "1.234 s");
}

static void boxes_join(void **state)
{
    (void)state;
    struct panel p = {.strips = 2};
    assert_non_null(panel_box(&p, (struct span){0, 0x1000}, 0, FILL_RAM, "%s", "low"));
    assert_non_null(panel_box(&p, (struct span){0, 0x1000}, 1, FILL_SEC, "%s", ""));
    assert_non_null(panel_box(&p, (struct span){0x1000, 0x2000}, 0, FILL_RAM, "%s", "low"));
    assert_int_equal(p.nr, 2);
    assert_int_equal(p.box[0].at.end, 0x2000);
    assert_non_null(panel_box(&p, (struct span){0x3000, 0x4000}, 0, FILL_RAM, "%s", "low"));
    assert_non_null(panel_box(&p, (struct span){0x4000, 0x5000}, 0, FILL_ACPI, "%s", "low"));
    assert_int_equal(p.nr, 4);
    assert_int_equal(panel_need(&p), 3 * LINE);
    panel_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scale_pieces),    cmocka_unit_test(scale_extremes), cmocka_unit_test(labels),
        cmocka_unit_test(text_stays_text), cmocka_unit_test(wrapping),       cmocka_unit_test(sizes),
        cmocka_unit_test(times),           cmocka_unit_test(boxes_join),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
