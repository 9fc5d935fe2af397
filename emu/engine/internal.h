/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files of this room only. */
#ifndef HVMBED_ENGINE_INTERNAL_H
#define HVMBED_ENGINE_INTERNAL_H

#include <stdatomic.h>

#include <unicorn/unicorn.h>

#include "engine/engine.h"

#define SITES_MAX 512
#define CODE_PAGES (1u << 20)
#define ICOUNT_SLOTS (1u << 16)

struct icount_slot {
    uint64_t pc;
    uint32_t instructions;
};

/* A stretch of device or empty space. The library tells offsets from the start of its region only. */
struct io_region {
    struct engine *e;
    uint64_t base, size;
    struct io_region *next;
};

enum pending {
    PENDING_NONE,
    PENDING_STOP,
    PENDING_SLICE,
    PENDING_DUE,
    PENDING_WINDOW,
    PENDING_VMCALL,
    PENDING_VMMCALL,
    PENDING_AGAIN,
    PENDING_TAKEN,
    PENDING_REACHED
};

/* The segment that CS holds, as far as the library tells: a new base comes with a new selector or mode. */
struct code_segment {
    uint64_t base;
    uint16_t selector;
    bool is_protected, is_long;
};

/* One processor; the library's own registers are those of the current one. */
struct processor {
    uc_context *context; /* of another one than the current; NULL: was never there */
    struct code_segment code;
    uint64_t block_pc;
    struct {
        uint64_t efer, k_gs_base;
    } debugged; /* what the library does not tell of a context; filled only with a debugger */
};

struct engine {
    uc_engine *uc;
    const struct engine_client *client;
    void *self;

    enum pending pending;     /* why the run loop came out */
    bool in_port;             /* a device's port is being read or written, in the middle of a block */
    struct code_segment code; /* of the last new block; engine_cs_base() */
    char error[128];

    struct processor cpu[ENGINE_CPUS_MAX];
    unsigned current;
    uc_context *start; /* processors.c: a CPU in the state that @start_entry asks for, but for its registers */
    struct cpu_entry start_entry;

    struct io_region *io;
    struct watchdog *watchdog; /* watchdog.c */
    atomic_bool alarm;

    uc_hook block_hook; /* 0: not counting */
    uc_hook store_hook, load_hook;
    uint64_t instructions, blocks;
    uint64_t next_event, next_tick, slice_end; /* in blocks */
    uint64_t deadline;                         /* in instructions */
    bool come_out, window;                     /* engine_come_out(), engine_await_window() */
    bool window_open;                          /* interrupts were on at the block before */
    bool tell_again;                           /* flush the TLB at the next counted block */
    bool lingering; /* a hook for loads is gone, but not for the library before its next run is over */
    uint64_t block_pc;
    uint64_t ring[ENGINE_RING]; /* the blocks before, by number */
    uint64_t ring_from;         /* the number of the first one in it */
    size_t nr_code_pages;
    uint8_t *code_pages;        /* a bit for each page below 4 GiB that blocks were translated from */
    struct icount_slot *icount; /* by pc */
    void (*trace)(void *self, uint64_t pc);
    void *trace_self;
    void (*store)(void *self, uint64_t gpa, unsigned size, uint64_t value);
    void *store_self;
    void (*load)(void *self, uint64_t gpa, unsigned size);
    void *load_self;
    const struct engine_spy *spy; /* spy.c; NULL for none */
    void *spy_self;
    uc_hook spy_load, spy_store;

    /* exception.c: where in a context the library keeps what it does not tell; 0: it is not known */
    bool learnt;
    size_t code_at, software_at, in_flight_at;
    uc_context *taken;

    /* A block has been translated: the client, or who else wants to know. */
    void (*translated)(struct engine *e, const struct engine_block *b);
    struct debugged *debugged; /* debug.c; NULL: no debugger; owned */
    struct again *again;       /* again.c; NULL: each block runs in one run only */
    void (*edge)(void *self, uint64_t from, uint64_t to, uint64_t times); /* edges.c */
    void *edge_self;

    uint64_t site[SITES_MAX]; /* linear addresses that carry a hook */
    uc_hook site_hook[SITES_MAX];
    size_t nr_sites;

    /* tlb.c */
    uc_hook fill_hook;
    bool fills;   /* the TLB is filled from there */
    bool strange; /* it has met page tables that it does not know */
    bool walks_itself;
    uc_hook forbidden_hook[ENGINE_QUICK_MAX + 1];
    size_t nr_forbidden;
    struct span quick[ENGINE_QUICK_MAX];
};

uint64_t engine_get(const struct engine *e, int uc_reg);
void engine_put(struct engine *e, int uc_reg, uint64_t value);
/* The client's business: the run ends. */
void engine_raise(struct engine *e, const struct engine_exception *x);
/* exception.c: what is known of the one that the library has just raised. From its hook. */
void engine_describe(struct engine *e, unsigned vector, struct engine_exception *x);
/* modifies.c: does the instruction at RIP read and write memory in one? */
bool engine_insn_modifies(struct engine *e);
/* A new block at @pc is about to run: the base of CS shows. */
void engine_note_segment(struct engine *e, uint64_t pc);
/* Of the code that runs; 0 in long mode. */
uint64_t engine_cs_base(struct engine *e);
/* A handle of the library with this program's options. */
uc_engine *engine_open_library(uint32_t code_bytes, const char **why);

