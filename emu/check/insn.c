/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/insn.h"

#include <Zydis/Zydis.h>

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

bool insn_writes(const uint8_t *code, size_t n, enum code_width w, uint64_t pc, const struct cpu_regs *r, uint64_t gva)
{
    ZydisDecoder d;
    ZydisDecodedInstruction in;
    ZydisDecodedOperand op[ZYDIS_MAX_OPERAND_COUNT];
    if (!decoder_for(w, &d) || !ZYAN_SUCCESS(ZydisDecoderDecodeFull(&d, code, n, &in, op)))
        return false;
    ZydisRegisterContext context = {0};
    to_context(r, &context);
    for (unsigned i = 0; i < in.operand_count; i++) {
        if (op[i].type != ZYDIS_OPERAND_TYPE_MEMORY || (op[i].actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) == 0)
            continue;
        uint64_t at;
        if (!ZYAN_SUCCESS(ZydisCalcAbsoluteAddressEx(&in, &op[i], pc, &context, &at)))
            continue;
        uint64_t size = op[i].size / 8;
        if (op[i].mem.base == ZYDIS_REGISTER_RSP && op[i].visibility == ZYDIS_OPERAND_VISIBILITY_HIDDEN)
            at -= size; /* push and call: the stack grows first */
        if (gva - at < size || gva == at)
            return true;
    }
    return false;
}

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
