/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by slice.c and slice_insn.c only. */
#ifndef HVMBED_CHECK_CODE_SLICE_PARTS_H
#define HVMBED_CHECK_CODE_SLICE_PARTS_H

#include <Zydis/Zydis.h>

#include "check/code/slice.h"

struct decoded {
    ZydisDecodedInstruction in;
    ZydisDecodedOperand op[ZYDIS_MAX_OPERAND_COUNT];
};

/* False for what is no instruction, and for 16-bit code. */
bool slice_decode(const uint8_t *code, size_t n, enum code_width w, struct decoded *d);
/* As an index of cpu_regs' gpr[]; NO_REGISTER for others than general ones. */
unsigned slice_register(ZydisRegister r);
static inline bool slice_is_flat(ZydisRegister segment)
{
    return segment != ZYDIS_REGISTER_FS && segment != ZYDIS_REGISTER_GS;
}
/* The address of a memory operand of instruction @at, which is @d. @depth 0 from outside. */
bool slice_address(const struct trail *t, size_t at, const struct decoded *d, const ZydisDecodedOperand *op,
                   unsigned depth, uint64_t *gva);

#endif
