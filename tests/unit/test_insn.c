/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "check/insn.h"

#define CODE(...) (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})

static void test_calls(void **state)
{
    (void)state;
    assert_int_equal(insn_call_before(CODE(0x90, 0x90, 0xe8, 1, 2, 3, 4), CODE_64), 5);
    assert_int_equal(insn_call_before(CODE(0x90, 0xff, 0xd0), CODE_64), 2);                   /* call rax */
    assert_int_equal(insn_call_before(CODE(0x90, 0x41, 0xff, 0xd2), CODE_64), 2);             /* call r10: its tail */
    assert_int_equal(insn_call_before(CODE(0xff, 0x53, 0x10), CODE_64), 3);                   /* call [rbx+0x10] */
    assert_int_equal(insn_call_before(CODE(0xff, 0x15, 1, 0, 0, 0), CODE_64), 6);             /* call [rip+1] */
    assert_int_equal(insn_call_before(CODE(0xff, 0x14, 0x25, 0, 0x10, 0, 0), CODE_64), 7);    /* call [0x1000] */
    assert_int_equal(insn_call_before(CODE(0x90, 0x90, 0x90, 0x90, 0x90, 0xc3), CODE_64), 0); /* ret */
    assert_int_equal(insn_call_before(CODE(0xff, 0xe0), CODE_64), 0);                         /* jmp rax */
    assert_int_equal(insn_call_before(CODE(0xe8, 1, 2), CODE_16), 3);
    assert_int_equal(insn_call_before(CODE(0xe8, 1, 2, 3, 4), CODE_32), 5);
}

static void test_writes(void **state)
{
    (void)state;
    struct cpu_regs r = {0};
    r.gpr[0] = 0x1000;     /* rax */
    r.gpr[3] = UINT64_MAX; /* rbx */
    r.gpr[4] = 0x8000;     /* rsp */
    r.gpr[6] = 0x2000;     /* rsi */
    r.gpr[7] = 0x3000;     /* rdi */
    r.gpr[10] = 0x4000;    /* r10 */
    struct {
        uint8_t code[8];
        uint64_t gva;
        bool writes;
    } t[] = {
        {{0x28, 0x33}, UINT64_MAX, true}, /* sub [rbx], dh */
        {{0x28, 0x33}, 0x1000, false},
        {{0x88, 0x00}, 0x1000, true},       /* mov [rax], al */
        {{0x8a, 0x00}, 0x1000, false},      /* mov al, [rax] */
        {{0x48, 0x89, 0x00}, 0x1007, true}, /* mov [rax], rax: its last byte */
        {{0x48, 0x89, 0x00}, 0x1008, false},
        {{0x3a, 0x00}, 0x1000, false},             /* cmp al, [rax] */
        {{0xa4}, 0x3000, true},                    /* movsb: writes rdi */
        {{0xa4}, 0x2000, false},                   /* movsb: reads rsi */
        {{0x50}, 0x7ff8, true},                    /* push rax */
        {{0xff, 0xd0}, 0x7ff8, true},              /* call rax: the return address */
        {{0x58}, 0x8000, false},                   /* pop rax */
        {{0xff, 0x30}, 0x1000, false},             /* push [rax]: reads it */
        {{0x49, 0x8b, 0x72, 0x28}, 0x4028, false}, /* mov rsi, [r10+0x28] */
        {{0x49, 0x89, 0x72, 0x28}, 0x4028, true},
        {{0x00, 0x00}, 0x1000, true}, /* add [rax], al: what zeroes are */
    };
    for (size_t i = 0; i < sizeof t / sizeof t[0]; i++)
        assert_int_equal(insn_writes(t[i].code, sizeof t[i].code, CODE_64, 0x500, &r, t[i].gva), t[i].writes);
    assert_false(insn_writes(NULL, 0, CODE_64, 0x500, &r, 0x1000));
}

static void test_text(void **state)
{
    (void)state;
    char text[64];
    insn_text(CODE(0x28, 0x33), CODE_64, 0x100e, text, sizeof text);
    assert_string_equal(text, "sub [rbx], dh");
    insn_text(CODE(0x0f), CODE_64, 0, text, sizeof text);
    assert_string_equal(text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_calls),
        cmocka_unit_test(test_writes),
        cmocka_unit_test(test_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
