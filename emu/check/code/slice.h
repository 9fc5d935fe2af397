/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Backwards through code that has run: where a register had its value from, and which bytes a store copies. Over Zydis;
 * pure. The registers are known at the end only; what cannot be worked out from there is said not to be known.
 */
#ifndef HVMBED_CHECK_CODE_SLICE_H
#define HVMBED_CHECK_CODE_SLICE_H

#include "check/code/insn.h"

/* An instruction as it ran. */
struct ran {
    uint64_t pc;
    uint8_t code[15];
    uint8_t n; /* bytes there, at least the instruction's */
};

/* Those that ran last, the oldest first, and the state behind the last. */
struct trail {
    const struct ran *in;
    size_t nr;
    enum code_width width; /* CODE_32 or CODE_64 */
    struct cpu_regs after;
    /* Guest-linear bytes as they are now; false when one is not there. */
    bool (*read)(const void *self, uint64_t gva, void *dst, size_t n);
    const void *self;
};

enum origin_kind { ORIGIN_UNKNOWN, ORIGIN_CONSTANT, ORIGIN_MEMORY };
struct origin {
    enum origin_kind kind;
    size_t by;      /* index of the instruction that loaded or set it */
    uint64_t gva;   /* MEMORY: from there, */
    unsigned size;  /* so many bytes, */
    uint64_t value; /* which hold this now; CONSTANT: this. What was added to it since is not in it */
    uint64_t added;
};
/* Where general register @gpr had the value from that it holds behind the trail. Copies from register to register and
 * what is added to a pointer are followed. */
void trail_origin(const struct trail *t, unsigned gpr, struct origin *out);

#define NO_REGISTER 16u
/* The general register that holds the target of the call or jump at @code; NO_REGISTER when none does. */
unsigned insn_target_register(const uint8_t *code, size_t n, enum code_width w);
/* The general register that a plain move at @code stores; NO_REGISTER when it does not. */
unsigned insn_stored_register(const uint8_t *code, size_t n, enum code_width w);
/* The base register of a memory operand of the instruction at @pc whose bytes hold *@gva or, when that is NULL, whose
 * address is not canonical; NO_REGISTER for none. */
unsigned insn_base_register(const uint8_t *code, size_t n, enum code_width w, uint64_t pc, const struct cpu_regs *r,
                            const uint64_t *gva);

/*
 * Does the instruction at @code + @at of a block of @n bytes at @pc store bytes that it copies: a string move, or a store
 * of what a load in the same block has loaded, in a block that jumps back to itself? Then they go from *@from to *@to
 * (gva); @r as it is while it stores.
 */
bool insn_copies(const uint8_t *code, size_t n, size_t at, enum code_width w, uint64_t pc, const struct cpu_regs *r,
                 uint64_t *from, uint64_t *to);

/* Where in @code the last instruction is that Xen or a device answers (WRMSR, VMCALL, VMMCALL, OUT); @n for none. */
size_t insn_exit(const uint8_t *code, size_t n, enum code_width w);

#endif
