/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "compare/trace.h"

#include <stdlib.h>
#include <string.h>

static uint64_t mix(uint64_t h, uint64_t x)
{
    h = (h ^ x) * 0x9E3779B97F4A7C15ULL;
    return h ^ h >> 32;
}

static void close_window(struct trace *t)
{
    if (t->nr == t->cap) {
        size_t cap = t->cap != 0 ? 2 * t->cap : 1024;
        struct trace_window *w = realloc(t->window, cap * sizeof *w);
        if (w == NULL) {
            t->failed = true;
            return;
        }
        t->window = w;
        t->cap = cap;
    }
    t->window[t->nr++] = t->now;
    t->now.accesses = t->now.nr_accesses = 0;
}

static void stop(struct trace *t, uint64_t pc)
{
    t->stopped = true;
    t->stopped_at = pc;
    t->phase = machine_stage(t->mon->m);
    t->vcpu = t->mon->m->vcpus.current;
    engine_regs(t->mon->m->engine, &t->regs);
    machine_stop(t->mon->m);
}

static void add_block(struct trace *t, uint64_t pc, uint32_t size)
{
    if (t->stopped)
        return;
    if (t->blocks == t->want.stop) {
        stop(t, pc);
        return;
    }
    if (t->blocks % TRACE_WINDOW == 0 && t->blocks != 0)
        close_window(t);
    if (t->blocks / TRACE_WINDOW == t->want.blocks_window)
        t->exact[t->nr_exact++] = (struct trace_block){pc, size, t->mon->m->vcpus.current};
    t->now.blocks = mix(t->now.blocks, pc ^ (uint64_t)t->mon->m->vcpus.current << 56);
    t->blocks++;
}

/* What the decompressor did was not seen: what it left is hashed instead. */
static uint64_t output_hash(const struct trace *t)
{
    const struct span out = t->mon->unpack.output;
    const struct memory *mem = &t->mon->m->memory;
    uint64_t h = 0;
    uint64_t piece[512];
    for (uint64_t at = out.start; at < out.end; at += sizeof piece) {
        size_t n = out.end - at < sizeof piece ? (size_t)(out.end - at) : sizeof piece;
        memset(piece, 0, sizeof piece);
        if (!memory_read(mem, at, piece, n))
            return 0;
        for (size_t i = 0; i < sizeof piece / sizeof piece[0]; i++)
            h = mix(h, piece[i]);
    }
    return h;
}

/* Between the decompressor's entry and its end how much is counted is chance: check/host/unpack.c. */
static bool unseen(const struct trace *t)
{
    return t->mon->unpack.state != UNPACK_BEFORE && t->mon->unpack.state != UNPACK_DONE;
}

static void on_block(void *self, uint64_t pc, uint32_t size)
{
    struct trace *t = self;
    if (unseen(t))
        return;
    if (!t->unpacked && t->mon->unpack.state == UNPACK_DONE) {
        t->unpacked = true;
        add_block(t, output_hash(t), 0);
    }
    add_block(t, pc, size);
}

static void note_head(struct trace *t, uint64_t gpa, unsigned size)
{
    for (size_t i = 0; i < t->want.nr_heads && i < TRACE_HEADS_MAX; i++)
        if (gpa < t->want.heads[i] + 8 && t->want.heads[i] < gpa + size)
            t->head_pc[i] = engine_pc(t->mon->m->engine);
}

static void on_access(struct trace *t, uint64_t gpa, unsigned size, uint64_t value, bool store)
{
    if (unseen(t) || t->stopped || t->blocks == 0)
        return;
    if (size < sizeof value)
        value &= (1ULL << 8 * size) - 1;
    t->now.accesses = mix(mix(t->now.accesses, gpa), value);
    t->now.nr_accesses++;
    if (store)
        note_head(t, gpa, size);
    uint64_t block = t->blocks - 1;
    if (t->each == NULL || block / TRACE_WINDOW >= t->want.nr_log || !t->want.log[block / TRACE_WINDOW])
        return;
    struct trace_access a = {block, engine_pc(t->mon->m->engine), gpa, value, (uint8_t)size, store};
    t->each(t->each_self, &a);
}

static void on_load(void *self, uint64_t gpa, unsigned size, uint64_t value)
{
    on_access(self, gpa, size, value, false);
}

static void on_store(void *self, uint64_t gpa, unsigned size, uint64_t value)
{
    on_access(self, gpa, size, value, true);
}

void trace_begin(struct trace *t, const struct trace_want *want, struct monitor *mon)
{
    static const struct engine_spy blocks = {.block = on_block};
    static const struct engine_spy all = {.block = on_block, .load = on_load, .store = on_store};
    t->want = *want;
    t->mon = mon;
    engine_spy(mon->m->engine, want->accesses || want->log != NULL ? &all : &blocks, t);
}

void trace_end(struct trace *t)
{
    engine_spy(t->mon->m->engine, NULL, NULL);
    close_window(t);
}

void trace_free(struct trace *t)
{
    free(t->window);
    t->window = NULL;
    t->nr = t->cap = 0;
}

uint64_t trace_differ(const struct trace *a, const struct trace *b)
{
    size_t n = a->nr < b->nr ? a->nr : b->nr;
    for (size_t i = 0; i < n; i++)
        if (a->window[i].blocks != b->window[i].blocks)
            return i;
    return a->nr == b->nr && a->blocks == b->blocks ? TRACE_NEVER : n;
}
