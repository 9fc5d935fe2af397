/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The CPU. The only room that knows Unicorn: everything it does for or to the guest goes through the client's
 * table of functions, in guest terms. One engine is one guest's processors, which share an address space and take
 * turns; several engines may live at once.
 */
#ifndef HVMBED_ENGINE_ENGINE_H
#define HVMBED_ENGINE_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/access.h"
#include "base/span.h"
#include "engine/cpu.h"

struct engine;

enum engine_fault { ENGINE_READ, ENGINE_WRITE, ENGINE_FETCH };

/* A block of guest code that is about to run for the first time. */
struct engine_block {
    uint64_t pc;   /* linear address */
    uint32_t size; /* bytes */
    uint32_t instructions;
};

/* A page that the guest's tables map. */
struct engine_page {
    uint64_t gpa;
    unsigned allow; /* ALLOW_W as long as the tables call it dirty, ALLOW_X; it may be read */
};
enum engine_walk {
    ENGINE_MAPPED,
    ENGINE_FAULTS,  /* the processor would fault, or the tables lie where nobody knows */
    ENGINE_STRANGE, /* tables, or a mode, that this client does not know */
};

/* A processor exception, or INT n. */
struct engine_exception {
    unsigned vector;
    bool software; /* an instruction asked for it, and RIP is behind that: INT n, INT3, INTO */
    bool has_code; /* false where the vector has one: it is not known */
    uint32_t code;
};
/* Does the processor push an error code for it? (Intel SDM 3A, table 6-1) */
bool engine_exception_has_code(unsigned vector);

/* What the guest does that is not plain execution. All are called inside engine_run(). */
struct engine_client {
    uint32_t (*io_read)(void *self, uint16_t port, unsigned size);
    void (*io_write)(void *self, uint16_t port, unsigned size, uint32_t value);
    uint64_t (*mmio_read)(void *self, uint64_t gpa, unsigned size);
    void (*mmio_write)(void *self, uint64_t gpa, unsigned size, uint64_t value);
    void (*cpuid)(void *self, uint32_t leaf, uint32_t subleaf, uint32_t out[4]);
    uint64_t (*rdtsc)(void *self);
    /* False: #GP(0). */
    bool (*rdmsr)(void *self, uint32_t index, uint64_t *value);
    bool (*wrmsr)(void *self, uint32_t index, uint64_t value);
    /* One that the engine keeps (EFER, bases, what SYSCALL takes) is about to be written. False: #GP(0). */
    bool (*native_msr)(void *self, uint32_t index, uint64_t value);
    /* MOV to control register @cr, in ring 0. False: #GP(0). CR8 is the client's to keep. NULL: all
     * is taken, here and there. */
    bool (*control)(void *self, unsigned cr, uint64_t value);
    uint64_t (*tpr)(void *self); /* CR8 */
    /* PAUSE at @pc, linear, is about to be executed. */
    void (*pause)(void *self, uint64_t pc);
    /* VMCALL (amd false) or VMMCALL. Called between blocks: the memory map may be changed. False: #UD. */
    bool (*hypercall)(void *self, bool amd);
    /*
     * An access that the mapping forbids. For a write that must take place, the client stores the value itself
     * (engine_wrote() afterwards when code may live there). Reads and fetches take place unless engine_stop() is called.
     */
    void (*forbidden)(void *self, enum engine_fault kind, uint64_t gpa, unsigned size, uint64_t value);
    /*
     * Nothing is mapped at @gpa, and something may be: may map RAM or I/O there. True when it is. NULL: nothing ever is
     * mapped so late.
     */
    bool (*missing)(void *self, uint64_t gpa);
    /* Before a block runs for the first time. Free: it costs nothing when the block runs again. */
    void (*new_block)(void *self, const struct engine_block *b);
    /* A guest exception. The guest's IDT is not entered; the run ends. */
    void (*exception)(void *self, const struct engine_exception *x);
    /* Before the instruction at an address that engine_break() was told of. */
    void (*breakpoint)(void *self, uint64_t pc);
    /* Every ENGINE_TICK_BLOCKS counted blocks. */
    void (*tick)(void *self, uint64_t pc);
    /* The watchdog's time is up. Called between blocks. */
    void (*alarm)(void *self);
    /* Guest-linear bytes in the current mode; false when a byte is not there. */
    bool (*read_code)(void *self, uint64_t gva, void *dst, size_t n);
    /* The host's copy of them where gva = gpa, in one piece; else NULL. For engine_again() alone. */
    const uint8_t *(*code_at)(void *self, uint64_t gva, size_t n);
    /* Code is about to be fetched from there, or to run: engine_protect() must be in force. Likewise. */
    void (*ready)(void *self, uint64_t gpa, size_t n);
    /*
     * What the guest's page tables say of the page at @gva, for an access of @kind; sets their accessed and dirty bits, as the
     * processor does. @out is filled when it is ENGINE_MAPPED. NULL: the library walks. Likewise.
     */
    enum engine_walk (*page)(void *self, uint64_t gva, enum engine_fault kind, struct engine_page *out);
    /*
     * The host's copy of what the guest may write with nobody to be asked, gva = gpa: @gva and so many bytes from there, at
     * most *@n, which is set to how many; NULL: none. Likewise.
     */
    uint8_t *(*plain)(void *self, uint64_t gva, uint64_t *n);
    /*
     * A counted block at an address that engine_offer() named is about to run: does the client do its work, and that of
     * the blocks behind it? Then the engine comes out, and take_over() is called between blocks; it sets memory,
     * engine_resume() and engine_count_blocks() as if they had run. Likewise; NULL: never.
     */
    bool (*offered)(void *self, uint64_t pc);
    void (*take_over)(void *self);
};

