/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What reads and writes memory in one faults as a write: the processor asks for both at once (Intel SDM 3A, 4.7; "W/R"). The
 * library reads first, and says that a read faulted.
 */
#include <Zydis/Zydis.h>

#include "engine/internal.h"

#define INSN_SIZE_MAX 15u

static bool reads_and_writes(const ZydisDecodedOperand *op)
{
    return op->type == ZYDIS_OPERAND_TYPE_MEMORY && (op->actions & ZYDIS_OPERAND_ACTION_MASK_READ) != 0 &&
           (op->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) != 0;
}

bool engine_insn_modifies(struct engine *e)
{
    ZydisDecoder d;
    ZydisDecodedInstruction in;
    ZydisDecodedOperand op[ZYDIS_MAX_OPERAND_COUNT];
    uint8_t code[INSN_SIZE_MAX];
    size_t n = sizeof code;
    const bool wide = engine_code64(e);
    while (n > 0 && !e->client->read_code(e->self, engine_pc(e), code, n))
        n--;
    if (!ZYAN_SUCCESS(ZydisDecoderInit(&d, wide ? ZYDIS_MACHINE_MODE_LONG_64 : ZYDIS_MACHINE_MODE_LEGACY_32,
                                       wide ? ZYDIS_STACK_WIDTH_64 : ZYDIS_STACK_WIDTH_32)) ||
        !ZYAN_SUCCESS(ZydisDecoderDecodeFull(&d, code, n, &in, op)))
        return false;
    for (unsigned i = 0; i < in.operand_count; i++)
        if (reads_and_writes(&op[i]))
            return true;
    return false;
}
