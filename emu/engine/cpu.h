/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state of an x86 CPU, as hand-offs give it and findings show it. */
#ifndef HVMBED_ENGINE_CPU_H
#define HVMBED_ENGINE_CPU_H

#include <stdint.h>

/* General registers in the encoding's order: indices of gpr[], and what engine_reg() takes. */
enum cpu_gpr {
    CPU_RAX,
    CPU_RCX,
    CPU_RDX,
    CPU_RBX,
    CPU_RSP,
    CPU_RBP,
    CPU_RSI,
    CPU_RDI,
    CPU_R8,
    CPU_R9,
    CPU_R10,
};

struct cpu_regs {
    uint64_t gpr[16]; /* by enum cpu_gpr, to r15 */
    uint64_t rip, rflags;
    uint64_t cr0, cr2, cr3, cr4, efer;
    uint16_t cs, ss, ds, es, fs, gs;
};
extern const char *const cpu_reg_names[16];

enum entry_mode { ENTRY_REAL, ENTRY_FLAT32 };

/* A CPU as its first instruction finds it. What is not named here is 0, segments other than CS are flat (or real). */
struct cpu_entry {
    enum entry_mode mode;
    uint16_t cs;  /* real mode: selector, base = cs << 4 */
    uint32_t eip; /* offset in cs */
    uint32_t eax, ecx, edx, ebx, esp, ebp, esi, edi;
    uint32_t eflags;   /* bit 1 is always set */
    uint32_t gdt_base; /* GDTR left behind by the loader */
    uint16_t gdt_limit, idt_limit;
};

#endif
