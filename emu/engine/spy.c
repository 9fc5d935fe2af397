/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every block, load and store of counted code, for comparing runs. Nothing of it is there when nobody looks. */
#include "engine/internal.h"

void engine_spy_block(uc_engine *uc, uint64_t pc, uint32_t size, void *user)
{
    struct engine *e = user;
    (void)uc;
    e->spy->block(e->spy_self, pc, size);
    engine_count_block(e, pc, size);
}

static void on_load(uc_engine *uc, uc_mem_type type, uint64_t gpa, int size, int64_t value, void *user)
{
    struct engine *e = user;
    (void)uc;
    (void)type;
    e->spy->load(e->spy_self, gpa, (unsigned)size, (uint64_t)value);
}

static void on_store(uc_engine *uc, uc_mem_type type, uint64_t gpa, int size, int64_t value, void *user)
{
    struct engine *e = user;
    (void)uc;
    (void)type;
    e->spy->store(e->spy_self, gpa, (unsigned)size, (uint64_t)value);
}

static void take_out(struct engine *e, uc_hook *h)
{
    if (*h != 0)
        (void)uc_hook_del(e->uc, *h);
    *h = 0;
}

void engine_spy_hooks(struct engine *e, bool on)
{
    e->lingering |= e->spy_load != 0 && e->again != NULL;
    take_out(e, &e->spy_load);
    take_out(e, &e->spy_store);
    if (on && e->spy->load != NULL &&
        uc_hook_add(e->uc, &e->spy_load, UC_HOOK_MEM_READ_AFTER, (void *)on_load, e, 1, 0) != UC_ERR_OK)
        e->spy_load = 0;
    if (on && e->spy->store != NULL &&
        uc_hook_add(e->uc, &e->spy_store, UC_HOOK_MEM_WRITE, (void *)on_store, e, 1, 0) != UC_ERR_OK)
        e->spy_store = 0;
    (void)uc_ctl_flush_tlb(e->uc);
}

bool engine_spied(const struct engine *e)
{
    return e->spy != NULL && (e->spy->repeated == NULL || e->spy->load != NULL || e->spy->store != NULL);
}

void engine_spy(struct engine *e, const struct engine_spy *spy, void *self)
{
    bool counting = e->block_hook != 0;
    engine_count(e, false);
    e->spy = spy;
    e->spy_self = self;
    engine_count(e, counting);
}
