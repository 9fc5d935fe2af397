/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "check/code/slice.h"

#define CODE(...) (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})
#define MEMORY_AT 0x1000u

/* 256 bytes of guest memory. */
static bool read_memory(const void *self, uint64_t gva, void *dst, size_t n)
{
    if (gva < MEMORY_AT || gva - MEMORY_AT > 256 - n)
        return false;
    memcpy(dst, (const uint8_t *)self + (gva - MEMORY_AT), n);
    return true;
}

struct bed {
    uint8_t memory[256];
    struct ran in[16];
    struct trail t;
};

static void add(struct bed *b, const uint8_t *code, size_t n)
{
    struct ran *in = &b->in[b->t.nr++];
    in->pc = 0x400000 + 16 * b->t.nr;
    in->n = (uint8_t)n;
    memcpy(in->code, code, n);
}

static struct bed bed(void)
{
    struct bed b = {.t = {.width = CODE_64, .read = read_memory}};
    return b;
}

static struct origin origin_of(struct bed *b, unsigned gpr)
{
    struct origin o;
    b->t.in = b->in;
    b->t.self = b->memory;
    trail_origin(&b->t, gpr, &o);
    return o;
}

static void test_load(void **state)
{
    (void)state;
    struct bed b = bed();
    b.memory[0x18] = 0x77;
    add(&b, CODE(0x48, 0x8b, 0x43, 0x18)); /* mov rax, [rbx+0x18] */
    add(&b, CODE(0x48, 0x83, 0xc3, 0x40)); /* add rbx, 0x40 */
    add(&b, CODE(0x48, 0x89, 0xc1));       /* mov rcx, rax */
    add(&b, CODE(0x48, 0x8d, 0x49, 0x08)); /* lea rcx, [rcx+8] */
    b.t.after.gpr[CPU_RBX] = MEMORY_AT + 0x40;
    b.t.after.gpr[CPU_RCX] = 0x7f;
    struct origin o = origin_of(&b, CPU_RCX);
    assert_int_equal(o.kind, ORIGIN_MEMORY);
    assert_int_equal(o.gva, MEMORY_AT + 0x18);
    assert_int_equal(o.size, 8);
    assert_int_equal(o.value, 0x77);
    assert_int_equal(o.added, 8);
    assert_int_equal(o.by, 0);
    b.memory[0x18] = 0x78; /* not what was loaded: something has changed since, or it was not that */
    assert_int_equal(origin_of(&b, CPU_RCX).kind, ORIGIN_UNKNOWN);
}

static void test_base_lost(void **state)
{
    (void)state;
    struct bed b = bed();
    b.memory[0x20] = 0x10; /* at 0x1020: a pointer to 0x1010 */
    b.memory[0x21] = 0x10;
    b.memory[0x18] = 0x55;
    add(&b, CODE(0x48, 0x8b, 0x43, 0x20)); /* mov rax, [rbx+0x20] */
    add(&b, CODE(0x48, 0x8b, 0x40, 0x08)); /* mov rax, [rax+8]: its own base */
    b.t.after.gpr[CPU_RBX] = MEMORY_AT;
    b.t.after.gpr[CPU_RAX] = 0x55;
    struct origin o = origin_of(&b, CPU_RAX);
    assert_int_equal(o.kind, ORIGIN_MEMORY);
    assert_int_equal(o.gva, 0x1018);
    assert_int_equal(o.by, 1);
    add(&b, CODE(0x48, 0xf7, 0xe1)); /* mul rcx: nobody can tell */
    assert_int_equal(origin_of(&b, CPU_RAX).kind, ORIGIN_UNKNOWN);
}

