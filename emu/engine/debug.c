/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/debug.h"

#include <stdlib.h>
#include <string.h>

#include "base/le.h"
#include "engine/internal.h"

/*
 * Hooks for each instruction change what the library makes of the code in two ways, and neither may show in what is
 * counted or told.
 *
 * A block can be left before each instruction, not only at its end. So a stop that a device wants in the middle of a block
 * waits until its end, where it takes effect without a debugger: before the next block is told or counted.
 *
 * A long block may be cut, for its translation takes more room. native.c tells what it would be; the first piece is told
 * and counted for all of it, and those that follow are not. Where a piece goes on beyond the block's end the
 * engine comes out there, and begins with the next block.
 */
struct cut {
    uint64_t pc;
    uint32_t size;
};

struct debugged {
    struct engine *e;
    const struct engine_debug *debugger;
    void *debugger_self;
    bool waits;        /* a stop waits for the block's end */
    bool inside, left; /* insn() is being called; the run was ended where the library shows RIP as linear */
    bool asked_out;    /* engine_debug_come_out() */
    uint64_t pc;       /* of the instruction that insn() was called for last, linear */
    uint64_t rip;      /* what RIP is then */

    struct native *native;
    struct cut *cut; /* blocks that are in pieces; owned */
    size_t nr_cuts, cap_cuts;
    uint64_t *untold; /* pieces that only ran as such: nobody knows that a block may begin there; owned */
    size_t nr_untold, cap_untold;
    uint64_t block, end; /* the one in pieces that runs, from there to there; 0: none */
    uint64_t piece;      /* the piece that runs */
    bool counted;        /* it is one that follows */
};

bool engine_debug_defers(struct engine *e)
{
    struct debugged *d = e->debugged;
    d->waits = d->waits || e->in_port;
    return e->in_port;
}

/* --- blocks in pieces ------------------------------------------------------------------------------------------- */

static struct cut *find_cut(const struct debugged *d, uint64_t pc)
{
    for (size_t i = 0; i < d->nr_cuts; i++)
        if (d->cut[i].pc == pc)
            return &d->cut[i];
    return NULL;
}

static void set_cut(struct debugged *d, uint64_t pc, uint32_t size)
{
    struct cut *c = find_cut(d, pc);
    if (c == NULL && d->nr_cuts == d->cap_cuts) {
        const size_t cap = d->cap_cuts != 0 ? 2 * d->cap_cuts : 64;
        struct cut *grown = realloc(d->cut, cap * sizeof *grown);
        if (grown == NULL)
            return;
        d->cut = grown;
        d->cap_cuts = cap;
    }
    if (c == NULL)
        c = &d->cut[d->nr_cuts++];
    *c = (struct cut){pc, size};
}

static void drop_cut(struct debugged *d, uint64_t pc)
{
    struct cut *c = find_cut(d, pc);
    if (c != NULL)
        *c = d->cut[--d->nr_cuts];
}

static void set_untold(struct debugged *d, uint64_t pc)
{
    if (d->nr_untold == d->cap_untold) {
        const size_t cap = d->cap_untold != 0 ? 2 * d->cap_untold : 64;
        uint64_t *grown = realloc(d->untold, cap * sizeof *grown);
        if (grown == NULL)
            return;
        d->untold = grown;
        d->cap_untold = cap;
    }
    d->untold[d->nr_untold++] = pc;
}

/* True when it was; it no longer is. */
static bool take_untold(struct debugged *d, uint64_t pc)
{
    for (size_t i = 0; i < d->nr_untold; i++)
        if (d->untold[i] == pc) {
            d->untold[i] = d->untold[--d->nr_untold];
            return true;
        }
    return false;
}

static bool goes_on(const struct debugged *d, uint64_t pc)
{
    return pc > d->block && pc < d->end;
}

/* Fewer instructions than that are never cut. */
#define CUT_MIN 24u

static void on_translated(struct engine *e, const struct engine_block *b)
{
    struct debugged *d = e->debugged;
    struct engine_block whole = *b;
    if (goes_on(d, b->pc)) {
        set_untold(d, b->pc);
        return;
    }
    if (d->waits) {
        d->waits = false;
        engine_forget_block(e, b->pc, b->size); /* it is new again when the run goes on */
        (void)uc_emu_stop(e->uc);
        return;
    }
    drop_cut(d, b->pc);
    if (b->instructions >= CUT_MIN && native_block(d->native, e, b, &whole) && whole.size > b->size) {
        set_cut(d, b->pc, whole.size);
        engine_remember_icount(e, &whole);
    }
    e->client->new_block(e->self, &whole);
}

