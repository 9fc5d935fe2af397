/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The end of a boot that is to go no further than to where the platform's PEIM has said what it makes of the layout: its
 * HOBs are complete and PEI memory is published, all of it still in temporary RAM. The sign is the PEI core's call of
 * TemporaryRamMigration, told by its arguments (E:MdePkg/Include/Ppi/TemporaryRamSupport.h, Microsoft ABI): RDX is
 * where temporary RAM begins, R9 its size, the stack lies in there, R8 is where it goes to. Just before, the core
 * has added the HOB of the new stack, which begins where PEI memory does
 * (E:MdeModulePkg/Core/Pei/Dispatcher/Dispatcher.c:PeiCheckAndSwitchStack). Firmware that has no such call ends
 * when its stack has moved.
 */
#include "base/span.h"
#include "check/handoff/handoff.h"
#include "check/handoff/look.h"

/* E:OvmfPkg: 64 KiB; others have less or more. */
#define TEMPORARY_RAM_MIN (8 * KIB)
#define TEMPORARY_RAM_MAX (16 * MIB)

/* The first hand-off HOB in @at; 0 when there is none. It is where the heap begins, unless SEC has taken some of it. */
static uint64_t find_list(const struct monitor *mon, struct span at)
{
    const struct hob_reader r = boot_hob_reader(mon);
    for (uint64_t gpa = at.start; gpa + HOB_HEADER_SIZE <= at.end; gpa += 8)
        if (hob_is_handoff(&r, gpa))
            return gpa;
    return 0;
}

static bool is_migration(const struct monitor *mon, struct span *from, uint64_t *to)
{
    struct engine *e = mon->m->engine;
    const uint64_t size = engine_reg(e, CPU_R9);
    if (size < TEMPORARY_RAM_MIN || size > TEMPORARY_RAM_MAX || size % PAGE_SIZE != 0)
        return false;
    *from = (struct span){engine_reg(e, CPU_RDX), engine_reg(e, CPU_RDX) + size};
    *to = engine_reg(e, CPU_R8);
    return from->start % PAGE_SIZE == 0 && *to % PAGE_SIZE == 0 && span_has(*from, engine_reg(e, CPU_RSP)) &&
           !span_has(*from, *to) && memory_hva(&mon->m->memory, from->start) != NULL;
}

void platform_block(struct monitor *mon, const struct engine_block *b)
{
    struct span from;
    uint64_t to;
    (void)b;
    if (mon->m->phase != PHASE_PEI || mon->published)
        return;
    if (mon->phase_wanted == PHASE_MEMORY) {
        mon->published = true;
    } else if (is_migration(mon, &from, &to)) {
        mon->published = true;
        mon->v->hob_list = find_list(mon, from);
        mon->v->published = (struct span){to, to + span_size(from)};
    }
    if (mon->published)
        end_run(mon, END_PLATFORM, "");
}

void platform_paused(struct monitor *mon)
{
    if (mon->v->ending == END_PLATFORM && mon->m->stopping && mon->v->hob_list != 0)
        handoff_platform(mon);
}

/* The new stack begins where PEI memory does; the heap comes above what is copied. All that must be free RAM. */
void check_published(struct view *v)
{
    const struct hob *stack = hob_find(v->hobs, HOB_ALLOCATION, &hob_guid_stack);
    struct span at = v->mon->v->published;
    if (stack != NULL && stack->range.start < at.start)
        at.start = stack->range.start;
    for (uint64_t gpa = at.start; gpa < at.end;) {
        const struct plan_range *r = plan_find(v->m->plan, gpa);
        if (r == NULL || r->kind != PLAN_RAM || r->cls != CLASS_FREE) {
            handoff_tell(v, RULE_HOB_MEMORY, NULL, (struct span){gpa, gpa + 1},
                         "PEI memory is published from %#llx on, and %#llx in it is %s", (unsigned long long)at.start,
                         (unsigned long long)gpa, r != NULL ? r->owner : "nothing");
            return;
        }
        gpa = r->at.end;
    }
}