#define ENGINE_TICK_BLOCKS (1u << 18)

enum engine_end {
    ENGINE_STOPPED, /* engine_stop() was called */
    ENGINE_HALTED,  /* HLT */
    ENGINE_SLICED,  /* engine_slice() is over */
    ENGINE_DUE,     /* engine_deadline() or engine_come_out() */
    ENGINE_WINDOW,  /* engine_await_window() */
    ENGINE_REACHED, /* engine_stop_before() */
    ENGINE_FAILED,  /* the engine itself gave up: engine_error() */
};

/* Why the library that runs cannot serve (static string); NULL: it can. */
const char *engine_refusal(void);
/*
 * Keeps at most @code_bytes of translated code, and then begins anew; 0: as much as the library likes. NULL with @why filled (static
 * string) when the library is too old or out of memory.
 */
struct engine *engine_open(const struct engine_client *client, void *self, uint32_t code_bytes, const char **why);
void engine_close(struct engine *e);
/* Another client, for the same @self: one that passes on to what was there. Not from a callback. */
void engine_tap(struct engine *e, const struct engine_client *client);
/* "2.1.4", of the library that runs. */
#define ENGINE_VERSION_SIZE 16
void engine_version(char out[ENGINE_VERSION_SIZE]);

/* Brings processor 0 to the entry state through every mode on the way. Before anything is mapped. */
bool engine_enter(struct engine *e, const struct cpu_entry *entry);

/*
 * From now on everything here means processor @cpu, which goes on where it was, or starts from @entry if that is not
 * NULL, as it must the first time. Not from a callback. False: out of memory, or the engine refuses.
 */
#define ENGINE_CPUS_MAX 128u
bool engine_switch(struct engine *e, unsigned cpu, const struct cpu_entry *entry);
unsigned engine_cpu(const struct engine *e);
/* engine_run() comes back with ENGINE_SLICED after so many counted blocks; 0 for never. Not from a callback. */
void engine_slice(struct engine *e, uint64_t blocks);
/* With ENGINE_DUE when so many instructions have been counted in all; UINT64_MAX for never. Not from a callback. */
void engine_deadline(struct engine *e, uint64_t instructions);
/* From a callback: with ENGINE_DUE before the next counted block. */
void engine_come_out(struct engine *e);
/* With ENGINE_WINDOW before the next counted block that the processor could be interrupted at. Not from a callback. */
void engine_await_window(struct engine *e, bool on);

/* Page-aligned. @allow: ALLOW_*; RAM is always executable for the engine, exec rules are checked at new blocks. */
bool engine_map_ram(struct engine *e, uint64_t gpa, uint64_t size, uint8_t *hva, unsigned allow);
/* Every access goes to mmio_read/mmio_write; execution is forbidden. */
bool engine_map_io(struct engine *e, uint64_t gpa, uint64_t size);
/* Everything in the range must be mapped, RAM or I/O. */
bool engine_unmap(struct engine *e, uint64_t gpa, uint64_t size);
bool engine_protect(struct engine *e, uint64_t gpa, uint64_t size, unsigned allow);
/*
 * Of reads that are forbidden the client is told the first in a page, until this, which takes effect with the next counted
 * block. A write, or a read that the client finds innocent, counts as the first.
 */
void engine_tell_again(struct engine *e);
/* Reads that were allowed before are no more: engine_protect() alone is not seen by pages in the TLB. Not from a callback. */
void engine_read_anew(struct engine *e);
/*
 * The same without keeping translated code and stores coherent, which costs each store; false once code of it runs. For
 * engine_again() alone: ready() is called before each block that runs for the first time in a run.
 */