/* --- hooks ------------------------------------------------------------------------------------------------------ */

static void leave(struct debugged *d, uint64_t pc)
{
    d->left = true;
    d->rip = pc - engine_cs_base(d->e);
}

static void come_out(struct debugged *d, uint64_t pc)
{
    if (d->e->pending == PENDING_NONE)
        d->e->pending = PENDING_AGAIN;
    leave(d, pc);
    (void)uc_emu_stop(d->e->uc);
}

/* Before the hook that counts. */
static void on_block(uc_engine *uc, uint64_t pc, uint32_t size, void *user)
{
    struct debugged *d = user;
    (void)uc;
    (void)size;
    d->piece = pc;
    d->counted = goes_on(d, pc);
    if (d->counted)
        return;
    d->block = d->end = 0;
    if (d->waits) {
        d->waits = false;
        come_out(d, pc);
        return;
    }
    if (d->nr_untold != 0 && take_untold(d, pc)) {
        engine_forget_block(d->e, pc, size);
        come_out(d, pc);
        return;
    }
    const struct cut *c = d->nr_cuts != 0 ? find_cut(d, pc) : NULL;
    if (c != NULL) {
        d->block = pc;
        d->end = pc + c->size;
    }
}

void engine_debug_block(uc_engine *uc, uint64_t pc, uint32_t size, void *user)
{
    struct engine *e = user;
    const struct debugged *d = e->debugged;
    (void)uc;
    if (!d->counted)
        engine_count_block(e, pc, d->end != 0 ? (uint32_t)(d->end - d->block) : size);
}

static void on_insn(uc_engine *uc, uint64_t pc, uint32_t size, void *user)
{
    struct debugged *d = user;
    (void)uc;
    (void)size;
    if (pc == d->end && pc != d->piece) {
        d->waits = false;
        come_out(d, pc);
        return;
    }
    d->inside = true;
    d->pc = pc;
    d->debugger->insn(d->debugger_self, pc);
    d->inside = false;
    if (d->asked_out)
        come_out(d, pc);
    else if (d->e->pending == PENDING_STOP && !d->waits)
        leave(d, pc);
}

static void on_load(uc_engine *uc, uc_mem_type type, uint64_t gpa, int size, int64_t value, void *user)
{
    struct debugged *d = user;
    (void)uc;
    (void)type;
    (void)value;
    d->debugger->load(d->debugger_self, gpa, (unsigned)size);
}

static void on_store(uc_engine *uc, uc_mem_type type, uint64_t gpa, int size, int64_t value, void *user)
{
    struct debugged *d = user;
    (void)uc;
    (void)type;
    (void)value;
    d->debugger->store(d->debugger_self, gpa, (unsigned)size);
}

bool engine_debug(struct engine *e, const struct engine_debug *debugger, void *self)
{
    uc_hook hook[4];
    struct debugged *d = e->again == NULL ? calloc(1, sizeof *d) : NULL;
    if (d == NULL)
        return false;
    *d = (struct debugged){.e = e, .debugger = debugger, .debugger_self = self, .native = native_new()};
    e->debugged = d;
    e->translated = on_translated;
    const bool counting = e->block_hook != 0;
    engine_count(e, false);
    const bool ok =
        uc_hook_add(e->uc, &hook[0], UC_HOOK_BLOCK, (void *)on_block, d, 1, 0) == UC_ERR_OK &&
        uc_hook_add(e->uc, &hook[1], UC_HOOK_CODE, (void *)on_insn, d, 1, 0) == UC_ERR_OK &&
        uc_hook_add(e->uc, &hook[2], UC_HOOK_MEM_READ, (void *)on_load, d, 1, 0) == UC_ERR_OK &&
        uc_hook_add(e->uc, &hook[3], UC_HOOK_MEM_WRITE, (void *)on_store, d, 1, 0) == UC_ERR_OK;
    engine_count(e, counting);
    return ok && d->native != NULL;
}

