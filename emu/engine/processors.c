/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Several processors in one engine of the library: they share its memory and its translated code, whose keys hold the
 * CPU's mode. The registers of those that do not run are kept in contexts; a switch drops the TLB, which belongs to
 * the page tables of one.
 */
#include <stdio.h>

#include "engine/internal.h"

/*
 * A CPU in the mode that @entry asks for. The way there needs memory of its own, and the guest's is mapped already: so
 * another engine walks down, and its context, which holds no pointers, is taken over. The last one is kept, for
 * firmware wakes all others alike.
 */
static bool make_start(struct engine *e, const struct cpu_entry *entry)
{
    if (e->start != NULL && e->start_entry.mode == entry->mode && e->start_entry.cs == entry->cs)
        return true;
    const char *why;
    uc_engine *hidden = engine_open_library(0, &why);
    if (hidden == NULL)
        return false;
    const struct cpu_entry way = {.mode = entry->mode, .cs = entry->cs};
    bool ok = engine_walk_down(hidden, &way) && (e->start != NULL || uc_context_alloc(e->uc, &e->start) == UC_ERR_OK) &&
              uc_context_save(hidden, e->start) == UC_ERR_OK;
    (void)uc_close(hidden);
    e->start_entry = way;
    if (!ok && e->start != NULL) {
        (void)uc_context_free(e->start);
        e->start = NULL;
    }
    return ok;
}

static bool put_away(struct engine *e)
{
    struct processor *p = &e->cpu[e->current];
    p->code = e->code;
    p->block_pc = e->block_pc;
    if (e->debugged != NULL)
        engine_debug_put_away(e);
    return (p->context != NULL || uc_context_alloc(e->uc, &p->context) == UC_ERR_OK) &&
           uc_context_save(e->uc, p->context) == UC_ERR_OK;
}

static bool fail(struct engine *e)
{
    (void)snprintf(e->error, sizeof e->error, "cannot switch to another processor");
    return false;
}

bool engine_switch(struct engine *e, unsigned cpu, const struct cpu_entry *entry)
{
    const struct processor *p = &e->cpu[cpu];
    if (cpu == e->current && entry == NULL)
        return true;
    if ((cpu != e->current && !put_away(e)) || (entry != NULL && !make_start(e, entry)))
        return fail(e);
    uc_context *next = entry != NULL ? e->start : p->context;
    if (next == NULL || uc_context_restore(e->uc, next) != UC_ERR_OK)
        return fail(e);
    e->current = cpu;
    (void)uc_ctl_flush_tlb(e->uc);
    if (entry != NULL) {
        e->block_pc = 0;
        return engine_set_entry(e, entry);
    }
    e->code = p->code;
    e->block_pc = p->block_pc;
    return true;
}

unsigned engine_cpu(const struct engine *e)
{
    return e->current;
}

void engine_free_processors(struct engine *e)
{
    for (unsigned i = 0; i < ENGINE_CPUS_MAX; i++)
        if (e->cpu[i].context != NULL)
            (void)uc_context_free(e->cpu[i].context);
    if (e->start != NULL)
        (void)uc_context_free(e->start);
}
