/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/le.h"
#include "check/code/slice_parts.h"

#define DEEPEST 12u /* values that depend on values */

static ZydisMachineMode mode_of(enum code_width w)
{
    return w == CODE_64 ? ZYDIS_MACHINE_MODE_LONG_64 : ZYDIS_MACHINE_MODE_LEGACY_32;
}

bool slice_decode(const uint8_t *code, size_t n, enum code_width w, struct decoded *d)
{
    ZydisDecoder z;
    return w != CODE_16 &&
           ZYAN_SUCCESS(ZydisDecoderInit(&z, mode_of(w), w == CODE_64 ? ZYDIS_STACK_WIDTH_64 : ZYDIS_STACK_WIDTH_32)) &&
           ZYAN_SUCCESS(ZydisDecoderDecodeFull(&z, code, n, &d->in, d->op));
}

unsigned slice_register(ZydisRegister r)
{
    const ZyanI8 id = ZydisRegisterGetId(r);
    switch (ZydisRegisterGetClass(r)) {
    case ZYDIS_REGCLASS_GPR16:
    case ZYDIS_REGCLASS_GPR32:
    case ZYDIS_REGCLASS_GPR64:
        return id >= 0 && id < 16 ? (unsigned)id : NO_REGISTER;
    case ZYDIS_REGCLASS_GPR8: /* AL CL DL BL AH CH DH BH SPL … */
        return r >= ZYDIS_REGISTER_SPL ? (unsigned)(r - ZYDIS_REGISTER_SPL) + 4u
                                       : (unsigned)(r - ZYDIS_REGISTER_AL) % 4u;
    default:
        return NO_REGISTER;
    }
}

/* --- what one instruction does to a register -------------------------------------------------------------------- */

enum effect { KEEPS, ADDS, SETS };

static bool is_whole(const ZydisDecodedOperand *op)
{
    return op->size >= 32; /* a 32-bit write clears the rest */
}

static uint64_t stack_change(const struct decoded *d)
{
    const uint64_t slot = d->in.operand_width / 8;
    switch (d->in.meta.category) {
    case ZYDIS_CATEGORY_PUSH:
    case ZYDIS_CATEGORY_CALL:
        return 0 - slot;
    case ZYDIS_CATEGORY_POP:
        return slot;
    case ZYDIS_CATEGORY_RET:
        return slot + (d->in.operand_count_visible != 0 ? d->op[0].imm.value.u : 0);
    default:
        return 0;
    }
}

static enum effect effect_on(const struct decoded *d, unsigned gpr, uint64_t *delta)
{
    bool written = false;
    for (unsigned i = 0; i < d->in.operand_count; i++)
        if (d->op[i].type == ZYDIS_OPERAND_TYPE_REGISTER && slice_register(d->op[i].reg.value) == gpr &&
            (d->op[i].actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) != 0)
            written = true;
    *delta = 0;
    if (!written)
        return KEEPS;
    const bool pops_it = d->in.mnemonic == ZYDIS_MNEMONIC_POP && slice_register(d->op[0].reg.value) == gpr;
    if (gpr == CPU_RSP && !pops_it && (*delta = stack_change(d)) != 0)
        return ADDS;
    if (d->in.operand_count_visible == 0 || d->op[0].type != ZYDIS_OPERAND_TYPE_REGISTER || !is_whole(&d->op[0]))
        return SETS;
    const bool by_constant = d->in.operand_count_visible == 2 && d->op[1].type == ZYDIS_OPERAND_TYPE_IMMEDIATE;
    switch (d->in.mnemonic) {
    case ZYDIS_MNEMONIC_ADD:
        *delta = by_constant ? d->op[1].imm.value.u : 0;
        return by_constant ? ADDS : SETS;
    case ZYDIS_MNEMONIC_SUB:
        *delta = by_constant ? 0 - d->op[1].imm.value.u : 0;
        return by_constant ? ADDS : SETS;
    case ZYDIS_MNEMONIC_INC:
        *delta = 1;
        return ADDS;
    case ZYDIS_MNEMONIC_DEC:
        *delta = 0 - (uint64_t)1;
        return ADDS;
    default:
        return SETS;
    }
}

/* --- values in the past ----------------------------------------------------------------------------------------- */

static bool decode_at(const struct trail *t, size_t i, struct decoded *d)
{
    return slice_decode(t->in[i].code, t->in[i].n, t->width, d);
}

