/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Work: instructions, counted a block at a time, and the closer looks that are only taken when something is odd. */
#include "engine/internal.h"

#define PROBES 16u

/* Where @pc is, or where it belongs: the next free slot; the first one when there is none near. */
static struct icount_slot *slot(struct engine *e, uint64_t pc)
{
    const uint64_t first = pc ^ pc >> 16;
    for (unsigned i = 0; i < PROBES; i++) {
        struct icount_slot *s = &e->icount[(first + i) & (ICOUNT_SLOTS - 1)];
        if (s->pc == pc || s->instructions == 0)
            return s;
    }
    return &e->icount[first & (ICOUNT_SLOTS - 1)];
}

void engine_remember_icount(struct engine *e, const struct engine_block *b)
{
    *slot(e, b->pc) = (struct icount_slot){.pc = b->pc, .instructions = b->instructions};
}

void engine_next_event(struct engine *e)
{
    e->next_tick = (e->blocks | (ENGINE_TICK_BLOCKS - 1)) + 1;
    e->next_event = e->next_tick < e->slice_end ? e->next_tick : e->slice_end;
    if (e->window || e->come_out || e->tell_again)
        e->next_event = e->blocks + 1;
}

/* Behind STI, or whatever else has just turned interrupts on, one more block runs: the HLT of "sti; hlt" must. */
static bool window_opens(struct engine *e)
{
    const bool before = e->window_open;
    e->window_open = e->window && engine_interrupts(e);
    return before && e->window_open;
}

void engine_tell_again(struct engine *e)
{
    e->tell_again = true;
    engine_next_event(e);
}

void engine_count_event(struct engine *e, uint64_t pc)
{
    if (e->tell_again)
        (void)uc_ctl_flush_tlb(e->uc); /* what is in it is read without asking; not before this: a callback is in it */
    e->tell_again = false;
    if (e->blocks >= e->next_tick)
        e->client->tick(e->self, pc);
    if (e->blocks >= e->slice_end && e->pending == PENDING_NONE) {
        e->pending = PENDING_SLICE;
        (void)uc_emu_stop(e->uc);
    }
    const bool open = window_opens(e);
    if (e->pending == PENDING_NONE && (open || e->come_out || e->instructions >= e->deadline)) {
        e->pending = open ? PENDING_WINDOW : PENDING_DUE;
        (void)uc_emu_stop(e->uc);
    }
    engine_next_event(e);
}

void engine_deadline(struct engine *e, uint64_t instructions)
{
    e->deadline = instructions;
}

void engine_come_out(struct engine *e)
{
    e->come_out = true;
    engine_next_event(e);
}

void engine_await_window(struct engine *e, bool on)
{
    e->window = on;
    e->window_open = on && engine_interrupts(e);
    engine_next_event(e);
}

void engine_slice(struct engine *e, uint64_t blocks)
{
    e->slice_end = blocks != 0 ? e->blocks + blocks : UINT64_MAX;
    engine_next_event(e);
}

void engine_count_block(struct engine *e, uint64_t pc, uint32_t size)
{
    const struct icount_slot *s = slot(e, pc);
    /* Its slot was taken: four bytes an instruction is near enough, and the same every time. */
    engine_count_work(e, pc, s->pc == pc ? s->instructions : (size + 3) / 4);
}

static void on_block(uc_engine *uc, uint64_t pc, uint32_t size, void *user)
{
    (void)uc;
    engine_count_block(user, pc, size);
}

void engine_count(struct engine *e, bool on)
{
    if (on == (e->block_hook != 0))
        return;
    if (on) {
        void *fn = e->again != NULL      ? (void *)again_block
                   : e->debugged != NULL ? (void *)engine_debug_block
                   : e->spy != NULL      ? (void *)engine_spy_block
                                         : (void *)on_block;
        if (uc_hook_add(e->uc, &e->block_hook, UC_HOOK_BLOCK, fn, e, 1, 0) != UC_ERR_OK)
            e->block_hook = 0;
    } else {
        (void)uc_hook_del(e->uc, e->block_hook);
        e->block_hook = 0;
    }
    if (e->spy != NULL)
        engine_spy_hooks(e, on);
    /* Hooks are compiled into the blocks. */
    (void)uc_ctl_flush_tb(e->uc);
    again_flushed(e);
}

