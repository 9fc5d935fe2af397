/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/debug.h"

#include <stdlib.h>

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
    const bool ok = uc_hook_add(e->uc, &hook[0], UC_HOOK_BLOCK, (void *)on_block, d, 1, 0) == UC_ERR_OK &&
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

bool engine_debug_inside(const struct engine *e, uint64_t *pc)
{
    const struct debugged *d = e->debugged;
    *pc = d->pc;
    return d->inside;
}
