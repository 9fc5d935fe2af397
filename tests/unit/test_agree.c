/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/le.h"
#include "build_fd.h"
#include "image/agree.h"

#define N 300u
#define DELTA 0x820000u

static const struct span own = {0x3ffc8000, 0x3ffd0000};

static void fill(uint8_t *p)
{
    for (size_t i = 0; i < N; i++)
        p[i] = (uint8_t)(i * 37 + i / 7);
}

static bool agrees(const uint8_t *a, const uint8_t *b, size_t n, uint64_t delta)
{
    uint8_t *ea = build_exact(a, n);
    uint8_t *eb = build_exact(b, n);
    bool is = code_agrees(ea, eb, n, delta, own);
    free(ea);
    free(eb);
    return is;
}

static void equal_bytes_agree(void **state)
{
    uint8_t a[N];
    (void)state;
    fill(a);
    for (size_t n = 0; n <= N; n++)
        assert_true(agrees(a, a, n, DELTA));
}

static void relocated_words_agree(void **state)
{
    static const uint64_t deltas[] = {DELTA, 0x3ffd8000, 1, UINT64_MAX - 0xffff, 0x100000000ULL};
    uint8_t a[N];
    uint8_t b[N];
    (void)state;
    fill(a);
    for (size_t d = 0; d < sizeof deltas / sizeof deltas[0]; d++)
        for (size_t at = 0; at + 8 <= N; at++) {
            memcpy(b, a, N);
            put_le64(b + at, le64(a + at) + deltas[d]);
            assert_true(agrees(a, b, N, deltas[d]));
            /* by another address */
            put_le64(b + at, le64(a + at) + deltas[d] + 0x40);
            assert_false(agrees(a, b, N, deltas[d]));
        }
    for (size_t at = 0; at + 4 <= N; at++) {
        memcpy(b, a, N);
        put_le32(b + at, le32(a + at) + DELTA);
        assert_true(agrees(a, b, N, DELTA));
    }
    memcpy(b, a, N);
    for (size_t at = 0; at + 8 <= N; at += 8) /* every word, side by side */
        put_le64(b + at, le64(a + at) + DELTA);
    assert_true(agrees(a, b, N / 8 * 8, DELTA));
}

static void any_other_difference_does_not(void **state)
{
    uint8_t a[N];
    uint8_t b[N];
    (void)state;
    fill(a);
    for (size_t at = 0; at < N; at++)
        for (unsigned bit = 0; bit < 8; bit++) {
            memcpy(b, a, N);
            b[at] ^= (uint8_t)(1u << bit);
            assert_false(agrees(a, b, N, DELTA + 0x123));
            assert_false(agrees(a, b, N, 0));
        }
}

/* Where the linker left zeroes, the module may have put an address of its own, and nothing else. */
static void filled_in_words_agree(void **state)
{
    const uint64_t good[] = {own.start, own.start + 0x1234, own.end - 1}, bad[] = {own.start - 1, own.end, 1};
    uint8_t a[N];
    uint8_t b[N];
    (void)state;
    for (size_t at = 1; at + 9 <= N; at++) {
        memset(a, 0x90, N);
        memset(a + at, 0, 8);
        memcpy(b, a, N);
        for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
            put_le64(b + at, good[i]);
            assert_true(agrees(a, b, N, DELTA));
        }
        for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
            put_le64(b + at, bad[i]);
            assert_false(agrees(a, b, N, DELTA));
        }
        a[at] = 1; /* not left to be filled in */
        put_le64(b + at, good[1]);
        assert_false(agrees(a, b, N, DELTA));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_bytes_agree),
        cmocka_unit_test(relocated_words_agree),
        cmocka_unit_test(filled_in_words_agree),
        cmocka_unit_test(any_other_difference_does_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
