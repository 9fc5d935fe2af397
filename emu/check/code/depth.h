/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How deep a function's stack is at one of its instructions, from its code alone. Over Zydis; pure. */
#ifndef HVMBED_CHECK_CODE_DEPTH_H
#define HVMBED_CHECK_CODE_DEPTH_H

#include "check/code/insn.h"

struct depth {
    size_t start;   /* where the function begins, in the code given */
    uint64_t bytes; /* between the stack pointer before the instruction and the return address */
};

/*
 * For the instruction at @code + @at, where @code, at @gva, is the beginning of a function: this one's, or that of one before it,
 * when this one is never called directly. @n bytes are there; those behind @at are looked at for jumps back.
 * False when the code does not tell, as with a stack pointer that is computed.
 */
bool depth_at(const uint8_t *code, size_t n, size_t at, uint64_t gva, enum code_width w, struct depth *out);

#endif