void engine_count_more(struct engine *e, uint64_t pc, uint64_t times)
{
    if (times == 0)
        return;
    e->instructions += times;
    e->blocks += times;
    e->block_pc = pc;
    for (uint64_t i = times < ENGINE_RING ? times : ENGINE_RING; i > 0; i--)
        e->ring[(e->blocks - i) % ENGINE_RING] = pc;
    engine_next_event(e);
    if (e->again != NULL)
        edges_ran(e, pc, times);
    if (e->spy != NULL && e->spy->repeated != NULL)
        e->spy->repeated(e->spy_self, pc, times);
}

uint64_t engine_instructions(const struct engine *e)
{
    return e->instructions;
}
uint64_t engine_blocks(const struct engine *e)
{
    return e->blocks;
}
void engine_set_work(struct engine *e, uint64_t instructions, uint64_t blocks)
{
    e->instructions = instructions;
    e->blocks = blocks;
    e->ring_from = blocks;
    engine_next_event(e);
}

uint64_t engine_last_block(const struct engine *e)
{
    return e->block_pc;
}

size_t engine_last_blocks(const struct engine *e, uint64_t out[ENGINE_RING])
{
    uint64_t from = e->blocks > ENGINE_RING ? e->blocks - ENGINE_RING : 0;
    size_t nr = 0;
    for (uint64_t i = from > e->ring_from ? from : e->ring_from; i < e->blocks; i++)
        out[nr++] = e->ring[i % ENGINE_RING];
    return nr;
}

void engine_trace(struct engine *e, void (*fn)(void *self, uint64_t pc), void *self)
{
    e->trace = fn;
    e->trace_self = self;
}

static void on_store(uc_engine *uc, uc_mem_type type, uint64_t gpa, int size, int64_t value, void *user)
{
    struct engine *e = user;
    (void)uc;
    (void)type;
    if (e->store != NULL)
        e->store(e->store_self, gpa, (unsigned)size, (uint64_t)value);
}

void engine_watch_stores(struct engine *e, void (*fn)(void *self, uint64_t gpa, unsigned size, uint64_t value),
                         void *self)
{
    e->store = fn;
    e->store_self = self;
    if ((fn != NULL) == (e->store_hook != 0))
        return;
    if (fn != NULL) {
        if (uc_hook_add(e->uc, &e->store_hook, UC_HOOK_MEM_WRITE, (void *)on_store, e, 1, 0) != UC_ERR_OK)
            e->store_hook = 0;
    } else {
        (void)uc_hook_del(e->uc, e->store_hook);
        e->store_hook = 0;
    }
    /*
     * A page that has just come into the TLB is stored to the long way, and stays so where a hook for stores is, that for
     * forbidden accesses or this one (uc_mem_hook_installed(), notdirty_write()). So blocks need not be translated for their
     * sake; where they run once nobody has ever tried.
     */
    if (e->again == NULL)
        (void)uc_ctl_flush_tb(e->uc);
    again_flushed(e);
    (void)uc_ctl_flush_tlb(e->uc);
}

static void on_load(uc_engine *uc, uc_mem_type type, uint64_t gpa, int size, int64_t value, void *user)
{
    struct engine *e = user;
    (void)uc;
    (void)type;
    (void)value;
    if (e->load != NULL)
        e->load(e->load_self, gpa, (unsigned)size);
}

void engine_translate_anew(struct engine *e)
{
    e->lingering = false;
    (void)uc_ctl_flush_tb(e->uc);
}

void engine_watch_loads(struct engine *e, void (*fn)(void *self, uint64_t gpa, unsigned size), void *self)
{
    e->load = fn;
    e->load_self = self;
    if ((fn != NULL) == (e->load_hook != 0))
        return;
    if (fn != NULL) {
        if (uc_hook_add(e->uc, &e->load_hook, UC_HOOK_MEM_READ, (void *)on_load, e, 1, 0) != UC_ERR_OK)
            e->load_hook = 0;
    } else {
        (void)uc_hook_del(e->uc, e->load_hook);
        e->load_hook = 0;
        e->lingering = e->again != NULL;
    }
    (void)uc_ctl_flush_tb(e->uc);
    again_flushed(e);
    (void)uc_ctl_flush_tlb(e->uc);
}
