/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How far the boot has come: the phases, and the hand-off to the DXE core. */
#include <string.h>

#include "base/le.h"
#include "base/span.h"
#include "check/internal.h"

/* PI specification 1.7, volume 3, 5: HOB formats. */
#define HOB_HANDOFF 1u
#define HOB_HANDOFF_SIZE 0x38u
#define HOB_HANDOFF_VERSION 9u
#define HOB_ALLOCATION 2u
#define HOB_END 0xffffu
#define HOB_MODULE_SIZE 72u
#define HOBS_MAX 4096u /* a list longer than this is damaged */

/* gEfiHobMemoryAllocModuleGuid, E:MdePkg/Include/Guid/MemoryAllocationHob.h */
static const uint8_t module_guid[16] = {0x75, 0x19, 0xe2, 0xf8, 0x99, 0x08, 0x58, 0x4f,
                                        0xa4, 0xbe, 0x55, 0x25, 0xa9, 0xc6, 0xd7, 0x7a};

/* RSP in PEI this far from where it began: the stack has moved to permanent memory. Temporary RAM is 64 KiB. */
#define TEMPORARY_RAM (64 * KIB)

#define RCX 1
#define RSP 4

/* Is @gpa a hand-off HOB whose list has a module HOB with this entry point? */
static bool list_names_entry(struct monitor *mon, uint64_t gpa, uint64_t entry)
{
    uint8_t h[HOB_MODULE_SIZE];
    const struct memory *mem = &mon->m->memory;
    if (!memory_read(mem, gpa, h, HOB_HANDOFF_SIZE) || le16(h) != HOB_HANDOFF || le16(h + 2) != HOB_HANDOFF_SIZE ||
        le32(h + 8) != HOB_HANDOFF_VERSION)
        return false;
    for (unsigned i = 0; i < HOBS_MAX; i++) {
        if (!memory_read(mem, gpa, h, 8))
            return false;
        uint16_t type = le16(h);
        uint16_t size = le16(h + 2);
        if (type == HOB_END || size < 8)
            return false;
        if (type == HOB_ALLOCATION && size >= HOB_MODULE_SIZE && memory_read(mem, gpa, h, HOB_MODULE_SIZE) &&
            memcmp(h + 8, module_guid, sizeof module_guid) == 0 && le64(h + 64) == entry)
            return true;
        gpa += size;
    }
    return false;
}

/* Called for each new block: the cheap test first. */
static bool is_handoff(struct monitor *mon, uint64_t pc)
{
    uint64_t hobs = engine_reg(mon->m->engine, RCX);
    if (mon->m->phase < PHASE_PEI || (hobs & 7) != 0 || hobs == 0)
        return false;
    return list_names_entry(mon, hobs, pc);
}

static void want_phase(struct monitor *mon, enum phase p)
{
    mon->phase_wanted = p;
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
    const struct plan_range *r = plan_find(mon->m->plan, b->pc);
    if (is_handoff(mon, b->pc)) {
        mon->v->hob_list = engine_reg(e, RCX);
        mon->v->dxe_entry = b->pc;
        mon->v->rsp = engine_reg(e, RSP);
        mon->v->mp_processors = mp_hob_processors(&mon->m->memory, mon->v->hob_list);
        note_volumes(mon, mon->v->hob_list);
        place_without_source(mon, b->pc, &mon->v->dxe);
        want_phase(mon, PHASE_DXE);
        end_run(mon, END_HANDOFF, "");
        return;
    }
    switch (mon->m->phase) {
    case PHASE_SEC: /* SEC runs from the image; the first code elsewhere is the PEI core's */
        if (r != NULL && r->kind == PLAN_RAM && r->cls != CLASS_IMAGE && module_at(mon, b->pc) != NULL) {
            mon->pei_rsp = engine_reg(e, RSP);
            want_phase(mon, PHASE_PEI);
        }
        break;
    case PHASE_PEI: {
        uint64_t rsp = engine_reg(e, RSP);
        if (rsp - mon->pei_rsp > TEMPORARY_RAM && mon->pei_rsp - rsp > TEMPORARY_RAM)
            want_phase(mon, PHASE_MEMORY);
        break;
    }
    default:
        break;
    }
}

void boot_paused(struct monitor *mon)
{
    if (mon->entered && mon->m->loading) {
        if (mon->m->guard_firmware)
            notice_entry(mon);
        (void)machine_firmware_entered(mon->m);
    }
    if (mon->phase_wanted > mon->m->phase) {
        (void)machine_enter_phase(mon->m, mon->phase_wanted);
        mon->v->phase = mon->phase_wanted;
    }
}