static bool value_before(const struct trail *t, size_t at, unsigned gpr, unsigned depth, uint64_t *value);

bool slice_address(const struct trail *t, size_t at, const struct decoded *d, const ZydisDecodedOperand *op,
                   unsigned depth, uint64_t *gva)
{
    uint64_t value;
    *gva = op->mem.disp.has_displacement ? (uint64_t)op->mem.disp.value : 0;
    if (op->type != ZYDIS_OPERAND_TYPE_MEMORY || !slice_is_flat(op->mem.segment))
        return false;
    if (op->mem.base == ZYDIS_REGISTER_RIP) {
        *gva += t->in[at].pc + d->in.length;
    } else if (op->mem.base != ZYDIS_REGISTER_NONE) {
        if (!value_before(t, at, slice_register(op->mem.base), depth + 1, &value))
            return false;
        *gva += value;
    }
    if (op->mem.index != ZYDIS_REGISTER_NONE) {
        if (!value_before(t, at, slice_register(op->mem.index), depth + 1, &value))
            return false;
        *gva += value * op->mem.scale;
    }
    if (d->in.address_width == 32)
        *gva = (uint32_t)*gva;
    return true;
}

/* Where an instruction that loads a register has it from; false when it is no plain load. */
static bool load_of(const struct trail *t, size_t at, const struct decoded *d, unsigned depth, uint64_t *gva,
                    unsigned *size)
{
    if (d->in.mnemonic == ZYDIS_MNEMONIC_POP) {
        *size = d->in.operand_width / 8;
        return value_before(t, at, CPU_RSP, depth + 1, gva);
    }
    if (d->in.mnemonic != ZYDIS_MNEMONIC_MOV && d->in.mnemonic != ZYDIS_MNEMONIC_MOVZX)
        return false;
    *size = d->op[1].size / 8;
    return slice_address(t, at, d, &d->op[1], depth, gva);
}

static bool is_zeroing(const struct decoded *d)
{
    return (d->in.mnemonic == ZYDIS_MNEMONIC_XOR || d->in.mnemonic == ZYDIS_MNEMONIC_SUB) &&
           d->op[1].type == ZYDIS_OPERAND_TYPE_REGISTER && d->op[0].reg.value == d->op[1].reg.value;
}

/* What instruction @at has set its first operand, a whole register, to. */
static bool value_set(const struct trail *t, size_t at, const struct decoded *d, unsigned depth, uint64_t *value)
{
    uint8_t raw[8] = {0};
    uint64_t gva;
    unsigned size;
    bool ok = false;
    *value = 0;
    if (is_zeroing(d))
        return true;
    if (d->in.mnemonic == ZYDIS_MNEMONIC_LEA) {
        ok = slice_address(t, at, d, &d->op[1], depth, value);
    } else if (d->in.mnemonic == ZYDIS_MNEMONIC_MOV && d->op[1].type == ZYDIS_OPERAND_TYPE_IMMEDIATE) {
        *value = d->op[1].imm.value.u;
        ok = true;
    } else if (d->in.mnemonic == ZYDIS_MNEMONIC_MOV && d->op[1].type == ZYDIS_OPERAND_TYPE_REGISTER) {
        ok = value_before(t, at, slice_register(d->op[1].reg.value), depth + 1, value);
    } else if (load_of(t, at, d, depth, &gva, &size) && size <= sizeof raw) {
        ok = t->read(t->self, gva, raw, size);
        *value = le64(raw);
    }
    if (d->op[0].size == 32)
        *value = (uint32_t)*value;
    return ok;
}

/* What @gpr held before instruction @at ran. */
static bool value_before(const struct trail *t, size_t at, unsigned gpr, unsigned depth, uint64_t *value)
{
    struct decoded d;
    uint64_t delta, sum = 0;
    if (gpr == NO_REGISTER || depth > DEEPEST)
        return false;
    enum effect e = KEEPS;
    for (size_t i = at; i < t->nr && e != SETS; i++) {
        if (!decode_at(t, i, &d))
            return false;
        e = effect_on(&d, gpr, &delta);
        sum += delta;
    }
    if (e != SETS) {
        *value = t->after.gpr[gpr] - sum;
        return true;
    }
    sum = 0;
    for (size_t i = at; i-- > 0;) {
        if (!decode_at(t, i, &d))
            return false;
        e = effect_on(&d, gpr, &delta);
        sum += delta;
        if (e != SETS)
            continue;
        if (d.op[0].type != ZYDIS_OPERAND_TYPE_REGISTER || slice_register(d.op[0].reg.value) != gpr ||
            !is_whole(&d.op[0]) || !value_set(t, i, &d, depth, value))
            return false;
        *value += sum;
        return true;
    }
    return false;
}

