/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/code/insn.h"

#include <Zydis/Zydis.h>
#include <string.h>

#define SPIN_INSNS 6u
#define SPIN_BACK 16u /* bytes: a call of CpuPause(), and what sets it up */

static bool decoder_for(enum code_width w, ZydisDecoder *d)
{
    static const struct {
        ZydisMachineMode mode;
        ZydisStackWidth stack;
    } table[] = {
        [CODE_16] = {ZYDIS_MACHINE_MODE_REAL_16, ZYDIS_STACK_WIDTH_16},
        [CODE_32] = {ZYDIS_MACHINE_MODE_LEGACY_32, ZYDIS_STACK_WIDTH_32},
        [CODE_64] = {ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64},
    };
    return ZYAN_SUCCESS(ZydisDecoderInit(d, table[w].mode, table[w].stack));
}

unsigned insn_call_before(const uint8_t *code, size_t n, enum code_width w)
{
    ZydisDecoder d;
    if (!decoder_for(w, &d))
        return 0;
    /* CALL rel32 is by far the most common: prefer it over shorter forms that its tail may look like. */
    static const unsigned lengths[] = {5, 2, 3, 6, 7, 4, 8};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        unsigned len = lengths[i];
        ZydisDecodedInstruction in;
        if (len <= n && ZYAN_SUCCESS(ZydisDecoderDecodeInstruction(&d, NULL, code + n - len, len, &in)) &&
            in.length == len && in.mnemonic == ZYDIS_MNEMONIC_CALL)
            return len;
    }
    return 0;
}

static void to_context(const struct cpu_regs *r, ZydisRegisterContext *c)
{
    for (unsigned i = 0; i < 16; i++)
        c->values[ZYDIS_REGISTER_RAX + i] = r->gpr[i];
    for (unsigned i = 0; i < 16; i++)
        c->values[ZYDIS_REGISTER_EAX + i] = (uint32_t)r->gpr[i];
    for (unsigned i = 0; i < 16; i++)
        c->values[ZYDIS_REGISTER_AX + i] = (uint16_t)r->gpr[i];
}

/* Segment bases that real mode computes; elsewhere firmware's are flat. */
static uint64_t segment_base(enum code_width w, ZydisRegister segment, const struct cpu_regs *r)
{
    if (w != CODE_16)
        return 0;
    switch (segment) {
    case ZYDIS_REGISTER_CS:
        return (uint64_t)r->cs << 4;
    case ZYDIS_REGISTER_SS:
        return (uint64_t)r->ss << 4;
    case ZYDIS_REGISTER_ES:
        return (uint64_t)r->es << 4;
    case ZYDIS_REGISTER_FS:
        return (uint64_t)r->fs << 4;
    case ZYDIS_REGISTER_GS:
        return (uint64_t)r->gs << 4;
    default:
        return (uint64_t)r->ds << 4;
    }
}

static enum transfer_kind kind_of(const ZydisDecodedInstruction *in)
{
    /* Far ones only where the instruction itself says where to. */
    if (in->meta.branch_type == ZYDIS_BRANCH_TYPE_FAR && !in->raw.imm[0].size)
        return TRANSFER_NONE;
    switch (in->meta.category) {
    case ZYDIS_CATEGORY_CALL:
        return TRANSFER_CALL;
    case ZYDIS_CATEGORY_RET:
        return TRANSFER_RETURN;
    case ZYDIS_CATEGORY_UNCOND_BR:
    case ZYDIS_CATEGORY_COND_BR:
        return TRANSFER_JUMP;
    default:
        return TRANSFER_NONE;
    }
}

static void operand_target(const ZydisDecodedInstruction *in, const ZydisDecodedOperand *op, enum code_width w,
                           uint64_t pc, const struct cpu_regs *r, struct insn_transfer *out)
{
    ZydisRegisterContext context = {0};
    uint64_t code_base = segment_base(w, ZYDIS_REGISTER_CS, r);
    to_context(r, &context);
    out->size = op->size / 8;
    if (op->type == ZYDIS_OPERAND_TYPE_MEMORY) {
        out->in_memory = ZYAN_SUCCESS(ZydisCalcAbsoluteAddressEx(in, op, pc, &context, &out->gva));
        out->gva += segment_base(w, op->mem.segment, r);
    } else if (op->type == ZYDIS_OPERAND_TYPE_REGISTER) {
        out->reg = ZydisRegisterGetString(op->reg.value);
        out->target = code_base + context.values[op->reg.value];
    } else if (op->type == ZYDIS_OPERAND_TYPE_POINTER) {
        out->direct = true;
        out->target = (w == CODE_16 ? (uint64_t)op->ptr.segment << 4 : 0) + op->ptr.offset;
    } else if (op->type == ZYDIS_OPERAND_TYPE_IMMEDIATE) {
        out->direct = ZYAN_SUCCESS(ZydisCalcAbsoluteAddress(in, op, pc - code_base, &out->target));
        out->target += code_base;
    }
}

