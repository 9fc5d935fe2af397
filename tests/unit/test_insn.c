/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "check/code/insn.h"

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

static void test_plain(void **state)
{
    (void)state;
    assert_true(insn_all_plain(CODE(0x48, 0x01, 0xd8, 0x48, 0x8b, 0x03, 0x75, 0xf8), CODE_64)); /* add, mov, jnz */
    assert_true(insn_all_plain(CODE(0xe8, 0, 0, 0, 0), CODE_64));
    assert_true(insn_all_plain(CODE(0xc3), CODE_64));
    assert_true(insn_all_plain(CODE(0xf3, 0x48, 0xab), CODE_64)); /* rep stosq */
    assert_true(insn_all_plain(CODE(0x48, 0x8d, 0x43, 8), CODE_64));
    assert_false(insn_all_plain(CODE(0x48, 0x01, 0xd8, 0x0f, 0xa2), CODE_64)); /* cpuid */
    assert_false(insn_all_plain(CODE(0x0f, 0x31), CODE_64));                   /* rdtsc */
    assert_false(insn_all_plain(CODE(0xec), CODE_64));                         /* in */
    assert_false(insn_all_plain(CODE(0x6c), CODE_64));                         /* insb */
    assert_false(insn_all_plain(CODE(0xfb), CODE_64));                         /* sti */
    assert_false(insn_all_plain(CODE(0x9d), CODE_64));                         /* popf */
    assert_false(insn_all_plain(CODE(0xf4), CODE_64));                         /* hlt */
    assert_false(insn_all_plain(CODE(0xf3, 0x90), CODE_64));                   /* pause */
    assert_false(insn_all_plain(CODE(0x0f, 0x20, 0xd8), CODE_64));             /* mov rax, cr3 */
    assert_false(insn_all_plain(CODE(0x8e, 0xd8), CODE_64));                   /* mov ds, ax */
    assert_false(insn_all_plain(CODE(0x0f, 0x10, 0x03), CODE_64));             /* movups xmm0, [rbx] */
    assert_false(insn_all_plain(CODE(0xd9, 0xe8), CODE_64));                   /* fld1 */
    assert_false(insn_all_plain(CODE(0x0f, 0x01, 0xc1), CODE_64));             /* vmcall */
    assert_false(insn_all_plain(CODE(0x0f, 0x05), CODE_64));                   /* syscall */
    assert_false(insn_all_plain(CODE(0x48, 0xcf), CODE_64));                   /* iretq */
    assert_false(insn_all_plain(CODE(0x48, 0xcb), CODE_64));                   /* retf */
    assert_false(insn_all_plain(CODE(0xcc), CODE_64));
    assert_false(insn_all_plain(CODE(0x0f, 0xc7, 0xf0), CODE_64)); /* rdrand */
    assert_false(insn_all_plain(CODE(0x0f, 0x0b), CODE_64));       /* ud2 */
    assert_false(insn_all_plain(CODE(0x48, 0x8b), CODE_64));       /* half of one */
    assert_false(insn_all_plain((const uint8_t *)"", 0, CODE_64));
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

static void test_transfers(void **state)
{
    (void)state;
    struct cpu_regs r = {.cs = 0xf000, .ss = 0x1000};
    struct insn_transfer t;
    r.gpr[0] = 0x1000;                                                           /* rax */
    r.gpr[4] = 0x8000;                                                           /* rsp */
    assert_true(insn_decode_transfer(CODE(0xff, 0xd0), CODE_64, 0x500, &r, &t)); /* call rax */
    assert_true(t.kind == TRANSFER_CALL && t.length == 2 && !t.direct && !t.in_memory && t.stack_use == 8);
    assert_string_equal(t.reg, "rax");
    assert_int_equal(t.target, 0x1000);
    assert_true(insn_decode_transfer(CODE(0xff, 0x50, 0x18), CODE_64, 0x500, &r, &t)); /* call [rax+0x18] */
    assert_true(t.kind == TRANSFER_CALL && t.in_memory && t.gva == 0x1018 && t.size == 8 && t.reg == NULL);
    assert_true(insn_decode_transfer(CODE(0xff, 0x25, 0x10, 0, 0, 0), CODE_64, 0x500, &r, &t)); /* jmp [rip+0x10] */
    assert_true(t.kind == TRANSFER_JUMP && t.in_memory && t.gva == 0x516 && t.stack_use == 0);
    assert_true(insn_decode_transfer(CODE(0xe9, 0xfb, 0xff, 0xff, 0xff), CODE_32, 0x500, &r, &t)); /* jmp $ */
    assert_true(t.kind == TRANSFER_JUMP && t.direct && t.target == 0x500);
    assert_true(insn_decode_transfer(CODE(0xc2, 0x10, 0), CODE_32, 0x500, &r, &t)); /* ret 0x10 */
    assert_true(t.kind == TRANSFER_RETURN && t.in_memory && t.gva == 0x8000 && t.size == 4 && t.stack_use == 0x14);
    assert_true(insn_decode_transfer(CODE(0xc3), CODE_16, 0xf0500, &r, &t)); /* ret */
    assert_true(t.kind == TRANSFER_RETURN && t.gva == 0x18000 && t.size == 2);
    assert_true(insn_decode_transfer(CODE(0xff, 0xe0), CODE_16, 0xf0500, &r, &t)); /* jmp ax */
    assert_true(t.kind == TRANSFER_JUMP && t.target == 0xf1000);
    assert_true(insn_decode_transfer(CODE(0xea, 0x34, 0x12, 0x00, 0x20), CODE_16, 0xf0500, &r, &t)); /* jmp 2000:1234 */
    assert_true(t.kind == TRANSFER_JUMP && t.direct && t.target == 0x21234);
    assert_true(insn_decode_transfer(CODE(0xcb), CODE_64, 0x500, &r, &t)); /* retf */
    assert_int_equal(t.kind, TRANSFER_NONE);
    assert_true(insn_decode_transfer(CODE(0x90), CODE_64, 0x500, &r, &t));
    assert_int_equal(t.kind, TRANSFER_NONE);
    assert_false(insn_decode_transfer(CODE(0xff), CODE_64, 0x500, &r, &t));
}

static void test_spins(void **state)
{
    (void)state;
    assert_int_equal(insn_spin(CODE(0xeb, 0xfe), CODE_64, 0x500), SPIN_JUMP);
    assert_int_equal(insn_spin(CODE(0xeb, 0xfe), CODE_16, 0x500), SPIN_JUMP);
    /* pause; cmp dword [rsp+0x20], 0; je */
    assert_int_equal(insn_spin(CODE(0xf3, 0x90, 0x83, 0x7c, 0x24, 0x20, 0x00, 0x74, 0xf7), CODE_64, 0x500),
                     SPIN_VARIABLE);
    /* mov eax, [rsp+8]; test eax, eax; je to the call before */
    assert_int_equal(insn_spin(CODE(0x8b, 0x44, 0x24, 0x08, 0x85, 0xc0, 0x74, 0xf3), CODE_64, 0x500), SPIN_VARIABLE);
    /* it counts; it writes; it goes on; it goes far back */
    assert_int_equal(insn_spin(CODE(0xff, 0xc8, 0x75, 0xfc), CODE_64, 0x500), SPIN_NONE);
    assert_int_equal(insn_spin(CODE(0x89, 0x03, 0xeb, 0xfc), CODE_64, 0x500), SPIN_NONE);
    assert_int_equal(insn_spin(CODE(0x85, 0xc0, 0x74, 0x10), CODE_64, 0x500), SPIN_NONE);
    assert_int_equal(insn_spin(CODE(0x85, 0xc0, 0x74, 0x80), CODE_64, 0x500), SPIN_NONE);
}

static void test_last(void **state)
{
    (void)state;
    assert_int_equal(insn_last(CODE(0x90, 0x48, 0x31, 0xc0, 0x74, 0x05), CODE_64), 4); /* nop; xor rax, rax; jz */
    assert_int_equal(insn_last(CODE(0xc3), CODE_64), 0);
    assert_int_equal(insn_last(CODE(0x90, 0x0f), CODE_64), 0);
    assert_int_equal(insn_last(CODE(0xb8, 0x34, 0x12, 0xeb, 0xfe), CODE_16), 3); /* mov ax, 0x1234; jmp $ */
    assert_int_equal(insn_last(NULL, 0, CODE_32), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_calls),     cmocka_unit_test(test_plain), cmocka_unit_test(test_text),
        cmocka_unit_test(test_transfers), cmocka_unit_test(test_spins), cmocka_unit_test(test_last),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
