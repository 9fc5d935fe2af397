/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How far the boot has come: the phases, and the hand-off to the DXE core. */
#include "base/span.h"
#include "check/handoff/look.h"
#include "check/internal.h"

/* RSP in PEI this far from where it began: the stack has moved to permanent memory. Temporary RAM is 64 KiB. */
#define TEMPORARY_RAM (64 * KIB)

static bool read_guest(const void *self, uint64_t gpa, void *dst, size_t n)
{
    return memory_read(self, gpa, dst, n);
}

struct hob_reader boot_hob_reader(const struct monitor *mon)
{
    return (struct hob_reader){read_guest, &mon->m->memory};
}

/* Is @gpa a hand-off HOB whose list has a module HOB with this entry point? A damaged list is walked as DXE would. */
static bool list_names_entry(const struct hob_reader *r, uint64_t gpa, uint64_t entry, uint64_t most)
{
    if (!hob_is_handoff(r, gpa))
        return false;
    for (uint64_t i = 0; i < most; i++) {
        struct hob h;
        (void)hob_read(r, gpa, &h);
        if (h.type == HOB_END || h.size < HOB_HEADER_SIZE)
            return false;
        if (h.type == HOB_ALLOCATION && guid_equal(&h.guid, &hob_guid_module) && h.entry == entry)
            return true;
        gpa += h.size;
    }
    return false;
}

/* Called for each new block: the cheap test first. */
static bool is_handoff(struct monitor *mon, uint64_t pc)
{
    uint64_t hobs = engine_reg(mon->m->engine, CPU_RCX);
    if (mon->m->phase < PHASE_PEI || mon->m->phase == PHASE_DXE || (hobs & 7) != 0 || hobs == 0 ||
        memory_lacks(&mon->m->memory, hobs, hob_handoff_begin, sizeof hob_handoff_begin))
        return false;
    const struct hob_reader r = boot_hob_reader(mon);
    /* Where the list may have fewer, the hand-off is one all the same. */
    const uint64_t most = limit(mon->m->limits, LIMIT_HOBS);
    return list_names_entry(&r, hobs, pc, most > LIMIT_HOBS_DEFAULT ? most : LIMIT_HOBS_DEFAULT);
}

static void want_phase(struct monitor *mon, enum phase p)
{
    mon->phase_wanted = p;
    timeline_phase(&mon->v->timeline, p, timepoint_now(mon));
    machine_pause(mon->m);
}

/* Where hvmloader's trampoline jumps to: F000:FFF0, in the low copy of the image. */
#define RESET_VECTOR 0xFFFF0u

bool boot_loading(struct monitor *mon, const struct engine_block *b)
{
    uint64_t cr0, unused;
    if (mon->m->loading && b->pc == RESET_VECTOR) {
        engine_paging(mon->m->engine, &cr0, &unused, &unused, &unused);
        mon->entered = (cr0 & 1) == 0; /* otherwise it is still the first stage that runs there */
        machine_pause(mon->m);
    }
    return mon->m->loading;
}

void boot_block(struct monitor *mon, const struct engine_block *b)
{
    struct engine *e = mon->m->engine;
    if (is_handoff(mon, b->pc)) {
        mon->v->hob_list = engine_reg(e, CPU_RCX);
        mon->v->dxe_entry = b->pc;
        mon->v->rsp = engine_reg(e, CPU_RSP);
        mon->nr_volumes_run = mon->nr_volumes;
        mon->v->mp_processors = mp_hob_processors(mon, mon->v->hob_list);
        note_volumes(mon, mon->v->hob_list);
        place_without_source(mon, b->pc, &mon->v->dxe);
        want_phase(mon, PHASE_DXE);
        if (mon->options.until.kind != UNTIL_HANDOFF)
            mon->at_handoff = true;
        else
            end_run(mon, END_HANDOFF, "");
        return;
    }
    switch (mon->m->phase) {
    case PHASE_SEC: { /* SEC runs from the image; the first code elsewhere is the PEI core's */
        const struct plan_range *r = plan_find(mon->m->plan, b->pc);
        if (r != NULL && r->kind == PLAN_RAM && r->cls != CLASS_IMAGE && module_at(mon, b->pc) != NULL) {
            mon->pei_rsp = engine_reg(e, CPU_RSP);
            want_phase(mon, PHASE_PEI);
        }
        break;
    }
    case PHASE_PEI: {
        uint64_t rsp = engine_reg(e, CPU_RSP);
        if (rsp - mon->pei_rsp > TEMPORARY_RAM && mon->pei_rsp - rsp > TEMPORARY_RAM)
            want_phase(mon, PHASE_MEMORY);
        break;
    }
    default:
        break;
    }
    if (mon->options.platform)
        platform_block(mon, b);
}

void boot_paused(struct monitor *mon)
{
    if (mon->entered && mon->m->loading) {
        if (mon->m->guard_firmware)
            notice_entry(mon);
        (void)machine_firmware_entered(mon->m);
        timeline_phase(&mon->v->timeline, PHASE_SEC, timepoint_now(mon));
        preserve_begin(mon);
        written_begin(mon);
    }
    if (mon->phase_wanted > mon->m->phase) {
        (void)machine_enter_phase(mon->m, mon->phase_wanted);
        mon->v->phase = mon->phase_wanted;
        if (mon->phase_wanted == PHASE_PEI)
            preserve_volumes(mon);
    }
    if (mon->at_handoff || (mon->v->ending == END_HANDOFF && mon->m->stopping))
        handoff_reached(mon);
    if (mon->at_handoff)
        dxe_begin(mon);
    mon->at_handoff = false;
    platform_paused(mon);
}
