/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stretches are known again, and their end is put there. */
#include "warm/stretch.h"

#include <stdlib.h>
#include <string.h>

#include "machine/pages.h"
#include "machine/walk.h"
#include "warm/stretch_parts.h"

struct stretches *stretches_new(struct machine *m)
{
    struct stretches *s = calloc(1, sizeof *s);
    if (s != NULL)
        s->m = m;
    return s;
}

void stretches_free(struct stretches *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; i < s->nr; i++)
        stretch_free(&s->stretch[i]);
    watching_free(s);
    free(s);
}

/* Pages that no boot had written to may have been written since. What is known stays, as far as there is room. */
static void note_misses(struct stretches *s)
{
    s->misses = s->spared != 0 ? 0 : s->misses + 1;
    if (s->misses < MISSES_MAX || s->nr == STRETCHES_MAX)
        return;
    s->misses = 0;
    s->learnt = false;
}

bool stretches_begin(struct stretches *s, bool allowed)
{
    s->allowed = allowed;
    if (allowed && s->learnt)
        note_misses(s);
    s->spared = 0;
    s->chosen = NULL;
    if (!allowed || s->learnt || s->tries == TRIES_MAX)
        return false;
    s->boots++;
    return s->boots % WATCHED_BOOT == 0;
}

uint64_t stretches_spared(const struct stretches *s)
{
    return s->spared;
}

void stretches_mark(struct stretches *s)
{
    s->marks++;
}

/* Most that do not fit are told by their arguments or their stack. */
static bool same_regs(struct engine *e, const struct cpu_regs *in)
{
    static const uint8_t first[] = {CPU_RSP, CPU_RCX, CPU_RDX, CPU_R8, CPU_R9};
    struct cpu_regs r;
    for (size_t i = 0; i < sizeof first; i++)
        if (engine_reg(e, first[i]) != in->gpr[first[i]])
            return false;
    engine_regs(e, &r);
    return memcmp(r.gpr, in->gpr, sizeof r.gpr) == 0 && r.rflags == in->rflags && r.cr0 == in->cr0 &&
           r.cr3 == in->cr3 && r.cr4 == in->cr4 && r.efer == in->efer && r.cs == in->cs && r.ss == in->ss &&
           r.ds == in->ds && r.es == in->es && r.fs == in->fs && r.gs == in->gs;
}

bool stretch_may_use(const struct machine *m, uint64_t gpa)
{
    return pages_kept(&m->memory, gpa) && memory_override(&m->memory, gpa) == NULL;
}

static bool same_memory(const struct stretches *s, const struct stretch *k)
{
    const struct memory *mem = &s->m->memory;
    for (size_t i = 0; i < k->nr_clean; i++)
        if (!stretch_may_use(s->m, k->clean[i]) || pages_written_since(mem, k->clean[i]))
            return false;
    for (size_t i = 0; i < k->nr_touched; i++)
        if (!stretch_may_use(s->m, k->touched[i]))
            return false;
    for (size_t i = 0; i < k->nr_read; i++)
        if (memcmp(mem->base + k->read[i].gpa, k->bytes + k->read[i].at, k->read[i].n) != 0)
            return false;
    for (size_t i = 0; i < k->nr_entries; i++) {
        uint64_t entry;
        memcpy(&entry, mem->base + k->entry[i].gpa, sizeof entry);
        if ((entry & ~ENTRY_NOTED) != k->entry[i].value)
            return false;
    }
    return true;
}

bool stretches_offered(struct stretches *s, uint64_t pc)
{
    struct machine *m = s->m;
    if (!s->allowed || m->phase != s->phase || m->memory.nr_late != 0 || !machine_alone(m))
        return false;
    for (size_t i = 0; i < s->nr; i++) {
        const struct stretch *k = &s->stretch[i];
        if (k->in.rip != pc || !same_regs(m->engine, &k->in) || engine_free_blocks(m->engine) <= k->blocks ||
            !same_memory(s, k))
            continue;
        s->chosen = k;
        return true;
    }
    return false;
}

void stretches_take_over(struct stretches *s)
{
    const struct stretch *k = s->chosen;
    struct memory *mem = &s->m->memory;
    for (size_t i = 0; i < k->nr_write; i++) {
        const struct stretch_bytes *w = &k->write[i];
        pages_writing(mem, (struct span){w->gpa, w->gpa + w->n});
        memcpy(mem->base + w->gpa, k->bytes + w->at, w->n);
    }
    engine_resume(s->m->engine, &k->out);
    s->spared += k->blocks;
    engine_count_blocks(s->m->engine, &(struct engine_done){.blocks = k->blocks,
                                                            .instructions = k->instructions,
                                                            .first = k->in.rip,
                                                            .last = k->last,
                                                            .nr_last = k->nr_last,
                                                            .edge = k->edge,
                                                            .nr_edges = k->nr_edges});
}
