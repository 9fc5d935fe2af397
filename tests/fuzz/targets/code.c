/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Everything that is asked of code in memory: what an instruction does, how deep the stack is, where a register had its value from. */
#include "../fuzz.h"

#include "check/code/depth.h"
#include "check/code/slice.h"

#define PC 0x10000u
#define RAN_MAX 48u

static void ask(const uint8_t *p, size_t n, size_t at, enum code_width w, const struct cpu_regs *r)
{
    const uint64_t pc = PC + at, near = PC + 8;
    struct insn_transfer transfer;
    struct depth depth;
    char text[32]; /* less than some need */
    uint64_t from, to;
    (void)insn_call_before(p, at, w);
    (void)insn_decode_transfer(p + at, n - at, w, pc, r, &transfer);
    (void)insn_spin(p + at, n - at, w, pc);
    if (insn_length(p + at, n - at, w) > n - at || insn_last(p + at, n - at, w) > n - at ||
        insn_exit(p + at, n - at, w) > n - at)
        abort();
    insn_text(p + at, n - at, w, pc, text, sizeof text);
    if (depth_at(p, n, at, PC, w, &depth) && depth.start > at)
        abort();
    if (insn_target_register(p + at, n - at, w) > NO_REGISTER ||
        insn_stored_register(p + at, n - at, w) > NO_REGISTER ||
        insn_base_register(p + at, n - at, w, pc, r, &near) > NO_REGISTER ||
        insn_base_register(p + at, n - at, w, pc, r, NULL) > NO_REGISTER)
        abort();
    (void)insn_copies(p, n, at, w, PC, r, &from, &to);
}

static void backwards(const struct fuzz_memory *b, enum code_width w, const struct cpu_regs *r)
{
    static struct ran ran[RAN_MAX];
    struct trail t = {.in = ran, .width = w, .after = *r, .read = fuzz_memory_read, .self = b};
    for (size_t at = 0; at < b->n && t.nr < RAN_MAX;) {
        const size_t left = b->n - at < sizeof ran->code ? b->n - at : sizeof ran->code;
        const size_t length = insn_length(b->p + at, left, w);
        struct ran *in = &ran[t.nr++];
        *in = (struct ran){.pc = PC + at, .n = (uint8_t)left};
        memcpy(in->code, b->p + at, left);
        at += length != 0 ? length : 1;
    }
    for (unsigned gpr = 0; gpr < 16; gpr++) {
        struct origin o;
        trail_origin(&t, gpr, &o);
        if (o.kind != ORIGIN_UNKNOWN && o.by >= t.nr)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct feed in = {bytes, n};
    const enum code_width w = (enum code_width)(feed(&in, 1) % 3);
    struct cpu_regs r = {0};
    for (unsigned i = 0; i < 16; i++)
        r.gpr[i] = PC + feed(&in, 1);
    if (in.n == 0 || in.n > 512)
        return 0;
    uint8_t *p = fuzz_copy(in.p, in.n);
    const struct fuzz_memory b = {p, in.n, PC};
    for (size_t at = 0; at < b.n; at += 1 + at / 8)
        ask(p, b.n, at, w, &r);
    backwards(&b, w, &r);
    free(p);
    return 0;
}
