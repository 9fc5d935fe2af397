/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One pass collects the jumps, a second one follows the stack pointer from instruction to instruction. Behind a return
 * or a jump the stack is as deep as where a jump to that place was. When none goes there nor over it, the next function
 * begins.
 */
#include "check/code/depth.h"

#include <Zydis/Zydis.h>
#include <string.h>

#define LARGEST 0x10000u /* bytes that are looked at */
#define BEHIND 0x1000u   /* of them, behind the instruction */
#define JUMPS_MAX 4096u
#define FUNCTION_ALIGN 16u

struct jump {
    uint32_t from, to;
    bool followed;
    uint32_t depth; /* there, when followed */
};

struct code {
    ZydisDecoder decoder;
    const uint8_t *p;
    size_t n;
    uint64_t gva; /* of p[0] */
    unsigned slot;
    struct jump jump[JUMPS_MAX]; /* in order */
    unsigned nr_jumps;
    ZydisDecodedInstruction in;
    ZydisDecodedOperand op[ZYDIS_MAX_OPERAND_COUNT];
};

static bool decode(struct code *c, size_t at)
{
    return at < c->n && ZYAN_SUCCESS(ZydisDecoderDecodeFull(&c->decoder, c->p + at, c->n - at, &c->in, c->op));
}

static bool is_jump(const ZydisDecodedInstruction *in)
{
    return in->meta.category == ZYDIS_CATEGORY_UNCOND_BR || in->meta.category == ZYDIS_CATEGORY_COND_BR;
}

/* The place that the jump at @at, just decoded, names; false for none in this code. */
static bool jump_target(struct code *c, const ZydisDecoderContext *ctx, size_t at, ZyanU64 *to)
{
    return ZYAN_SUCCESS(ZydisDecoderDecodeOperands(&c->decoder, ctx, &c->in, c->op, c->in.operand_count_visible)) &&
           c->op[0].type == ZYDIS_OPERAND_TYPE_IMMEDIATE &&
           ZYAN_SUCCESS(ZydisCalcAbsoluteAddress(&c->in, &c->op[0], at, to)) && *to < c->n;
}

/* Operands are half the work of decoding, and only those of jumps are wanted. */
static void collect_jumps(struct code *c)
{
    ZydisDecoderContext ctx;
    for (size_t at = 0; at < c->n && c->nr_jumps < JUMPS_MAX &&
                        ZYAN_SUCCESS(ZydisDecoderDecodeInstruction(&c->decoder, &ctx, c->p + at, c->n - at, &c->in));
         at += c->in.length) {
        ZyanU64 to;
        if (is_jump(&c->in) && jump_target(c, &ctx, at, &to))
            c->jump[c->nr_jumps++] = (struct jump){.from = (uint32_t)at, .to = (uint32_t)to};
    }
}

/* What is known about an instruction that is not reached from the one before it. */
enum reached { BY_NOTHING, BY_UNKNOWN, BY_JUMP };

static enum reached reached(const struct code *c, size_t start, size_t at, uint64_t *depth)
{
    enum reached how = BY_NOTHING;
    for (unsigned i = 0; i < c->nr_jumps; i++) {
        const struct jump *j = &c->jump[i];
        if (j->to == at && j->followed && j->from >= start) {
            *depth = j->depth;
            return BY_JUMP;
        }
        bool over = (j->from >= start && j->from < at && j->to > at) || (j->from >= at && j->to >= start && j->to < at);
        if (j->to == at || over)
            how = BY_UNKNOWN;
    }
    return how;
}

static bool is_rsp(const ZydisDecodedOperand *op)
{
    return op->type == ZYDIS_OPERAND_TYPE_REGISTER &&
           (op->reg.value == ZYDIS_REGISTER_RSP || op->reg.value == ZYDIS_REGISTER_ESP);
}

