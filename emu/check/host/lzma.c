/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The decompressor's work done by the host's liblzma: the same bytes in the same place, and the call returns. Only when
 * nothing could have come of running it but those bytes: input, output and scratch lie in RAM that SEC may use as it
 * likes, page for page, mapped one to one. In any doubt the guest does it, with every access judged.
 */
#include "image/lzma.h"
#include "base/span.h"
#include "check/host/host.h"
#include "check/internal.h"

/* E:MdeModulePkg/Library/LzmaCustomDecompressLib/LzmaDecompressLibInternal.h:SCRATCH_BUFFER_REQUEST_SIZE */
#define SCRATCH_SIZE (64 * KIB)

static bool mapped_one_to_one(struct monitor *mon, struct span at)
{
    struct paging p;
    struct walk w;
    machine_paging(mon->m, &p);
    for (uint64_t page = page_down(at.start); page < at.end; page += PAGE_SIZE)
        if (!walk_gva(&mon->m->memory, &p, page, &w) || w.gpa != page)
            return false;
    return true;
}

bool host_may_use(struct monitor *mon, struct span at, unsigned rights)
{
    const struct machine *m = mon->m;
    if (at.end <= at.start)
        return false;
    for (uint64_t gpa = at.start; gpa < at.end;) {
        const struct plan_range *r = plan_find(m->plan, gpa);
        if (r == NULL || r->kind != PLAN_RAM || (r->allow[m->phase] & rights) != rights)
            return false;
        gpa = r->at.end;
    }
    for (uint64_t page = page_down(at.start); page < at.end; page += PAGE_SIZE)
        if (memory_hva(&m->memory, page) != m->memory.base + page)
            return false;
    return mapped_one_to_one(mon, at);
}

bool unpack_is_free(struct monitor *mon)
{
    const struct unpack_watch *u = &mon->unpack;
    const uint64_t status = engine_reg(mon->m->engine, CPU_R9), rsp = engine_reg(mon->m->engine, CPU_RSP);
    return host_may_use(mon, u->payload, ALLOW_R) && host_may_use(mon, unpack_output(mon), ALLOW_R | ALLOW_W) &&
           host_may_use(mon, (struct span){u->scratch, u->scratch + SCRATCH_SIZE}, ALLOW_R | ALLOW_W) &&
           host_may_use(mon, (struct span){status, status + 4}, ALLOW_W) &&
           host_may_use(mon, (struct span){page_down(rsp), rsp + 8}, ALLOW_R | ALLOW_W);
}

bool unpack_on_host(struct monitor *mon)
{
    const struct unpack_watch *u = &mon->unpack;
    struct machine *m = mon->m;
    struct engine *e = m->engine;
    const uint64_t status = engine_reg(e, CPU_R9);
    const struct span scratch = {u->scratch, u->scratch + SCRATCH_SIZE};
    const struct span out = unpack_output(mon);
    if (span_overlaps(out, u->payload) || span_overlaps(out, scratch) || span_overlaps(scratch, u->payload))
        return false;
    /* Not in place: what is damaged is left to the guest, which must then find memory as it was. */
    struct lzma_memo own = {.nr = 0}, *memo = mon->options.unpacked != NULL ? mon->options.unpacked : &own;
    const uint8_t *bytes = lzma_unpack_again(memo, m->memory.base + u->payload.start, span_size(u->payload), u->size);
    const bool ok = bytes != NULL && memory_write(&m->memory, status, &(uint32_t){0}, 4) &&
                    memory_write(&m->memory, out.start, bytes, u->size);
    lzma_memo_free(&own);
    if (!ok)
        return false;
    engine_wrote(e, out.start, u->size);
    engine_set_reg(e, CPU_RAX, 0); /* RETURN_SUCCESS */
    engine_set_reg(e, CPU_RSP, u->caller_rsp);
    engine_jump(e, u->return_to);
    return true;
}
