/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Long string instructions done by the host. The engine runs REP MOVS and REP STOS one element a block, a slow store
 * each; SEC copies its volumes so, 11 MiB, which takes longer than to unpack them. A block that is nothing but such an
 * instruction is told when it is new; where all of it lies in RAM that may be used so, the memory is written at once,
 * and what is counted is what the engine would have counted. The block is then forgotten, so that it is told again.
 */
#include <string.h>

#include "base/le.h"
#include "base/span.h"
#include "check/host/host.h"
#include "check/internal.h"
#include "machine/pages.h"

/* Fewer are not worth coming out for. */
#define ELEMENTS_MIN 1024u
#define DIRECTION_FLAG (1u << 10)

static const struct string_op {
    uint8_t code[3];
    uint8_t length, element; /* bytes */
    bool copies;
} ops[] = {
    {{0xf3, 0x48, 0xa5}, 3, 8, true},  {{0xf3, 0xa5}, 2, 4, true},  {{0xf3, 0xa4}, 2, 1, true},
    {{0xf3, 0x48, 0xab}, 3, 8, false}, {{0xf3, 0xab}, 2, 4, false}, {{0xf3, 0xaa}, 2, 1, false},
};

static const struct string_op *decode(struct monitor *mon, uint64_t pc, uint32_t size)
{
    uint8_t code[3];
    if (size < 2 || size > sizeof code || !machine_read(mon->m, pc, code, size))
        return NULL;
    for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++)
        if (ops[i].length == size && memcmp(code, ops[i].code, size) == 0)
            return &ops[i];
    return NULL;
}

/* Somebody looks at every block or store, or the work is not counted: nothing may be left out. */
static bool watched(const struct monitor *mon)
{
    return mon->loop.looking || mon->loop.stores || mon->standstill.looking || mon->standstill.stores ||
           mon->unpack.state == UNPACK_ENTERING || unpack_running(&mon->unpack) || engine_spied(mon->m->engine) ||
           !machine_alone(mon->m);
}

void bulk_block(struct monitor *mon, const struct engine_block *b)
{
    struct engine *e = mon->m->engine;
    if (mon->options.guest_bulk || b->size > 3 || engine_reg(e, CPU_RCX) < ELEMENTS_MIN ||
        decode(mon, b->pc, b->size) == NULL || !engine_code64(e) || watched(mon))
        return;
    mon->bulk_pc = b->pc;
    mon->bulk_size = b->size;
    machine_pause(mon->m);
}

static void fill(uint8_t *to, uint64_t value, unsigned element, uint64_t bytes)
{
    uint8_t raw[8];
    put_le64(raw, value);
    if (element == 1) {
        memset(to, raw[0], bytes);
        return;
    }
    for (uint64_t i = 0; i < bytes; i += element)
        memcpy(to + i, raw, element);
}

/* Is @gva mapped to itself, by tables outside of @to? Where tables are written over, each element counts. */
static bool plainly_mapped(const struct monitor *mon, uint64_t gva, struct span to)
{
    struct paging p;
    struct walk w;
    machine_paging(mon->m, &p);
    if (!walk_gva(&mon->m->memory, &p, gva, &w) || w.gpa != gva)
        return false;
    for (unsigned i = 0; i < w.nr; i++)
        if (w.step[i].entry_gpa - to.start < to.end - to.start)
            return false;
    return true;
}

/* False: the guest does it. */
static bool on_host(struct monitor *mon, const struct string_op *op)
{
    const struct memory *mem = &mon->m->memory;
    struct cpu_regs r;
    engine_regs(mon->m->engine, &r);
    const uint64_t nr = r.gpr[CPU_RCX];
    if (nr < ELEMENTS_MIN || nr > mem->size || (r.rflags & DIRECTION_FLAG) != 0 || r.gpr[CPU_RDI] >= mem->size ||
        r.gpr[CPU_RSI] >= (op->copies ? mem->size : UINT64_MAX) ||
        engine_instructions(mon->m->engine) + nr > mon->options.budget)
        return false;
    const uint64_t bytes = nr * op->element;
    const struct span to = {r.gpr[CPU_RDI], r.gpr[CPU_RDI] + bytes};
    const struct span from = {r.gpr[CPU_RSI], r.gpr[CPU_RSI] + bytes};
    /* Forwards, element by element: onto what lies before it that is memmove(); onto its own later elements it is not. */
    if (!host_may_use(mon, to, ALLOW_W) ||
        (op->copies && (!host_may_use(mon, from, ALLOW_R) || (span_overlaps(to, from) && to.start > from.start))))
        return false;
    if (!plainly_mapped(mon, to.start, to) || !plainly_mapped(mon, to.end - 1, to) ||
        !plainly_mapped(mon, mon->bulk_pc, to) || (op->copies && !plainly_mapped(mon, from.start, to)))
        return false;
    if (mem->pages != NULL)
        pages_writing(mem, (struct span){page_down(to.start), page_up(to.end)});
    if (op->copies)
        memmove(mem->base + to.start, mem->base + from.start, bytes);
    else
        fill(mem->base + to.start, r.gpr[CPU_RAX], op->element, bytes);
    engine_wrote(mon->m->engine, page_down(to.start), page_up(to.end) - page_down(to.start));
    engine_set_reg(mon->m->engine, CPU_RDI, to.end);
    if (op->copies)
        engine_set_reg(mon->m->engine, CPU_RSI, from.end);
    engine_set_reg(mon->m->engine, CPU_RCX, 0);
    return true;
}

void bulk_paused(struct monitor *mon)
{
    struct engine *e = mon->m->engine;
    const uint64_t pc = mon->bulk_pc;
    const struct string_op *op = pc != 0 ? decode(mon, pc, mon->bulk_size) : NULL;
    const uint64_t nr = engine_reg(e, CPU_RCX);
    const bool done = op != NULL && !mon->m->stopping && engine_pc(e) == pc && !watched(mon) && on_host(mon, op);
    mon->bulk_pc = 0;
    if (!done)
        return;
    engine_count_more(e, pc, nr + 1); /* one block an element, and the one that finds nothing left to do */
    engine_forget_block(e, pc, mon->bulk_size);
    engine_jump(e, pc + mon->bulk_size);
}
