/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state that runs go back to; and what is remembered of blocks, and not worth it. */
#include <stdlib.h>
#include <string.h>

#include "engine/again.h"

/* Each layout has its modules elsewhere: of beyond so many blocks only those are remembered that all runs have in common. */
#define BLOCKS_MAX (1u << 16)
/* Beyond this many hooks translating becomes slow, for each instruction asks all of them. */
#define SITES_TIDY 64u

bool engine_keep(struct engine *e)
{
    struct again *a = e->again;
    if (e->current != 0 || e->block_hook == 0 ||
        (a->context == NULL && uc_context_alloc(e->uc, &a->context) != UC_ERR_OK) ||
        uc_context_save(e->uc, a->context) != UC_ERR_OK)
        return false;
    a->segment = e->code;
    a->instructions = e->instructions;
    a->blocks = e->blocks;
    a->block_pc = e->block_pc;
    a->ring_from = e->ring_from;
    memcpy(a->ring, e->ring, sizeof a->ring);
    engine_paging(e, &a->paging[0], &a->paging[1], &a->paging[2], &a->paging[3]);
    for (size_t i = 0; i < a->nr; i++)
        a->slot[i].k->before = a->slot[i].checked == a->run;
    a->sites = e->nr_sites;
    a->before_holds = true;
    return true;
}

/* Hooks of sites that only other layouts have had. */
static void tidy_sites(struct engine *e)
{
    struct again *a = e->again;
    if (e->nr_sites <= a->sites + SITES_TIDY)
        return;
    while (e->nr_sites > a->sites)
        (void)uc_hook_del(e->uc, e->site_hook[--e->nr_sites]);
    (void)uc_ctl_flush_tb(e->uc); /* hooks are compiled into the blocks */
}

static bool take_along(struct again *a, const struct slot *from)
{
    struct slot *to = again_insert(a, from->pc);
    if (to == NULL)
        return false;
    struct known_block *k = to->k;
    const uint8_t *bytes = from->k->bytes;
    *k = *from->k;
    k->bytes = NULL;
    k->room = 0;
    to->instructions = from->instructions;
    to->offered = from->offered;
    to->fills = from->fills;
    return bytes == NULL || again_keep_bytes(a, k, bytes);
}

/* Blocks, and the code that they were translated to, that only other layouts have had. */
static void tidy_blocks(struct engine *e)
{
    struct again *a = e->again, all = *a;
    if (a->nr <= BLOCKS_MAX)
        return;
    a->slot = NULL;
    a->index = a->taken = NULL;
    a->chunks = NULL;
    a->cap = a->nr = a->room = 0;
    bool ok = again_grow(a);
    for (size_t i = 0; ok && i < all.nr; i++)
        if (all.slot[i].k->before || all.slot[i].offered)
            ok = take_along(a, &all.slot[i]);
    if (!ok) { /* out of memory: as before */
        const struct again few = *a;
        *a = all;
        all = few;
    }
    free(all.slot);
    free(all.index);
    free(all.taken);
    again_free_chunks(all.chunks);
    if (ok)
        (void)uc_ctl_flush_tb(e->uc);
}

bool engine_go_back(struct engine *e)
{
    struct again *a = e->again;
    uint64_t now[4];
    /* What the last run had begun and, since it ended there, not taken back. */
    engine_watchdog(e, 0);
    engine_watch_stores(e, NULL, NULL);
    engine_watch_loads(e, NULL, NULL);
    engine_count(e, true);
    engine_paging(e, &now[0], &now[1], &now[2], &now[3]);
    if (a->context == NULL || uc_context_restore(e->uc, a->context) != UC_ERR_OK)
        return false;
    /* A run that ended with a forbidden read has left its page where reads are not told. */
    if (e->current != 0 || e->tell_again || memcmp(now, a->paging, sizeof now) != 0)
        (void)uc_ctl_flush_tlb(e->uc);
    e->current = 0;
    e->code = a->segment;
    e->instructions = a->instructions;
    e->blocks = a->blocks;
    e->block_pc = a->block_pc;
    e->ring_from = a->ring_from;
    memcpy(e->ring, a->ring, sizeof e->ring);
    e->slice_end = e->deadline = UINT64_MAX;
    e->come_out = e->window = e->window_open = e->tell_again = false;
    engine_next_event(e);
    e->pending = PENDING_NONE;
    a->run++;
    a->before_holds = true;
    a->stop_before = UINT64_MAX;
    a->fill_after = 0;
    edges_drop(a);
    a->doubt = NULL;
    tidy_sites(e);
    tidy_blocks(e);
    return !e->fills || engine_fill_tlb(e);
}
