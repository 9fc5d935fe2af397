/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/marks.h"

#define MOST 300u

static uint32_t next_random(uint32_t *s)
{
    *s = *s * 1664525 + 1013904223;
    return *s >> 8;
}

/* Slow, and plainly right. */
static void insert_each(struct mark *m, size_t nr)
{
    for (size_t i = 1; i < nr; i++) {
        const struct mark one = m[i];
        size_t j = i;
        for (; j > 0 && m[j - 1].at > one.at; j--)
            m[j] = m[j - 1];
        m[j] = one;
    }
}

static void check(const struct mark *in, size_t nr)
{
    struct mark sorted[MOST + 1], spare[MOST + 1], want[MOST + 1];
    memcpy(sorted, in, nr * sizeof *in);
    memcpy(want, in, nr * sizeof *in);
    memset(&sorted[nr], 0xEE, sizeof sorted[nr]);
    memset(&spare[nr], 0xEE, sizeof spare[nr]);
    const struct mark behind = sorted[nr];
    marks_sort(sorted, spare, nr);
    insert_each(want, nr);
    assert_memory_equal(sorted, want, nr * sizeof *want);
    assert_memory_equal(&sorted[nr], &behind, sizeof behind);
    assert_memory_equal(&spare[nr], &behind, sizeof behind);
}

/* In stretches of every length, up, down and level; many at one place. */
static void random_marks(void **state)
{
    (void)state;
    uint32_t seed = 1;
    for (unsigned round = 0; round < 2000; round++) {
        struct mark m[MOST] = {{0, 0}};
        const size_t nr = next_random(&seed) % (round % 2 != 0 ? 8 : MOST);
        const uint32_t places = 1 + next_random(&seed) % 1000, breaks = 1 + next_random(&seed) % 50;
        uint64_t at = 0;
        for (size_t i = 0; i < nr; i++) {
            at = next_random(&seed) % breaks == 0 ? next_random(&seed) % places : at + next_random(&seed) % 3;
            m[i] = (struct mark){at, i};
        }
        check(m, nr);
    }
}

static void extremes(void **state)
{
    (void)state;
    struct mark m[MOST] = {{0, 0}};
    check(m, 0);
    for (size_t i = 0; i < MOST; i++)
        m[i] = (struct mark){UINT64_MAX - i, i};
    check(m, 1);
    check(m, 2);
    check(m, MOST);
    for (size_t i = 0; i < MOST; i++)
        m[i].at = i % 2 != 0 ? UINT64_MAX : 0;
    check(m, MOST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_marks),
        cmocka_unit_test(extremes),
    };
    return cmocka_run_group_tests_name("marks", tests, NULL, NULL);
}