/* --- the origin of a value -------------------------------------------------------------------------------------- */

/* The PUSH before @at that put a register where the POP at @at finds it; SIZE_MAX for none. */
static size_t pushed_by(const struct trail *t, size_t at)
{
    struct decoded d;
    uint64_t delta, depth = 0; /* of the stack pointer below the slot */
    for (size_t i = at; i-- > 0;) {
        if (!decode_at(t, i, &d) || effect_on(&d, CPU_RSP, &delta) == SETS)
            return SIZE_MAX;
        depth += delta;
        if (d.in.mnemonic == ZYDIS_MNEMONIC_PUSH && depth == 0 - (uint64_t)d.in.operand_width / 8)
            return d.op[0].type == ZYDIS_OPERAND_TYPE_REGISTER ? i : SIZE_MAX;
        if ((int64_t)depth < 0)
            return SIZE_MAX;
    }
    return SIZE_MAX;
}

/*
 * Instruction *@at has set a register: from another one, which is to be followed (*@gpr) from *@at on, or the search is
 * over.
 */
static bool follow(const struct trail *t, size_t *at, const struct decoded *d, unsigned *gpr, struct origin *out)
{
    const ZydisDecodedOperand *from = &d->op[1];
    const bool names_itself = d->in.mnemonic == ZYDIS_MNEMONIC_LEA && from->mem.base == ZYDIS_REGISTER_RIP;
    uint8_t raw[8] = {0};
    struct decoded push;
    if (d->op[0].type != ZYDIS_OPERAND_TYPE_REGISTER || slice_register(d->op[0].reg.value) != *gpr ||
        !is_whole(&d->op[0]))
        return false;
    if (d->in.mnemonic == ZYDIS_MNEMONIC_MOV && from->type == ZYDIS_OPERAND_TYPE_REGISTER) {
        *gpr = slice_register(from->reg.value);
        return *gpr != NO_REGISTER;
    }
    if (d->in.mnemonic == ZYDIS_MNEMONIC_LEA && from->mem.index == ZYDIS_REGISTER_NONE &&
        slice_register(from->mem.base) != NO_REGISTER) {
        *gpr = slice_register(from->mem.base);
        out->added += (uint64_t)from->mem.disp.value;
        return true;
    }
    const size_t pushed = d->in.mnemonic == ZYDIS_MNEMONIC_POP ? pushed_by(t, *at) : SIZE_MAX;
    if (pushed != SIZE_MAX && decode_at(t, pushed, &push)) {
        *at = pushed;
        *gpr = slice_register(push.op[0].reg.value);
        return *gpr != NO_REGISTER;
    }
    out->by = *at;
    if (load_of(t, *at, d, 0, &out->gva, &out->size) && out->size <= sizeof raw &&
        t->read(t->self, out->gva, raw, out->size)) {
        out->kind = ORIGIN_MEMORY;
        out->value = le64(raw);
    } else if (d->in.mnemonic != ZYDIS_MNEMONIC_POP && (from->type != ZYDIS_OPERAND_TYPE_MEMORY || names_itself) &&
               value_set(t, *at, d, 0, &out->value)) {
        out->kind = ORIGIN_CONSTANT;
    }
    return false;
}

void trail_origin(const struct trail *t, unsigned gpr, struct origin *out)
{
    struct decoded d;
    uint64_t delta;
    *out = (struct origin){.kind = ORIGIN_UNKNOWN};
    if (gpr >= NO_REGISTER)
        return;
    const uint64_t held = t->after.gpr[gpr];
    for (size_t i = t->nr; i-- > 0;) {
        if (!decode_at(t, i, &d))
            return;
        const enum effect e = effect_on(&d, gpr, &delta);
        out->added += delta;
        if (e == SETS && !follow(t, &i, &d, &gpr, out))
            break;
    }
    /* What was loaded must be what is there still, or the way back is not what was thought. */
    if (out->kind != ORIGIN_UNKNOWN && (uint32_t)(out->value + out->added) != (uint32_t)held)
        out->kind = ORIGIN_UNKNOWN;
}
