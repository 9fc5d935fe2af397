/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stores at full speed, where the same code runs many times. The library (2.1.4, cputlb.c:notdirty_write()) takes each store
 * the long way while its TLB holds the page as executable, as it does with whatever the guest's page tables do not call NX,
 * or while a hook for forbidden accesses may be interested in the address. So the TLB is filled from here, with what the
 * client has found in those tables: executable is only what code has run from, or is being fetched from. And hooks
 * for forbidden accesses leave out where the client says that none can happen.
 */
#include <string.h>

#include "engine/internal.h"

static const char *const no_page[] = {
    [ENGINE_FAULTS] = "a page fault",
    [ENGINE_STRANGE] = "page tables of an unusual kind",
};

static bool on_fill(uc_engine *uc, uint64_t gva, uc_mem_type type, uc_tlb_entry *out, void *user)
{
    struct engine *e = user;
    struct engine_page page = {0};
    const enum engine_fault kind = type == UC_MEM_WRITE   ? ENGINE_WRITE
                                   : type == UC_MEM_FETCH ? ENGINE_FETCH
                                                          : ENGINE_READ;
    (void)uc;
    const enum engine_walk walk = e->client->page(e->self, gva, kind, &page);
    if (walk != ENGINE_MAPPED) {
        e->strange |= walk == ENGINE_STRANGE;
        again_doubt(e, no_page[walk]);
        engine_stop(e);
        return false;
    }
    const bool code = kind == ENGINE_FETCH || !again_is_data(e, page.gpa);
    out->paddr = page.gpa;
    out->perms = UC_PROT_READ | ((page.allow & ALLOW_W) != 0 ? (uint32_t)UC_PROT_WRITE : 0) |
                 (code && (page.allow & ALLOW_X) != 0 ? (uint32_t)UC_PROT_EXEC : 0);
    return true;
}

bool engine_fill_tlb(struct engine *e)
{
    const bool on = e->client->page != NULL && !e->strange && !e->walks_itself;
    if (on == e->fills)
        return true;
    if (on && e->fill_hook == 0 &&
        uc_hook_add(e->uc, &e->fill_hook, UC_HOOK_TLB_FILL, (void *)on_fill, e, 1, 0) != UC_ERR_OK)
        return false;
    e->fills = on;
    (void)uc_ctl_flush_tlb(e->uc);
    return uc_ctl_tlb_mode(e->uc, on ? UC_TLB_VIRTUAL : UC_TLB_CPU) == UC_ERR_OK;
}

bool engine_doubts_walk(const struct engine *e)
{
    const char *why = engine_doubt(e);
    return why == no_page[ENGINE_FAULTS] || why == no_page[ENGINE_STRANGE];
}

bool engine_walk_itself(struct engine *e, bool itself)
{
    e->walks_itself = itself;
    return engine_fill_tlb(e);
}

static bool same_quick(const struct engine *e, const struct span *at, size_t nr)
{
    bool same = e->nr_forbidden == nr + 1;
    for (size_t i = 0; same && i < nr; i++)
        same = e->quick[i].start == at[i].start && e->quick[i].end == at[i].end;
    return same;
}

bool engine_ask_around(struct engine *e, const struct span *at, size_t nr)
{
    uc_hook hook[ENGINE_QUICK_MAX + 1];
    uint64_t from = 0;
    if (same_quick(e, at, nr))
        return true;
    for (size_t i = 0; i <= nr; i++) {
        const uint64_t last = i < nr ? at[i].start - 1 : UINT64_MAX;
        if (uc_hook_add(e->uc, &hook[i], UC_HOOK_MEM_INVALID, (void *)engine_forbidden, e, from, last) != UC_ERR_OK)
            return false;
        if (i < nr) {
            e->quick[i] = at[i];
            from = at[i].end;
        }
    }
    for (size_t i = 0; i < e->nr_forbidden; i++)
        (void)uc_hook_del(e->uc, e->forbidden_hook[i]);
    memcpy(e->forbidden_hook, hook, (nr + 1) * sizeof *hook);
    e->nr_forbidden = nr + 1;
    return true;
}

bool engine_quick(struct engine *e, const struct span *at, size_t nr)
{
    return (e->fills || engine_fill_tlb(e)) && engine_ask_around(e, at, nr);
}