static void test_constants(void **state)
{
    (void)state;
    struct bed b = bed();
    add(&b, CODE(0x31, 0xc0));                         /* xor eax, eax */
    add(&b, CODE(0x48, 0x8d, 0x1d, 0x00, 0x01, 0, 0)); /* lea rbx, [rip+0x100] */
    add(&b, CODE(0x48, 0xff, 0xc0));                   /* inc rax */
    add(&b, CODE(0xb1, 0x05));                         /* mov cl, 5: a part of rcx */
    b.t.after.gpr[CPU_RAX] = 1;
    b.t.after.gpr[CPU_RBX] = 0x400020 + 7 + 0x100;
    b.t.after.gpr[CPU_RCX] = 5;
    assert_int_equal(origin_of(&b, CPU_RAX).kind, ORIGIN_CONSTANT);
    assert_int_equal(origin_of(&b, CPU_RAX).by, 0);
    assert_int_equal(origin_of(&b, CPU_RBX).kind, ORIGIN_CONSTANT);
    assert_int_equal(origin_of(&b, CPU_RCX).kind, ORIGIN_UNKNOWN);
    assert_int_equal(origin_of(&b, CPU_RDX).kind, ORIGIN_UNKNOWN); /* set before all this */
    assert_int_equal(origin_of(&b, NO_REGISTER).kind, ORIGIN_UNKNOWN);
}

static void test_stack(void **state)
{
    (void)state;
    struct bed b = bed();
    b.memory[0x10] = 0x33;
    add(&b, CODE(0x48, 0x8b, 0x13));       /* mov rdx, [rbx] */
    add(&b, CODE(0x52));                   /* push rdx */
    add(&b, CODE(0x48, 0x83, 0xec, 0x20)); /* sub rsp, 0x20 */
    add(&b, CODE(0xe8, 0, 0, 0, 0));       /* call */
    add(&b, CODE(0xba, 1, 0, 0, 0));       /* mov edx, 1 */
    add(&b, CODE(0xc3));                   /* ret */
    add(&b, CODE(0x48, 0x83, 0xc4, 0x20)); /* add rsp, 0x20 */
    add(&b, CODE(0x58));                   /* pop rax */
    b.t.after.gpr[CPU_RSP] = 0x9000;       /* nothing is there any more */
    b.t.after.gpr[CPU_RBX] = MEMORY_AT + 0x10;
    b.t.after.gpr[CPU_RAX] = 0x33;
    struct origin o = origin_of(&b, CPU_RAX);
    assert_int_equal(o.kind, ORIGIN_MEMORY);
    assert_int_equal(o.gva, MEMORY_AT + 0x10);
    b.in[2].code[3] = 0x18; /* the depths do not agree: the POP takes another slot */
    assert_int_equal(origin_of(&b, CPU_RAX).kind, ORIGIN_UNKNOWN);
}

static void test_registers(void **state)
{
    (void)state;
    struct cpu_regs r = {0};
    r.gpr[CPU_RBX] = 0xafafafafafafafaf;
    r.gpr[CPU_RDI] = 0x3000;
    assert_int_equal(insn_target_register(CODE(0xff, 0xd0), CODE_64), CPU_RAX);       /* call rax */
    assert_int_equal(insn_target_register(CODE(0x41, 0xff, 0xe2), CODE_64), CPU_R10); /* jmp r10 */
    assert_int_equal(insn_target_register(CODE(0xff, 0x53, 0x10), CODE_64), NO_REGISTER);
    assert_int_equal(insn_target_register(CODE(0x48, 0x89, 0xc1), CODE_64), NO_REGISTER);
    assert_int_equal(insn_target_register(CODE(0xff, 0xd0), CODE_16), NO_REGISTER); /* not looked at */
    /* mov eax, [rbx]; mov [rdi+8], eax; lea */
    assert_int_equal(insn_base_register(CODE(0x8b, 0x03), CODE_64, 0, &r, NULL), CPU_RBX);
    assert_int_equal(insn_base_register(CODE(0x89, 0x47, 0x08), CODE_64, 0, &r, NULL), NO_REGISTER);
    assert_int_equal(insn_base_register(CODE(0x89, 0x47, 0x08), CODE_64, 0, &r, &(uint64_t){0x300b}), CPU_RDI);
    assert_int_equal(insn_base_register(CODE(0x89, 0x47, 0x08), CODE_64, 0, &r, &(uint64_t){0x300c}), NO_REGISTER);
    assert_int_equal(insn_base_register(CODE(0x48, 0x8d, 0x03), CODE_64, 0, &r, NULL), NO_REGISTER);
    assert_int_equal(insn_stored_register(CODE(0x89, 0x47, 0x08), CODE_64), CPU_RAX);
    assert_int_equal(insn_stored_register(CODE(0x8b, 0x47, 0x08), CODE_64), NO_REGISTER);
}