void engine_debug_free(struct engine *e)
{
    struct debugged *d = e->debugged;
    if (d == NULL)
        return;
    native_free(d->native);
    free(d->cut);
    free(d->untold);
    free(d);
}

void engine_debug_come_out(struct engine *e)
{
    e->debugged->asked_out = true;
}

void engine_debug_settle(struct engine *e)
{
    struct debugged *d = e->debugged;
    d->waits = false;
    d->block = d->end = 0;
    if (d->left)
        engine_put(e, UC_X86_REG_RIP, d->rip);
    d->left = false;
    if (!d->asked_out)
        return;
    d->asked_out = false;
    d->debugger->outside(d->debugger_self);
}

/* --- registers -------------------------------------------------------------------------------------------------- */

#define EFER 0xC0000080u
#define KERNEL_GS_BASE 0xC0000102u

/* The library's numbers for them; those of a range follow each other only for x87 and SSE. */
static const struct {
    int uc;       /* 0: an MSR, or worked out */
    uint32_t msr; /* 0: none */
    bool read_only;
} table[ENGINE_REGISTERS] = {
    {UC_X86_REG_RAX, 0, false},
    {UC_X86_REG_RCX, 0, false},
    {UC_X86_REG_RDX, 0, false},
    {UC_X86_REG_RBX, 0, false},
    {UC_X86_REG_RSP, 0, false},
    {UC_X86_REG_RBP, 0, false},
    {UC_X86_REG_RSI, 0, false},
    {UC_X86_REG_RDI, 0, false},
    {UC_X86_REG_R8, 0, false},
    {UC_X86_REG_R9, 0, false},
    {UC_X86_REG_R10, 0, false},
    {UC_X86_REG_R11, 0, false},
    {UC_X86_REG_R12, 0, false},
    {UC_X86_REG_R13, 0, false},
    {UC_X86_REG_R14, 0, false},
    {UC_X86_REG_R15, 0, false},
    [ENGINE_RIP] = {0, 0, false},
    [ENGINE_FLAGS] = {UC_X86_REG_RFLAGS, 0, false},
    [ENGINE_CS] = {UC_X86_REG_CS, 0, true},
    [ENGINE_SS] = {UC_X86_REG_SS, 0, true},
    [ENGINE_DS] = {UC_X86_REG_DS, 0, true},
    [ENGINE_ES] = {UC_X86_REG_ES, 0, true},
    [ENGINE_FS] = {UC_X86_REG_FS, 0, true},
    [ENGINE_GS] = {UC_X86_REG_GS, 0, true},
    [ENGINE_ST] = {UC_X86_REG_ST0, 0, false},
    {UC_X86_REG_ST1, 0, false},
    {UC_X86_REG_ST2, 0, false},
    {UC_X86_REG_ST3, 0, false},
    {UC_X86_REG_ST4, 0, false},
    {UC_X86_REG_ST5, 0, false},
    {UC_X86_REG_ST6, 0, false},
    {UC_X86_REG_ST7, 0, false},
    [ENGINE_FCTRL] = {UC_X86_REG_FPCW, 0, false},
    [ENGINE_FSTAT] = {UC_X86_REG_FPSW, 0, false},
    [ENGINE_FTAG] = {UC_X86_REG_FPTAG, 0, true},
    [ENGINE_FISEG] = {UC_X86_REG_FCS, 0, true},
    [ENGINE_FIOFF] = {UC_X86_REG_FIP, 0, true},
    [ENGINE_FOSEG] = {UC_X86_REG_FDS, 0, true},
    [ENGINE_FOOFF] = {UC_X86_REG_FDP, 0, true},
    [ENGINE_FOP] = {UC_X86_REG_FOP, 0, true},
    [ENGINE_XMM] = {UC_X86_REG_XMM0, 0, false},
    {UC_X86_REG_XMM1, 0, false},
    {UC_X86_REG_XMM2, 0, false},
    {UC_X86_REG_XMM3, 0, false},
    {UC_X86_REG_XMM4, 0, false},
    {UC_X86_REG_XMM5, 0, false},
    {UC_X86_REG_XMM6, 0, false},
    {UC_X86_REG_XMM7, 0, false},
    {UC_X86_REG_XMM8, 0, false},
    {UC_X86_REG_XMM9, 0, false},
    {UC_X86_REG_XMM10, 0, false},
    {UC_X86_REG_XMM11, 0, false},
    {UC_X86_REG_XMM12, 0, false},
    {UC_X86_REG_XMM13, 0, false},
    {UC_X86_REG_XMM14, 0, false},
    {UC_X86_REG_XMM15, 0, false},
    [ENGINE_MXCSR] = {UC_X86_REG_MXCSR, 0, false},
    [ENGINE_CS_BASE] = {0, 0, true},
    [ENGINE_FS_BASE] = {UC_X86_REG_FS_BASE, 0, true},
    [ENGINE_GS_BASE] = {UC_X86_REG_GS_BASE, 0, true},
    [ENGINE_K_GS_BASE] = {0, KERNEL_GS_BASE, true},
    [ENGINE_CR0] = {UC_X86_REG_CR0, 0, true},
    [ENGINE_CR2] = {UC_X86_REG_CR2, 0, true},
    [ENGINE_CR3] = {UC_X86_REG_CR3, 0, true},
    [ENGINE_CR4] = {UC_X86_REG_CR4, 0, true},
    [ENGINE_CR8] = {UC_X86_REG_CR8, 0, true},
    [ENGINE_EFER] = {0, EFER, true},
};