bool insn_decode_transfer(const uint8_t *code, size_t n, enum code_width w, uint64_t pc, const struct cpu_regs *r,
                          struct insn_transfer *out)
{
    ZydisDecoder d;
    ZydisDecodedInstruction in;
    ZydisDecodedOperand op[ZYDIS_MAX_OPERAND_COUNT];
    memset(out, 0, sizeof *out);
    if (!decoder_for(w, &d) || !ZYAN_SUCCESS(ZydisDecoderDecodeFull(&d, code, n, &in, op)))
        return false;
    out->length = in.length;
    out->kind = kind_of(&in);
    unsigned slot = in.operand_width / 8;
    bool far_one = in.meta.branch_type == ZYDIS_BRANCH_TYPE_FAR;
    if (out->kind == TRANSFER_RETURN && far_one) {
        out->kind = TRANSFER_NONE;
    } else if (out->kind == TRANSFER_RETURN) {
        out->in_memory = true;
        out->size = slot;
        out->gva = segment_base(w, ZYDIS_REGISTER_SS, r) + r->gpr[CPU_RSP];
        out->stack_use = slot + (in.operand_count_visible != 0 ? (unsigned)op[0].imm.value.u : 0);
    } else if (out->kind != TRANSFER_NONE) {
        out->stack_use = out->kind != TRANSFER_CALL ? 0 : far_one ? 2 * slot : slot;
        operand_target(&in, &op[0], w, pc, r, out);
    }
    return true;
}

static bool harmless(const ZydisDecodedInstruction *in, const ZydisDecodedOperand *op)
{
    switch (in->mnemonic) {
    case ZYDIS_MNEMONIC_PAUSE:
    case ZYDIS_MNEMONIC_NOP:
    case ZYDIS_MNEMONIC_CMP:
    case ZYDIS_MNEMONIC_TEST:
        return true;
    case ZYDIS_MNEMONIC_MOV:
    case ZYDIS_MNEMONIC_MOVZX:
        return op[0].type == ZYDIS_OPERAND_TYPE_REGISTER;
    default:
        return false;
    }
}

enum spin insn_spin(const uint8_t *code, size_t n, enum code_width w, uint64_t pc)
{
    ZydisDecoder d;
    ZydisDecodedInstruction in;
    ZydisDecodedOperand op[ZYDIS_MAX_OPERAND_COUNT];
    size_t at = 0;
    bool reads = false;
    if (!decoder_for(w, &d))
        return SPIN_NONE;
    for (unsigned i = 0; i < SPIN_INSNS; i++, at += in.length) {
        ZyanU64 to;
        if (!ZYAN_SUCCESS(ZydisDecoderDecodeFull(&d, code + at, n - at, &in, op)))
            return SPIN_NONE;
        if (kind_of(&in) != TRANSFER_JUMP) {
            if (!harmless(&in, op))
                return SPIN_NONE;
            for (unsigned k = 0; k < in.operand_count_visible; k++)
                reads = reads || op[k].type == ZYDIS_OPERAND_TYPE_MEMORY;
            continue;
        }
        if (op[0].type != ZYDIS_OPERAND_TYPE_IMMEDIATE ||
            !ZYAN_SUCCESS(ZydisCalcAbsoluteAddress(&in, op, pc + at, &to)))
            return SPIN_NONE;
        if (pc - to > SPIN_BACK)
            return SPIN_NONE;
        return reads ? SPIN_VARIABLE : in.meta.category == ZYDIS_CATEGORY_UNCOND_BR ? SPIN_JUMP : SPIN_NONE;
    }
    return SPIN_NONE;
}

size_t insn_last(const uint8_t *code, size_t n, enum code_width w)
{
    ZydisDecoder d;
    ZydisDecodedInstruction in;
    size_t last = 0;
    if (!decoder_for(w, &d))
        return 0;
    for (size_t at = 0; at < n; at += in.length) {
        if (!ZYAN_SUCCESS(ZydisDecoderDecodeInstruction(&d, NULL, code + at, n - at, &in)))
            return 0;
        last = at;
    }
    return last;
}

size_t insn_length(const uint8_t *code, size_t n, enum code_width w)
{
    ZydisDecoder d;
    ZydisDecodedInstruction in;
    return decoder_for(w, &d) && ZYAN_SUCCESS(ZydisDecoderDecodeInstruction(&d, NULL, code, n, &in)) ? in.length : 0;
}

