/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One .debug file: the ELF file that edk2's GenFw made a module of (E:BaseTools/Source/C/GenFw/Elf64Convert.c), with its
 * DWARF, read through elfutils. Hostile bytes: every answer may be "not known". Addresses are the file's own.
 */
#ifndef HVMBED_DEBUG_DEBUGFILE_H
#define HVMBED_DEBUG_DEBUGFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A module as it lies in memory, headers first. */
struct debug_module {
    const char *name;
    const uint8_t *bytes;
    size_t size;
    uint64_t base;  /* gva of its first byte */
    uint32_t entry; /* of its entry point, from there */
};

/* What an address is in the source; "" and 0 for what is not known. */
struct source_place {
    char function[96]; /* whose code it is, */
    char inlined[96];  /* and the function that the compiler put there, innermost */
    char file[256];    /* as the compiler was told it */
    unsigned line;
};

/* Registers as far as they are known: encoding order, 0 rax … 15 r15. */
struct unwind_regs {
    uint64_t gpr[16];
    uint16_t known; /* a bit each */
    uint64_t pc;
};
#define UNWIND_RSP 4
#define UNWIND_RBP 5

/* Guest memory, as the code saw it. */
struct unwind_memory {
    bool (*read)(void *self, uint64_t gva, void *dst, size_t n);
    void *self;
};

struct debug_file;

/* NULL with a reason (static string) when it is no ELF file for x86. Reads little; the rest is read when asked for. */
struct debug_file *debug_file_open(const char *path, const char **why);
/* The same of a file that lies in memory, which must stay and may be changed; @bytes NULL is one that cannot be read. */
struct debug_file *debug_file_of(void *bytes, size_t size, const char **why);
/* For that: a private mapping, the caller's to unmap; NULL when it cannot be read, or is too big. */
void *debug_file_map(const char *path, size_t *size);
void debug_file_close(struct debug_file *f);

/*
 * Was the module made of this file? All code must agree, but for words that were relocated by exactly the distance
 * between file and memory: that distance is *@bias (address in the file + bias = gva).
 */
bool debug_file_matches(struct debug_file *f, const struct debug_module *m, uint64_t *bias);

/* Where its first loadable segment begins; 0 when it has none. */
uint64_t debug_file_segment(const struct debug_file *f);

/* Everything known about the instruction at @address. False when nothing is. */
bool debug_file_place(struct debug_file *f, uint64_t address, struct source_place *out);

/*
 * One step up by call frame information: from @r in the function that holds @address (its pc's, or for a return address
 * one less) to its caller. False when there is none for it, or it needs what is not known.
 */
bool debug_file_unwind(struct debug_file *f, uint64_t address, const struct unwind_regs *r,
                       const struct unwind_memory *mem, struct unwind_regs *caller);

#endif