/*
 * enter.c: to the entry state; needs nothing but the library's handle in @uc. The registers that the mode leaves free
 * are set apart.
 */
bool engine_walk_down(uc_engine *uc, const struct cpu_entry *entry);
bool engine_set_entry(struct engine *e, const struct cpu_entry *entry);
/* processors.c */
void engine_free_processors(struct engine *e);
/* Not before the CPU is in its entry state: the way there is not the guest's. */
bool engine_add_hooks(struct engine *e);
/* map.c */
void engine_free_regions(struct engine *e);
bool engine_is_io(struct engine *e, uint64_t gpa);
void engine_note_code(struct engine *e, const struct engine_block *b);
/* sites.c: looks for RDMSR, WRMSR and PAUSE in a new block; true when the block was dropped and is translated again. */
bool engine_find_sites(struct engine *e, const struct engine_block *b);
/* count.c */
void engine_next_event(struct engine *e);
void engine_remember_icount(struct engine *e, const struct engine_block *b);
void engine_count_block(struct engine *e, uint64_t pc, uint32_t size);
/*
 * With a hook for loads each one that is translated is slow, and so it stays for those translated in the run after the
 * hook's end (uc.c:uc_emu_start() deletes it behind that). Where blocks are remembered, they are worth another time.
 */
void engine_translate_anew(struct engine *e);
/* spy.c: hooks for loads and stores come and go with counting; the one for blocks takes the place of the usual one. */
void engine_spy_hooks(struct engine *e, bool on);
void engine_spy_block(uc_engine *uc, uint64_t pc, uint32_t size, void *user);

/* again.c. A block has been translated. */
void again_translated(struct engine *e, const struct engine_block *b);
void again_block(uc_engine *uc, uint64_t pc, uint32_t size, void *user);
/* The bytes of the block that runs, where @pc lies in it; NULL else. */
const uint8_t *again_code(const struct engine *e, uint64_t pc, size_t n);
/* The block at @pc counts as new when it runs next. */
void again_forget(struct engine *e, uint64_t pc);
/* Somebody has written to the page of @gpa without the library: must it be told, since code of that page has run in this run? */
bool again_wrote(const struct engine *e, uint64_t gpa);
void again_flushed(struct engine *e);
void again_free(struct engine *e);
/* edges.c. The block at @pc ran @times in a row, without the library. */
void edges_ran(struct engine *e, uint64_t pc, uint64_t times);
void again_doubt(struct engine *e, const char *why);
/* May @gpa's page be held as one that no code runs from? Until some does; the TLB is flushed then. */
bool again_is_data(struct engine *e, uint64_t gpa);
/* tlb.c: the client walks the guest's page tables, as far as it can. Between two runs. False: out of memory. */
bool engine_fill_tlb(struct engine *e);
/* Of what is forbidden or not mapped the client hears everywhere but in @at. */
bool engine_ask_around(struct engine *e, const struct span *at, size_t nr);
/* engine.c: the library's callback for what is not mapped, or not allowed. */
bool engine_forbidden(uc_engine *uc, uc_mem_type type, uint64_t gpa, int size, int64_t value, void *user);
/* debug.c */
/* Is this the middle of a block, where a stop has to wait? */
bool engine_debug_defers(struct engine *e);
/* Is insn() being called? Then the library shows RIP as linear: *@pc. */
bool engine_debug_inside(const struct engine *e, uint64_t *pc);
/* The engine has come out. */
void engine_debug_settle(struct engine *e);
/* The hook that counts. */
void engine_debug_block(uc_engine *uc, uint64_t pc, uint32_t size, void *user);
/* Before the current processor is put away. */
void engine_debug_put_away(struct engine *e);
void engine_debug_free(struct engine *e);
/* native.c: what a block would be without a hook for each instruction. */
struct native;
struct native *native_new(void);
void native_free(struct native *n);
/* Of a block that has just been translated with hooks, and is about to run: what it would be. False: that cannot be told. */
bool native_block(struct native *n, struct engine *e, const struct engine_block *hooked, struct engine_block *out);

/* count.c */
void engine_count_event(struct engine *e, uint64_t pc);
/* So many instructions more, by the block at @pc. */
static inline void engine_count_work(struct engine *e, uint64_t pc, uint32_t instructions)
{
    e->instructions += instructions;
    e->block_pc = pc;
    e->ring[e->blocks % ENGINE_RING] = pc;
    if (++e->blocks >= e->next_event || e->instructions >= e->deadline)
        engine_count_event(e, pc);
    if (e->trace != NULL)
        e->trace(e->trace_self, pc);
}

#endif