static void test_copies(void **state)
{
    (void)state;
    uint64_t from = 0, to = 0;
    struct cpu_regs r = {0};
    r.gpr[CPU_RSI] = 0x2000;
    r.gpr[CPU_RDI] = 0x3000;
    r.gpr[CPU_RCX] = 8;
    assert_true(insn_copies(CODE(0xf3, 0x48, 0xa5), 0, CODE_64, 0, &r, &from, &to)); /* rep movsq */
    assert_int_equal(from, 0x2000);
    assert_int_equal(to, 0x3000);
    assert_false(insn_copies(CODE(0xf3, 0x48, 0xab), 0, CODE_64, 0, &r, &from, &to)); /* rep stosq */
    /* mov rax, [rsi+rcx]; mov [rdi+rcx], rax; add ecx, 8; cmp ecx, 48; jb back */
    const uint8_t loop[] = {0x48, 0x8b, 0x04, 0x0e, 0x48, 0x89, 0x04, 0x0f,
                            0x83, 0xc1, 0x08, 0x83, 0xf9, 0x30, 0x72, 0xf0};
    assert_true(insn_copies(loop, sizeof loop, 4, CODE_64, 0x100, &r, &from, &to));
    assert_int_equal(from, 0x2008);
    assert_int_equal(to, 0x3008);
    /* The same once, without the way back, is a field that was read somewhere. */
    assert_false(insn_copies(loop, 14, 4, CODE_64, 0x100, &r, &from, &to));
    /* In the first turn the block begins before the loop. */
    const uint8_t first[] = {0x90, 0x48, 0x8b, 0x04, 0x0e, 0x48, 0x89, 0x04, 0x0f, 0x83, 0xc1, 0x08, 0x72, 0xf3};
    assert_true(insn_copies(first, sizeof first, 5, CODE_64, 0x100, &r, &from, &to));
    /* movdqu xmm1, [rsi]; movdqu [rdi], xmm1; jnz back */
    const uint8_t sse[] = {0xf3, 0x0f, 0x6f, 0x0e, 0xf3, 0x0f, 0x7f, 0x0f, 0x75, 0xf6};
    assert_true(insn_copies(sse, sizeof sse, 4, CODE_64, 0x100, &r, &from, &to));
    /* mov rax, [rsi]; mov rsi, 1; mov [rdi], rax: where rsi pointed is not known any more */
    const uint8_t lost[] = {0x48, 0x8b, 0x06, 0xbe, 1, 0, 0, 0, 0x48, 0x89, 0x07, 0x75, 0xf3};
    assert_false(insn_copies(lost, sizeof lost, 8, CODE_64, 0x100, &r, &from, &to));
    assert_int_equal(insn_exit(CODE(0x90, 0x0f, 0x30, 0x90, 0xc3, 0x0f, 0x30), CODE_64),
                     1); /* nop wrmsr nop ret wrmsr */
    assert_int_equal(insn_exit(CODE(0x90, 0xc3), CODE_64), 2);
}

/* Whatever bytes there are, nothing is read beyond them. */
static void test_garbage(void **state)
{
    (void)state;
    uint8_t code[24];
    struct cpu_regs r = {0};
    uint64_t from, to, x = 1;
    for (unsigned i = 0; i < 20000; i++) {
        struct bed b = bed();
        for (size_t k = 0; k < sizeof code; k++) {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            code[k] = (uint8_t)x;
        }
        (void)insn_copies(code, sizeof code, i % sizeof code, CODE_64, 0x100, &r, &from, &to);
        (void)insn_exit(code, sizeof code, i % 2 != 0 ? CODE_64 : CODE_32);
        (void)insn_base_register(code, 15, CODE_64, 0x100, &r, &x);
        add(&b, code, 15);
        add(&b, code + 9, 15);
        (void)origin_of(&b, i % 17);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_load),    cmocka_unit_test(test_base_lost), cmocka_unit_test(test_constants),
        cmocka_unit_test(test_stack),   cmocka_unit_test(test_registers), cmocka_unit_test(test_copies),
        cmocka_unit_test(test_garbage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
