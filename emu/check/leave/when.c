/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When DXE's end is looked at: at ready to boot and when boot services are left; and which memory map the loader has by then. */
#include "check/leave/when.h"
#include "base/le.h"
#include "check/internal.h"

/* With the first driver all memory is known, and nobody but the core has written to its lists. */
void leave_find_lists(struct monitor *mon)
{
    const struct efi_reader r = dxe_reader(mon);
    const struct module *core = module_at(mon, mon->v->dxe_entry);
    if (core != NULL)
        (void)efi_lists_find(&r, core->base, core->size, &mon->dxe->lists);
}

void leave_want(struct monitor *mon, const char *when, uint64_t pc, bool arrived)
{
    struct dxe_watch *d = mon->dxe;
    d->look = when;
    d->look_pc = pc;
    if (arrived)
        dxe_arrive(mon);
    else
        machine_pause(mon->m);
}

static uint64_t word_at(const struct monitor *mon, uint64_t gva)
{
    uint8_t raw[8];
    return gva != 0 && machine_read(mon->m, gva, raw, sizeof raw) ? le64(raw) : 0;
}

/* GetMemoryMap (size, buffer, key, descriptor's size, version), but not a call that asks for the size alone. */
void leave_map_asked(struct monitor *mon)
{
    struct dxe_watch *d = mon->dxe;
    struct engine *e = mon->m->engine;
    if (engine_reg(e, CPU_RDX) == 0)
        return;
    const size_t i = d->nr_calls++ % DXE_MAPS_MAX;
    d->call[i].room = word_at(mon, engine_reg(e, CPU_RCX));
    d->call[i].size = engine_reg(e, CPU_RCX);
    d->call[i].buffer = engine_reg(e, CPU_RDX);
    d->call[i].key = engine_reg(e, CPU_R8);
    d->call[i].step = engine_reg(e, CPU_R9);
}

/* Which map the caller of ExitBootServices means: the newest that was given with this key. */
static void find_given(struct monitor *mon, uint64_t key)
{
    struct dxe_watch *d = mon->dxe;
    for (size_t n = 0; n < DXE_MAPS_MAX && n < d->nr_calls && !d->is_given; n++) {
        const size_t i = (d->nr_calls - 1 - n) % DXE_MAPS_MAX;
        if (word_at(mon, d->call[i].key) != key || word_at(mon, d->call[i].size) > d->call[i].room)
            continue;
        d->is_given = true;
        d->given = (struct dxe_given){d->call[i].buffer, word_at(mon, d->call[i].size), word_at(mon, d->call[i].step)};
    }
}

/* With a key that no map was given with, the core refuses: the caller will come again. */
void leave_boot_left(struct monitor *mon, uint64_t pc)
{
    struct dxe_watch *d = mon->dxe;
    const bool last = mon->options.until.kind == UNTIL_EXIT_BOOT_SERVICES;
    if (d->left)
        return;
    find_given(mon, engine_reg(mon->m->engine, CPU_RDX));
    d->left = d->is_given;
    if (d->is_given || last)
        leave_want(mon, "exit-boot-services", pc, last);
}

void leave_paused(struct monitor *mon)
{
    struct dxe_watch *d = mon->dxe;
    const struct efi_reader r = dxe_reader(mon);
    const char *when = d->look;
    d->look = NULL;
    if (when != NULL && d->lists.map != 0 && d->lists.gcd != 0 &&
        leave_read(mon, &r, d->is_given ? &d->given : NULL, when))
        leave_look(mon, &r, d->look_pc);
}

/* For the report, of a run that ended before anything was looked at. */
void leave_end(struct monitor *mon)
{
    const struct efi_reader r = dxe_reader(mon);
    if (mon->dxe != NULL && mon->v->memory == NULL && mon->dxe->lists.map != 0 && mon->dxe->lists.gcd != 0)
        (void)leave_read(mon, &r, NULL, "end");
}
