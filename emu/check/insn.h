/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an instruction does, as far as findings need it. Over Zydis; pure. */
#ifndef HVMBED_CHECK_INSN_H
#define HVMBED_CHECK_INSN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "check/finding.h"

enum code_width { CODE_16, CODE_32, CODE_64 };

/* Does a CALL end exactly at @code + @n? Returns its length, 0 when none does. */
unsigned insn_call_before(const uint8_t *code, size_t n, enum code_width w);
/* Does the instruction at @code (at linear address @pc) write to @gva? Implicit stack writes count. */
bool insn_writes(const uint8_t *code, size_t n, enum code_width w, uint64_t pc, const struct cpu_regs *r, uint64_t gva);
/* The instruction as text, Intel syntax; "" when it does not decode. */
void insn_text(const uint8_t *code, size_t n, enum code_width w, uint64_t pc, char *out, size_t out_size);

#endif
