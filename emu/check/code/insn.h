/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an instruction does, as far as findings need it. Over Zydis; pure. */
#ifndef HVMBED_CHECK_CODE_INSN_H
#define HVMBED_CHECK_CODE_INSN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "check/finding.h"

enum code_width { CODE_16, CODE_32, CODE_64 };

/* Does a CALL end exactly at @code + @n? Returns its length, 0 when none does. */
unsigned insn_call_before(const uint8_t *code, size_t n, enum code_width w);
/* Where a call, jump or return goes. */
struct insn_transfer {
    enum transfer_kind kind; /* NONE: no near transfer */
    unsigned length;         /* of the instruction, in bytes */
    bool direct;             /* the instruction itself says where */
    bool in_memory;          /* else: the pointer lies there, */
    uint64_t gva;
    unsigned size;      /* so many bytes; */
    const char *reg;    /* or in this register; static */
    uint64_t target;    /* linear, but where it lies in memory */
    unsigned stack_use; /* what the transfer adds to the stack pointer (a return) or takes from it (a call) */
};
/*
 * The instruction at linear address @pc, with @r as it is before it runs. False when it does not decode. Jumps that
 * depend on flags are told like others.
 */
bool insn_decode_transfer(const uint8_t *code, size_t n, enum code_width w, uint64_t pc, const struct cpu_regs *r,
                          struct insn_transfer *out);
/* A loop that nothing inside it can end. */
enum spin { SPIN_NONE, SPIN_JUMP, SPIN_VARIABLE };
/*
 * Does the code at @pc write nothing, and jump back to @pc or to a few bytes before it? VARIABLE: after it has looked at
 * memory; JUMP: always.
 */
enum spin insn_spin(const uint8_t *code, size_t n, enum code_width w, uint64_t pc);
/* Where in @code of @n bytes, a whole block, its last instruction begins; 0 when it does not decode. */
size_t insn_last(const uint8_t *code, size_t n, enum code_width w);
/* Of the instruction at @code, in bytes; 0 when it does not decode. */
size_t insn_length(const uint8_t *code, size_t n, enum code_width w);
/* Does @code, a whole block, read and write nothing but general registers, flags and memory, interrupts apart? */
bool insn_all_plain(const uint8_t *code, size_t n, enum code_width w);
/* The instruction as text, Intel syntax; "" when it does not decode. @pc INSN_ANYWHERE: what is relative stays so. */
#define INSN_ANYWHERE UINT64_MAX
void insn_text(const uint8_t *code, size_t n, enum code_width w, uint64_t pc, char *out, size_t out_size);

#endif