_Static_assert(INSN_ANYWHERE == ZYDIS_RUNTIME_ADDRESS_NONE, "what is relative stays so");

void insn_text(const uint8_t *code, size_t n, enum code_width w, uint64_t pc, char *out, size_t out_size)
{
    out[0] = '\0';
    ZydisDecoder d;
    ZydisFormatter f;
    ZydisDecodedInstruction in;
    ZydisDecodedOperand op[ZYDIS_MAX_OPERAND_COUNT];
    if (!decoder_for(w, &d) || !ZYAN_SUCCESS(ZydisDecoderDecodeFull(&d, code, n, &in, op)) ||
        !ZYAN_SUCCESS(ZydisFormatterInit(&f, ZYDIS_FORMATTER_STYLE_INTEL)))
        return;
    (void)ZydisFormatterFormatInstruction(&f, &in, op, in.operand_count_visible, out, out_size, pc, NULL);
}

static bool is_plain(const ZydisDecodedInstruction *in)
{
    static const bool plain[ZYDIS_CATEGORY_MAX_VALUE + 1] = {
        [ZYDIS_CATEGORY_BINARY] = true,   [ZYDIS_CATEGORY_BITBYTE] = true,   [ZYDIS_CATEGORY_CALL] = true,
        [ZYDIS_CATEGORY_CMOV] = true,     [ZYDIS_CATEGORY_COND_BR] = true,   [ZYDIS_CATEGORY_CONVERT] = true,
        [ZYDIS_CATEGORY_DATAXFER] = true, [ZYDIS_CATEGORY_LOGICAL] = true,   [ZYDIS_CATEGORY_NOP] = true,
        [ZYDIS_CATEGORY_POP] = true,      [ZYDIS_CATEGORY_PUSH] = true,      [ZYDIS_CATEGORY_RET] = true,
        [ZYDIS_CATEGORY_ROTATE] = true,   [ZYDIS_CATEGORY_SETCC] = true,     [ZYDIS_CATEGORY_SHIFT] = true,
        [ZYDIS_CATEGORY_STRINGOP] = true, [ZYDIS_CATEGORY_UNCOND_BR] = true, [ZYDIS_CATEGORY_WIDENOP] = true,
    };
    static const ZydisMnemonic others[] = {ZYDIS_MNEMONIC_LEA, ZYDIS_MNEMONIC_LEAVE, ZYDIS_MNEMONIC_CLD,
                                           ZYDIS_MNEMONIC_CLC, ZYDIS_MNEMONIC_STC};
    static const ZydisMnemonic never[] = {ZYDIS_MNEMONIC_POPF, ZYDIS_MNEMONIC_POPFD, ZYDIS_MNEMONIC_POPFQ,
                                          ZYDIS_MNEMONIC_IRET, ZYDIS_MNEMONIC_IRETD, ZYDIS_MNEMONIC_IRETQ};
    if ((in->meta.isa_ext != ZYDIS_ISA_EXT_BASE && in->meta.isa_ext != ZYDIS_ISA_EXT_LONGMODE) ||
        in->meta.branch_type == ZYDIS_BRANCH_TYPE_FAR)
        return false;
    for (size_t i = 0; i < sizeof never / sizeof never[0]; i++)
        if (in->mnemonic == never[i])
            return false;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (in->mnemonic == others[i])
            return true;
    return plain[in->meta.category];
}

/* Moves to and from what is no general register are data transfers, too. */
static bool has_plain_operands(const ZydisDecodedInstruction *in, const ZydisDecodedOperand *op)
{
    for (unsigned i = 0; i < in->operand_count; i++) {
        if (op[i].type != ZYDIS_OPERAND_TYPE_REGISTER)
            continue;
        switch (ZydisRegisterGetClass(op[i].reg.value)) {
        case ZYDIS_REGCLASS_GPR8:
        case ZYDIS_REGCLASS_GPR16:
        case ZYDIS_REGCLASS_GPR32:
        case ZYDIS_REGCLASS_GPR64:
        case ZYDIS_REGCLASS_FLAGS:
        case ZYDIS_REGCLASS_IP:
            break;
        default:
            return false;
        }
    }
    return true;
}

bool insn_all_plain(const uint8_t *code, size_t n, enum code_width w)
{
    ZydisDecoder d;
    ZydisDecodedInstruction in;
    ZydisDecodedOperand op[ZYDIS_MAX_OPERAND_COUNT];
    if (!decoder_for(w, &d))
        return false;
    for (size_t at = 0; at < n; at += in.length)
        if (!ZYAN_SUCCESS(ZydisDecoderDecodeFull(&d, code + at, n - at, &in, op)) || !is_plain(&in) ||
            !has_plain_operands(&in, op))
            return false;
    return n != 0;
}