/* What the instruction does to the depth. False when it computes the stack pointer from something else. */
static bool change(const struct code *c, uint64_t *depth)
{
    const ZydisDecodedInstruction *in = &c->in;
    const ZydisDecodedOperand *op = c->op;
    switch (in->mnemonic) {
    case ZYDIS_MNEMONIC_PUSH:
    case ZYDIS_MNEMONIC_PUSHFQ:
    case ZYDIS_MNEMONIC_PUSHFD:
        *depth += c->slot;
        return true;
    case ZYDIS_MNEMONIC_POP:
    case ZYDIS_MNEMONIC_POPFQ:
    case ZYDIS_MNEMONIC_POPFD:
        *depth -= c->slot;
        return !is_rsp(&op[0]);
    case ZYDIS_MNEMONIC_CALL:
    case ZYDIS_MNEMONIC_RET:
        return true;
    default:
        break;
    }
    bool writes = false;
    for (unsigned i = 0; i < in->operand_count; i++)
        writes = writes || (is_rsp(&op[i]) && (op[i].actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) != 0);
    if (!writes)
        return true;
    bool by_constant = op[1].type == ZYDIS_OPERAND_TYPE_IMMEDIATE;
    if (in->mnemonic == ZYDIS_MNEMONIC_SUB && by_constant)
        *depth += op[1].imm.value.u;
    else if (in->mnemonic == ZYDIS_MNEMONIC_ADD && by_constant)
        *depth -= op[1].imm.value.u;
    else if (in->mnemonic == ZYDIS_MNEMONIC_LEA && op[1].mem.base == op[0].reg.value &&
             op[1].mem.index == ZYDIS_REGISTER_NONE)
        *depth -= (uint64_t)op[1].mem.disp.value;
    else
        return false;
    return true;
}

struct follow {
    size_t start;
    uint64_t depth, body; /* now; the deepest, or where the last computed jump was */
    bool lost;            /* until the flow ends: an epilogue may take the stack pointer from anywhere */
    bool computed;        /* a computed jump was seen: places may be reached that no jump names */
};

/* Behind an instruction after which control does not go on. */
static void resume(const struct code *c, size_t at, bool after_jump, struct follow *f)
{
    uint64_t there = after_jump && !f->lost ? f->depth : f->body;
    enum reached how = reached(c, f->start, at, &there);
    f->lost = false;
    f->depth = there;
    if (how == BY_NOTHING && !f->computed) /* padding between functions is code, too, or decodes as such */
        *f = (struct follow){.start = at};
}

static void note_depth(struct code *c, size_t from, const struct follow *f)
{
    for (unsigned i = 0; i < c->nr_jumps && !f->lost; i++)
        if (c->jump[i].from == from) {
            c->jump[i].followed = true;
            c->jump[i].depth = (uint32_t)f->depth;
            return;
        }
}

/* Padding up to where functions are aligned, which control does not pass: assembly often ends without a return. */
static bool is_padding(const struct code *c, size_t end)
{
    return c->in.mnemonic == ZYDIS_MNEMONIC_NOP && (c->gva + end) % FUNCTION_ALIGN == 0;
}

static bool follow(struct code *c, size_t end, struct depth *out)
{
    struct follow f = {0};
    size_t at = 0;
    while (at < end) {
        if (!decode(c, at))
            return false;
        f.lost = f.lost || !change(c, &f.depth) || f.depth > LARGEST;
        bool jumps = c->in.meta.category == ZYDIS_CATEGORY_UNCOND_BR;
        bool computed = jumps && c->op[0].type != ZYDIS_OPERAND_TYPE_IMMEDIATE;
        if (is_jump(&c->in))
            note_depth(c, at, &f);
        at += c->in.length;
        if (!f.lost && (f.depth > f.body || computed))
            f.body = f.depth;
        f.computed = f.computed || computed;
        if (jumps || c->in.meta.category == ZYDIS_CATEGORY_RET || c->in.mnemonic == ZYDIS_MNEMONIC_UD2)
            resume(c, at, jumps, &f);
        else if (is_padding(c, at) && !f.computed && reached(c, f.start, at, &f.depth) == BY_NOTHING)
            f = (struct follow){.start = at};
    }
    out->start = f.start;
    out->bytes = f.depth;
    return at == end && !f.lost;
}

bool depth_at(const uint8_t *code, size_t n, size_t at, uint64_t gva, enum code_width w, struct depth *out)
{
    struct code c;
    if (w == CODE_16 || at >= LARGEST - BEHIND || at > n)
        return false;
    c.p = code;
    c.gva = gva;
    c.n = n > at + BEHIND ? at + BEHIND : n;
    c.slot = w == CODE_64 ? 8 : 4;
    c.nr_jumps = 0;
    ZyanStatus ok = w == CODE_64 ? ZydisDecoderInit(&c.decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64)
                                 : ZydisDecoderInit(&c.decoder, ZYDIS_MACHINE_MODE_LEGACY_32, ZYDIS_STACK_WIDTH_32);
    if (!ZYAN_SUCCESS(ok))
        return false;
    collect_jumps(&c);
    return follow(&c, at, out);
}
