/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Blocks, instructions and accesses to memory: what the engine's spy tells. */
#include <inttypes.h>
#include <string.h>

#include "trace/internal.h"

/*
 * The engine tells of blocks and of accesses, which come in order; an instruction is told when the next thing is that it
 * does, or the block is over. What an exception has kept from running is never told.
 */
void tracer_code_until(struct tracer *t, uint64_t pc)
{
    while (t->code_told < t->code_size && t->code_at + t->code_told <= pc) {
        const size_t at = t->code_told, left = t->code_size - at;
        const size_t n = insn_length(t->code + at, left, t->width);
        char text[96];
        t->code_told = n != 0 ? at + n : t->code_size;
        if (n == 0)
            return;
        insn_text(t->code + at, left, t->width, INSN_ANYWHERE, text, sizeof text);
        t->far = strstr(text, " far ") != NULL || strncmp(text, "ret far", 7) == 0 || strncmp(text, "iret", 4) == 0;
        tracer_line(t, TRACE_INSN, t->code_at + at, t->code_at + at, "%s", text);
    }
}

/* Behind MOV CR0 the mode is another one, but code is what it was until something far has loaded CS. */
static enum code_width find_width(const struct tracer *t)
{
    const enum code_width w = monitor_width(&t->monitor);
    return w == CODE_32 && t->width == CODE_16 && !t->far ? CODE_16 : w;
}

static void on_block(void *self, uint64_t pc, uint32_t size)
{
    struct tracer *t = self;
    tracer_code_until(t, UINT64_MAX);
    t->work = engine_instructions(t->monitor.m->engine);
    tracer_notice(t);
    tracer_line(t, TRACE_BLOCK, pc, pc, "%u bytes", size);
    t->code_size = t->code_told = 0;
    if (!trace_wants(&t->filter, TRACE_INSN) || t->cut)
        return;
    t->code_at = pc;
    t->code_size = monitor_code(&t->monitor, pc, t->code, size < BLOCK_MAX ? size : BLOCK_MAX);
    t->width = find_width(t);
}

static void access(struct tracer *t, enum trace_kind k, uint64_t gpa, unsigned size, uint64_t value)
{
    const uint64_t pc = engine_pc(t->monitor.m->engine);
    tracer_code_until(t, pc);
    tracer_line(t, k, pc, gpa, "%u bytes at 0x%" PRIx64 " = 0x%" PRIx64, size, gpa, tracer_value(value, size));
}

static void on_load(void *self, uint64_t gpa, unsigned size, uint64_t value)
{
    access(self, TRACE_READ, gpa, size, value);
}

static void on_store(void *self, uint64_t gpa, unsigned size, uint64_t value)
{
    access(self, TRACE_WRITE, gpa, size, value);
}

void tracer_spy(struct tracer *t)
{
    /* By whether reads and writes are asked for. */
    static const struct engine_spy spies[2][2] = {
        {{.block = on_block}, {.block = on_block, .store = on_store}},
        {{.block = on_block, .load = on_load}, {.block = on_block, .load = on_load, .store = on_store}},
    };
    const bool reads = trace_wants(&t->filter, TRACE_READ), writes = trace_wants(&t->filter, TRACE_WRITE);
    if (!reads && !writes && !trace_wants(&t->filter, TRACE_BLOCK) && !trace_wants(&t->filter, TRACE_INSN))
        return;
    t->spying = true;
    engine_spy(t->monitor.m->engine, &spies[reads][writes], t);
}

void tracer_unspy(struct tracer *t)
{
    if (t->spying)
        engine_spy(t->monitor.m->engine, NULL, NULL);
    t->spying = false;
    t->code_size = t->code_told = 0;
}