bool engine_protect_data(struct engine *e, uint64_t gpa, uint64_t size, unsigned allow);
/* Has a block ever been translated from @gpa's page, below 4 GiB, since engine_forget_code()? */
bool engine_has_code(const struct engine *e, uint64_t gpa);
size_t engine_code_pages(const struct engine *e);
void engine_forget_code(struct engine *e);
/*
 * From now on client.page() walks the guest's page tables, and no access to @at, in order, is forbidden, or to what is not
 * mapped: nobody is to be asked there, so stores are fast where no code is. Until the next such call. If one is all the same, or
 * client.page() finds nothing, that is a doubt, and the run ends. Between two runs, or where nothing of that
 * changes but @at. For engine_again() alone. False: out of memory.
 */
#define ENGINE_QUICK_MAX 8u
bool engine_quick(struct engine *e, const struct span *at, size_t nr);
/* The host changed guest memory where translated code may lie. */
void engine_wrote(struct engine *e, uint64_t gpa, uint64_t size);
/* Every block counts as new again; or only those with code in these bytes. Not from a callback. */
void engine_forget_blocks(struct engine *e);
void engine_forget_block(struct engine *e, uint64_t pc, uint32_t size);

/* From now on client.breakpoint() is called at @pc, linear. Costs nothing elsewhere. Not from a callback. False: no room. */
bool engine_break(struct engine *e, uint64_t pc);

enum engine_end engine_run(struct engine *e);
/* From a callback: ends the run before the next block. */
void engine_stop(struct engine *e);
const char *engine_error(const struct engine *e);

void engine_regs(struct engine *e, struct cpu_regs *r);
uint64_t engine_reg(struct engine *e, unsigned gpr); /* enum cpu_gpr, to r15 */
void engine_set_reg(struct engine *e, unsigned gpr, uint64_t value);
/* The guest goes on at @rip. Not from a callback. */
void engine_jump(struct engine *e, uint64_t rip);
uint64_t engine_tables(const struct engine *e); /* CR3 */
void engine_paging(struct engine *e, uint64_t *cr0, uint64_t *cr3, uint64_t *cr4, uint64_t *efer);
/* The selector of CS tells, in protected mode. */
unsigned engine_cpl(const struct engine *e);
/* An interrupt is taken: what the gate says comes into the registers, the frame has been pushed. Not from a callback. */
void engine_enter_gate(struct engine *e, uint16_t cs, uint64_t rip, uint64_t rsp, uint64_t rflags);
/*
 * The exception that the run ended with has been dealt with: without this the library takes a later one for a double
 * fault. Not from a callback. False: this library does not let that be done.
 */
bool engine_exception_over(struct engine *e);
void engine_set_cr2(struct engine *e, uint64_t gva);
/* The task register: base (linear) and limit of the TSS. */
void engine_task(struct engine *e, uint16_t *selector, uint64_t *base, uint32_t *limit);
/* Are interrupts on? */
bool engine_interrupts(struct engine *e);
/* Not real mode? */
bool engine_protected(struct engine *e);
/* Is the code that runs 64-bit code (and not 32-bit code in compatibility mode)? */
bool engine_code64(struct engine *e);
/* Linear address of the current instruction: RIP plus the base of CS. */
uint64_t engine_pc(struct engine *e);
/* The registers that a loop could change, for telling two states apart: general, flags, XMM. */
#define ENGINE_STATE_SIZE (18 * 8 + 16 * 16)
void engine_state(struct engine *e, uint8_t out[ENGINE_STATE_SIZE]);
/* Descriptor tables; base is linear. */
void engine_gdt(struct engine *e, uint64_t *base, uint32_t *limit);
void engine_idt(struct engine *e, uint64_t *base, uint32_t *limit);

/*
 * Work. Counting costs a call a block; where the work is charged otherwise it can be switched off.
 * Not from a callback.
 */
void engine_count(struct engine *e, bool on);
/*
 * While nothing is counted: alarm() when @seconds of CPU time are spent, and engine_run() returns; 0 calls it off.
 * Not from a callback.
 */
void engine_watchdog(struct engine *e, unsigned seconds);
/* A block of one instruction ran @times more than was counted. No tick is given for them. Not from a callback. */
void engine_count_more(struct engine *e, uint64_t pc, uint64_t times);

/* For take_over() alone. The block at @pc, translated and remembered by engine_again(), is offered each time. */
void engine_offer(struct engine *e, uint64_t pc);
/*
 * So many blocks may be counted at once with nobody to miss them: before the next tick, slice or other event. 0 where each
 * block or store is looked at, or time counts.
 */
