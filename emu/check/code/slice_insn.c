/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What single instructions, and the blocks around them, do with pointers and bytes. */
#include "check/code/slice_parts.h"

unsigned insn_target_register(const uint8_t *code, size_t n, enum code_width w)
{
    struct decoded d;
    if (!slice_decode(code, n, w, &d) || d.in.operand_count_visible == 0 || d.op[0].type != ZYDIS_OPERAND_TYPE_REGISTER)
        return NO_REGISTER;
    return d.in.meta.category == ZYDIS_CATEGORY_CALL || d.in.meta.category == ZYDIS_CATEGORY_UNCOND_BR
               ? slice_register(d.op[0].reg.value)
               : NO_REGISTER;
}

unsigned insn_stored_register(const uint8_t *code, size_t n, enum code_width w)
{
    struct decoded d;
    return slice_decode(code, n, w, &d) && d.in.mnemonic == ZYDIS_MNEMONIC_MOV &&
                   d.op[0].type == ZYDIS_OPERAND_TYPE_MEMORY && d.op[1].type == ZYDIS_OPERAND_TYPE_REGISTER
               ? slice_register(d.op[1].reg.value)
               : NO_REGISTER;
}

static bool nothing_there(const void *self, uint64_t gva, void *dst, size_t n)
{
    (void)self;
    (void)gva;
    (void)dst;
    (void)n;
    return false;
}

static bool is_canonical(uint64_t gva)
{
    return gva >> 47 == 0 || gva >> 47 == 0x1FFFF;
}

unsigned insn_base_register(const uint8_t *code, size_t n, enum code_width w, uint64_t pc, const struct cpu_regs *r,
                            const uint64_t *gva)
{
    struct decoded d;
    const struct ran here = {.pc = pc};
    const struct trail t = {.in = &here, .width = w, .after = *r, .read = nothing_there};
    if (!slice_decode(code, n, w, &d))
        return NO_REGISTER;
    for (unsigned i = 0; i < d.in.operand_count; i++) {
        const ZydisDecodedOperand *op = &d.op[i];
        uint64_t at;
        if (op->type != ZYDIS_OPERAND_TYPE_MEMORY || d.in.mnemonic == ZYDIS_MNEMONIC_LEA ||
            !slice_address(&t, 0, &d, op, 0, &at))
            continue;
        if (gva != NULL ? *gva - at < op->size / 8u : !is_canonical(at))
            return slice_register(op->mem.base);
    }
    return NO_REGISTER;
}

/* --- copies ----------------------------------------------------------------------------------------------------- */

static bool jumps_back(const uint8_t *code, size_t n, size_t at, enum code_width w, uint64_t pc)
{
    struct decoded d;
    size_t end = at;
    ZyanU64 to;
    for (; end < n && slice_decode(code + end, n - end, w, &d); end += d.in.length)
        if (d.in.meta.category == ZYDIS_CATEGORY_COND_BR || d.in.meta.category == ZYDIS_CATEGORY_UNCOND_BR)
            return d.op[0].type == ZYDIS_OPERAND_TYPE_IMMEDIATE &&
                   ZYAN_SUCCESS(ZydisCalcAbsoluteAddress(&d.in, &d.op[0], pc + end, &to)) && to >= pc && to <= pc + at;
    return false;
}

static bool same_register(ZydisRegister a, ZydisRegister b)
{
    return slice_register(a) != NO_REGISTER
               ? slice_register(a) == slice_register(b)
               : ZydisRegisterGetClass(a) == ZydisRegisterGetClass(b) && ZydisRegisterGetId(a) == ZydisRegisterGetId(b);
}

static bool writes_register(const struct decoded *d, ZydisRegister r)
{
    for (unsigned i = 0; i < d->in.operand_count; i++)
        if (d->op[i].type == ZYDIS_OPERAND_TYPE_REGISTER && (d->op[i].actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) != 0 &&
            same_register(d->op[i].reg.value, r))
            return true;
    return false;
}

/* The load in the block before @at that gave @value what it holds; its address. */
static bool loaded_from(const uint8_t *code, size_t at, enum code_width w, uint64_t pc, const struct cpu_regs *r,
                        const ZydisDecodedOperand *value, uint64_t *from)
{
    struct ran in[64];
    struct trail t = {.in = in, .width = w, .after = *r, .read = nothing_there};
    size_t last = SIZE_MAX;
    struct decoded d;
    for (size_t i = 0; i < at; i += d.in.length) {
        if (t.nr == sizeof in / sizeof in[0] || !slice_decode(code + i, at - i, w, &d))
            return false;
        in[t.nr] = (struct ran){.pc = pc + i, .n = d.in.length};
        for (unsigned k = 0; k < d.in.length; k++)
            in[t.nr].code[k] = code[i + k];
        if (writes_register(&d, value->reg.value))
            last = t.nr;
        t.nr++;
    }
    if (last == SIZE_MAX || !slice_decode(in[last].code, in[last].n, w, &d) || d.in.operand_count_visible != 2 ||
        d.op[1].type != ZYDIS_OPERAND_TYPE_MEMORY || d.op[1].size != value->size ||
        d.op[0].type != ZYDIS_OPERAND_TYPE_REGISTER || !same_register(d.op[0].reg.value, value->reg.value))
        return false;
    return slice_address(&t, last, &d, &d.op[1], 0, from);
}

bool insn_copies(const uint8_t *code, size_t n, size_t at, enum code_width w, uint64_t pc, const struct cpu_regs *r,
                 uint64_t *from, uint64_t *to)
{
    struct decoded d;
    const struct ran here = {.pc = pc + at};
    const struct trail t = {.in = &here, .width = w, .after = *r, .read = nothing_there};
    if (at >= n || !slice_decode(code + at, n - at, w, &d))
        return false;
    if (d.in.meta.category == ZYDIS_CATEGORY_STRINGOP && d.op[1].type == ZYDIS_OPERAND_TYPE_MEMORY &&
        d.op[0].type == ZYDIS_OPERAND_TYPE_MEMORY) {
        return slice_address(&t, 0, &d, &d.op[0], 0, to) && slice_address(&t, 0, &d, &d.op[1], 0, from);
    }
    return d.in.operand_count_visible == 2 && d.op[0].type == ZYDIS_OPERAND_TYPE_MEMORY &&
           d.op[1].type == ZYDIS_OPERAND_TYPE_REGISTER && slice_address(&t, 0, &d, &d.op[0], 0, to) &&
           loaded_from(code, at, w, pc, r, &d.op[1], from) && jumps_back(code, n, at, w, pc);
}

size_t insn_exit(const uint8_t *code, size_t n, enum code_width w)
{
    struct decoded d;
    size_t last = n;
    for (size_t at = 0; at < n && slice_decode(code + at, n - at, w, &d); at += d.in.length) {
        const ZydisMnemonic m = d.in.mnemonic;
        if (m == ZYDIS_MNEMONIC_WRMSR || m == ZYDIS_MNEMONIC_VMCALL || m == ZYDIS_MNEMONIC_VMMCALL ||
            d.in.meta.category == ZYDIS_CATEGORY_IO)
            last = at;
        if (d.in.meta.category == ZYDIS_CATEGORY_RET || d.in.meta.category == ZYDIS_CATEGORY_UNCOND_BR)
            break;
    }
    return last;
}
