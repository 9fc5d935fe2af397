/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "build_fd.h"
#include "check/code/depth.h"

#define UNKNOWN UINT64_MAX

/* The depth at @at, and where the function begins; UNKNOWN. In exactly as many bytes as there are. */
static uint64_t depth(const uint8_t *code, size_t n, size_t at, size_t *start)
{
    struct depth d;
    uint8_t *p = build_exact(code, n);
    bool ok = depth_at(p, n, at, 0x820000, CODE_64, &d);
    free(p);
    *start = ok ? d.start : 0;
    return ok ? d.bytes : UNKNOWN;
}

static void check(const uint8_t *code, size_t n, size_t at, uint64_t bytes, size_t start)
{
    size_t begins;
    assert_int_equal(depth(code, n, at, &begins), bytes);
    assert_int_equal(begins, start);
}

static void a_function(void **state)
{
    (void)state;
    static const uint8_t code[] = {
        0x55,                               /* 00 push rbp */
        0x41, 0x54,                         /* 01 push r12 */
        0x48, 0x83, 0xec, 0x28,             /* 03 sub rsp, 0x28 */
        0x48, 0x85, 0xc9,                   /* 07 test rcx, rcx */
        0x74, 0x08,                         /* 0a je 14 */
        0x48, 0x83, 0xc4, 0x28,             /* 0c add rsp, 0x28 */
        0x41, 0x5c,                         /* 10 pop r12 */
        0x5d,                               /* 12 pop rbp */
        0xc3,                               /* 13 ret */
        0xe8, 0x00, 0x00, 0x00, 0x00,       /* 14 call */
        0xeb, 0xf1,                         /* 19 jmp 0c */
        0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00, /* 1b padding */
        0x53,                               /* 21 push rbx: the next function */
        0x48, 0x8d, 0x64, 0x24, 0xe0,       /* 22 lea rsp, [rsp-0x20] */
        0x90,                               /* 27 */
    };
    check(code, sizeof code, 0, 0, 0);
    check(code, sizeof code, 1, 8, 0);
    check(code, sizeof code, 3, 16, 0);
    check(code, sizeof code, 7, 0x38, 0);
    check(code, sizeof code, 0x10, 0x10, 0);
    check(code, sizeof code, 0x13, 0, 0);
    check(code, sizeof code, 0x14, 0x38, 0);
    check(code, sizeof code, 0x19, 0x38, 0);
    check(code, sizeof code, 0x27, 0x28, 0x1b);
    /* inside an instruction, past the end */
    check(code, sizeof code, 2, UNKNOWN, 0);
    check(code, sizeof code, sizeof code + 1, UNKNOWN, 0);
}

static void loops_and_tables(void **state)
{
    (void)state;
    static const uint8_t loop[] = {
        0x50,       /* 00 push rax */
        0xeb, 0x02, /* 01 jmp 05 */
        0xff, 0xc8, /* 03 dec eax: only a jump back goes there */
        0x85, 0xc0, /* 05 test eax, eax */
        0x75, 0xfa, /* 07 jne 03 */
        0x58, 0xc3, /* 09 pop rax; ret */
    };
    check(loop, sizeof loop, 5, 8, 0);
    static const uint8_t table[] = {
        0x50,       /* 00 push rax */
        0xff, 0xe6, /* 01 jmp rsi: a case of a switch follows */
        0x90,       /* 03 */
        0x58, 0xc3, /* 04 pop rax; ret */
        0x90,       /* 06 another case */
    };
    check(table, sizeof table, 3, 8, 0);
    check(table, sizeof table, 6, 8, 0);
    static const uint8_t computed[] = {0x48, 0x8d, 0x61, 0xe0, 0x90, 0x90}; /* lea rsp, [rcx-0x20] */
    check(computed, sizeof computed, 4, UNKNOWN, 0);
    /* Assembly without a return, padded to where the next function is. */
    uint8_t padded[0x20];
    memset(padded, 0x90, sizeof padded);
    memcpy(padded, computed, 4);
    padded[0x10] = 0x57; /* push rdi */
    check(padded, sizeof padded, 0x11, 8, 0x10);
}

/* Whatever the bytes are: an answer, and nothing read past them. */
static void any_bytes(void **state)
{
    (void)state;
    uint8_t code[64];
    uint32_t seed = 1;
    size_t start;
    for (unsigned round = 0; round < 2000; round++) {
        for (size_t i = 0; i < sizeof code; i++) {
            seed = seed * 1664525 + 1013904223;
            code[i] = (uint8_t)(seed >> 24);
        }
        for (size_t at = 0; at < sizeof code; at += 7)
            (void)depth(code, sizeof code, at, &start);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_function),
        cmocka_unit_test(loops_and_tables),
        cmocka_unit_test(any_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