uint64_t engine_free_blocks(const struct engine *e);
/* General registers, flags and RIP; all else stays. */
void engine_resume(struct engine *e, const struct cpu_regs *r);
/* So often the block at @to came right after the one at @from; 0 for none. */
struct engine_edge {
    uint64_t from, to, times;
};
/* What has run meanwhile: @blocks, fewer than engine_free_blocks(), with @instructions. */
struct engine_done {
    uint64_t blocks, instructions;
    uint64_t first;
    const uint64_t *last; /* the last @nr_last of them; not 0 */
    size_t nr_last;
    const struct engine_edge *edge; /* between them */
    size_t nr_edges;
};
void engine_count_blocks(struct engine *e, const struct engine_done *done);
uint64_t engine_instructions(const struct engine *e);
uint64_t engine_blocks(const struct engine *e);
/* Both counters, set back. */
void engine_set_work(struct engine *e, uint64_t instructions, uint64_t blocks);
/* The block that ran last, while counting: in new_block(), where the transfer came from. */
uint64_t engine_last_block(const struct engine *e);
/*
 * The last counted blocks, the oldest first; returns how many. Those before the work was set back are not among them:
 * what was counted then may be chance.
 */
#define ENGINE_RING 64u
size_t engine_last_blocks(const struct engine *e, uint64_t out[ENGINE_RING]);
/* Each counted block is handed to @fn until it is NULL: for looking closely. May be called from a callback. */
void engine_trace(struct engine *e, void (*fn)(void *self, uint64_t pc), void *self);
/* Plain stores are handed to @fn too until it is NULL. Slow. Not from a callback. */
void engine_watch_stores(struct engine *e, void (*fn)(void *self, uint64_t gpa, unsigned size, uint64_t value),
                         void *self);
/* The same of loads: before each, in pieces of at most 8 bytes. */
void engine_watch_loads(struct engine *e, void (*fn)(void *self, uint64_t gpa, unsigned size), void *self);

/* Everything that counted code does, for comparing runs: what a client of engine_spy() is told. */
struct engine_spy {
    /* Before each counted block runs. The registers are those that it starts with. */
    void (*block)(void *self, uint64_t pc, uint32_t size);
    /* Each load and store, in pieces of at most 8 bytes, devices too; engine_pc() tells by whom. Either may be NULL. */
    void (*load)(void *self, uint64_t gpa, unsigned size, uint64_t value);
    void (*store)(void *self, uint64_t gpa, unsigned size, uint64_t value);
    /*
     * The host has done what the block at @pc, one string instruction, would have done in @times more turns. NULL: it does
     * nothing of the kind, and each turn is told. Not asked where loads or stores are.
     */
    void (*repeated)(void *self, uint64_t pc, uint64_t times);
};
/* Until @spy is NULL. What is executed, and the work counted, stay the same. Loads and stores are slow. Not from a
 * callback. */
void engine_spy(struct engine *e, const struct engine_spy *spy, void *self);
/* Does a spy want each turn of a string instruction? */
bool engine_spied(const struct engine *e);

/*
 * The same code in many runs. From engine_again() on, before the first run, the engine remembers each block that it has
 * translated. engine_keep() takes the state of processor 0 between two runs; engine_go_back() returns to it, as often as
 * one likes, and begins a new run: registers, work and segments are those of then, new_block() is called again for
 * each block that had not run by then, translated or not, and what is counted is what a run from reset would have
 * counted. The memory map and its content are the caller's business; a block whose bytes are not those that
 * it was translated from is translated anew. Other processors are as if they had never been there. False: out of memory.
 */
bool engine_again(struct engine *e);
bool engine_keep(struct engine *e);
bool engine_go_back(struct engine *e);
/* engine_run() comes back, with ENGINE_REACHED, before block number @blocks is counted; UINT64_MAX for never. */
void engine_stop_before(struct engine *e, uint64_t blocks);
/* Did something happen since engine_again() or engine_go_back() of which nobody can say that a run from reset would
 * have gone the same way? (static string, NULL for no) */
const char *engine_doubt(const struct engine *e);
/*
 * Edges between counted blocks are told to @fn until it is NULL: some at once, all others by engine_tell_edges(), so that one may be
 * told in parts. engine_go_back() forgets those that were not told, and so does engine_begin_edges(), after which the block at @pc is
 * the first. For engine_again() alone; costs next to nothing.
 */
void engine_watch_edges(struct engine *e, void (*fn)(void *self, uint64_t from, uint64_t to, uint64_t times),
                        void *self);
void engine_tell_edges(struct engine *e);
void engine_begin_edges(struct engine *e, uint64_t pc);
/* Is it that client.page() found nothing? Whoever goes back with the library walking the tables has it tell what the guest gets. */
bool engine_doubts_walk(const struct engine *e);
/* It walks the tables itself, until told otherwise: stores to pages without code are slow then. Between two runs. False: it failed. */
bool engine_walk_itself(struct engine *e, bool itself);

#endif
