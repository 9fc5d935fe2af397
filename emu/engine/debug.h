/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For a debugger: told of each instruction, load and store, without anything that is executed or counted being another.
 * Blocks are translated with it from the beginning, never anew for its sake, so that the guest can be held before any
 * instruction: the client simply does not return.
 */
#ifndef HVMBED_ENGINE_DEBUG_H
#define HVMBED_ENGINE_DEBUG_H

#include "engine/engine.h"

struct engine_debug {
    /* Before each instruction, and each element of a repeated one; @pc is linear. engine_stop() ends the run before it. */
    void (*insn)(void *self, uint64_t pc);
    /* In pieces of at most 8 bytes, devices too. Not what page walks read and write. */
    void (*load)(void *self, uint64_t gpa, unsigned size);
    void (*store)(void *self, uint64_t gpa, unsigned size);
    /* Because of engine_debug_come_out(): registers and memory may be changed. The run goes on from RIP. */
    void (*outside)(void *self);
};
/* Before the first run; for good. False: no room. */
bool engine_debug(struct engine *e, const struct engine_debug *d, void *self);
/* From insn(): the instruction waits. A block that is left so and entered again in its middle counts twice. */
void engine_debug_come_out(struct engine *e);
/* Linear address of what processor @cpu executes next; right in insn(), too. */
uint64_t engine_debug_pc(struct engine *e, unsigned cpu);

/* What a debugger calls registers. The ranges are in the encoding's order. */
enum engine_register {
    ENGINE_GPR = 0,               /* to r15 */
    ENGINE_RIP = ENGINE_GPR + 16, /* as a linear address: a debugger knows no segments */
    ENGINE_FLAGS,
    ENGINE_CS,
    ENGINE_SS,
    ENGINE_DS,
    ENGINE_ES,
    ENGINE_FS,
    ENGINE_GS,
    ENGINE_ST, /* to st(7) */
    ENGINE_FCTRL = ENGINE_ST + 8,
    ENGINE_FSTAT,
    ENGINE_FTAG,
    ENGINE_FISEG,
    ENGINE_FIOFF,
    ENGINE_FOSEG,
    ENGINE_FOOFF,
    ENGINE_FOP,
    ENGINE_XMM, /* to xmm15 */
    ENGINE_MXCSR = ENGINE_XMM + 16,
    ENGINE_CS_BASE,
    ENGINE_FS_BASE,
    ENGINE_GS_BASE,
    ENGINE_K_GS_BASE,
    ENGINE_CR0,
    ENGINE_CR2,
    ENGINE_CR3,
    ENGINE_CR4,
    ENGINE_CR8,
    ENGINE_EFER,
    ENGINE_REGISTERS
};
#define ENGINE_REGISTER_SIZE 16 /* bytes: the largest */
/* Little-endian, the rest is 0. False: that processor has never run. */
bool engine_read_register(struct engine *e, unsigned cpu, enum engine_register r, uint8_t out[ENGINE_REGISTER_SIZE]);
/* Not from a callback. False: it can only be read, as all that decides the mode, or as above. */
bool engine_write_register(struct engine *e, unsigned cpu, enum engine_register r,
                           const uint8_t in[ENGINE_REGISTER_SIZE]);
/* What of a processor's state decides how an address is translated, likewise. */
bool engine_paging_of(struct engine *e, unsigned cpu, uint64_t *cr0, uint64_t *cr3, uint64_t *cr4, uint64_t *efer);

#endif