static uint64_t code_base(struct engine *e, unsigned cpu)
{
    return cpu == e->current ? engine_cs_base(e) : e->cpu[cpu].code.base;
}

static bool is_there(const struct engine *e, unsigned cpu)
{
    return cpu < ENGINE_CPUS_MAX && (cpu == e->current || e->cpu[cpu].context != NULL);
}

static bool get(const struct engine *e, unsigned cpu, int reg, void *out)
{
    return (cpu == e->current ? uc_reg_read(e->uc, reg, out) : uc_context_reg_read(e->cpu[cpu].context, reg, out)) ==
           UC_ERR_OK;
}

static bool put(struct engine *e, unsigned cpu, int reg, const void *in)
{
    return (cpu == e->current ? uc_reg_write(e->uc, reg, in) : uc_context_reg_write(e->cpu[cpu].context, reg, in)) ==
           UC_ERR_OK;
}

uint64_t engine_debug_pc(struct engine *e, unsigned cpu)
{
    uint64_t rip = 0;
    if (cpu == e->current && e->debugged->inside)
        return e->debugged->pc;
    (void)get(e, cpu, UC_X86_REG_RIP, &rip);
    return code_base(e, cpu) + rip;
}

bool engine_read_register(struct engine *e, unsigned cpu, enum engine_register r, uint8_t out[ENGINE_REGISTER_SIZE])
{
    memset(out, 0, ENGINE_REGISTER_SIZE);
    if (!is_there(e, cpu))
        return false;
    if (table[r].msr != 0) {
        uc_x86_msr msr = {.rid = table[r].msr, .value = 0};
        const bool ok = get(e, cpu, UC_X86_REG_MSR, &msr);
        put_le64(out, msr.value);
        return ok;
    }
    if (table[r].uc != 0)
        return get(e, cpu, table[r].uc, out);
    put_le64(out, r == ENGINE_RIP ? engine_debug_pc(e, cpu) : code_base(e, cpu));
    return true;
}

bool engine_write_register(struct engine *e, unsigned cpu, enum engine_register r,
                           const uint8_t in[ENGINE_REGISTER_SIZE])
{
    if (!is_there(e, cpu) || table[r].read_only)
        return false;
    if (r != ENGINE_RIP)
        return put(e, cpu, table[r].uc, in);
    const uint64_t rip = le64(in) - code_base(e, cpu);
    return put(e, cpu, UC_X86_REG_RIP, &rip);
}

bool engine_paging_of(struct engine *e, unsigned cpu, uint64_t *cr0, uint64_t *cr3, uint64_t *cr4, uint64_t *efer)
{
    static const enum engine_register which[4] = {ENGINE_CR0, ENGINE_CR3, ENGINE_CR4, ENGINE_EFER};
    uint64_t *const to[4] = {cr0, cr3, cr4, efer};
    for (unsigned i = 0; i < 4; i++) {
        uint8_t raw[ENGINE_REGISTER_SIZE];
        if (!engine_read_register(e, cpu, which[i], raw))
            return false;
        *to[i] = le64(raw);
    }
    return true;
}
