/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A boot that goes on past the hand-off: which drivers are started and how their entry points end, how far the boot
 * has come, and, at its end, what the dispatcher did not do and why.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/le.h"
#include "check/internal.h"
#include "check/leave/when.h"
#include "image/guid_names.h"

/* gEfiEventReadyToBootGuid (UEFI 2.10, 7.1.1) */
static const struct guid ready_to_boot =
    GUID(0x7ce88fb3, 0x4bd7, 0x4679, 0x87, 0xa8, 0xa8, 0xd8, 0xde, 0xe5, 0x0d, 0x2b);

static bool read_gva(const void *self, uint64_t gva, void *dst, size_t n)
{
    return machine_read(self, gva, dst, n);
}

struct efi_reader dxe_reader(const struct monitor *mon)
{
    return (struct efi_reader){read_gva, mon->m};
}

static uint64_t stack_word(const struct monitor *mon, uint64_t offset)
{
    uint8_t raw[8];
    const uint64_t rsp = engine_reg(mon->m->engine, CPU_RSP);
    return machine_read(mon->m, rsp + offset, raw, sizeof raw) ? le64(raw) : 0;
}

void dxe_arrive(struct monitor *mon)
{
    char where[sizeof mon->v->detail];
    until_format(&mon->options.until, where, sizeof where);
    end_run(mon, END_REACHED, where);
}

/* --- drivers ------------------------------------------------------------------------------------------------------ */

static bool is_called(const struct until *u, const struct module *mod)
{
    return u->kind == UNTIL_DRIVER && (strcasecmp(u->driver, mod->name) == 0 || strcasecmp(u->driver, mod->guid) == 0);
}

/* The entry point of a driver is about to run: its arguments are its handle and the system table. */
static void driver_starts(struct monitor *mon, const struct module *mod)
{
    struct dxe_watch *d = mon->dxe;
    const struct efi_reader r = dxe_reader(mon);
    struct engine *e = mon->m->engine;
    uint64_t boot;
    if (!efi_system_table(&r, engine_reg(e, CPU_RDX), &boot))
        return;
    if (d->boot == 0)
        leave_find_lists(mon);
    d->system = engine_reg(e, CPU_RDX);
    d->boot = boot;
    d->handle = engine_reg(e, CPU_RCX);
    if (d->return_to == 0) { /* the DXE core starts all of them from one place */
        d->return_to = stack_word(mon, 0);
        d->want_break = true;
        machine_pause(mon->m);
    }
    const size_t most = (size_t)limit(mon->m->limits, LIMIT_DRIVERS);
    if (d->started == NULL)
        d->started = malloc(most * sizeof *d->started);
    limit_reach(&mon->v->reached, LIMIT_DRIVERS, mon->m->limits, d->nr == most);
    if (d->started != NULL && d->nr < most) {
        struct dxe_started *s = &d->started[d->nr++];
        *s = (struct dxe_started){.rsp = engine_reg(e, CPU_RSP), .base = mod->base};
        (void)guid_parse(mod->guid, &s->guid);
    }
    if (is_called(&mon->options.until, mod))
        dxe_arrive(mon);
}

/* Back in the core: the innermost driver that was started with this stack. */
static void driver_returned(struct monitor *mon)
{
    struct dxe_watch *d = mon->dxe;
    const uint64_t rsp = engine_reg(mon->m->engine, CPU_RSP);
    for (size_t i = d->nr; i-- > 0;) {
        struct dxe_started *s = &d->started[i];
        if (s->returned || s->rsp + 8 != rsp)
            continue;
        s->returned = true;
        s->status = engine_reg(mon->m->engine, CPU_RAX);
        if (s->status >> 63 != 0) /* E:MdeModulePkg/Core/Dxe/Image/Image.c:CoreStartImage unloads it */
            module_unloaded(mon, s->base);
        return;
    }
}

/* --- how far it has come ------------------------------------------------------------------------------------------ */

/* The handle database as it is now; false when there is none. */
static bool read_database(struct monitor *mon)
{
    struct dxe_watch *d = mon->dxe;
    const struct efi_reader r = dxe_reader(mon);
    const bool there = efi_protocols_read(&r, d->handle, &d->protocols);
    limit_reach(&mon->v->reached, LIMIT_HANDLES, mon->m->limits, there && d->protocols.handles_cut);
    limit_reach(&mon->v->reached, LIMIT_INTERFACES, mon->m->limits, there && d->protocols.interfaces_cut);
    limit_reach(&mon->v->reached, LIMIT_PROTOCOLS, mon->m->limits, there && d->protocols.protocols_cut);
    return there;
}

/* gBds->Entry (gBds): the first member of an installed BDS protocol is called with the protocol itself. */
static bool is_bds(struct monitor *mon, uint64_t pc)
{
    uint8_t raw[8];
    const uint64_t self = engine_reg(mon->m->engine, CPU_RCX);
    struct dxe_watch *d = mon->dxe;
    if (d->handle == 0 || (self & 7) != 0 || !machine_read(mon->m, self, raw, sizeof raw) || le64(raw) != pc ||
        !read_database(mon))
        return false;
    const uint64_t *bds = efi_protocol(&d->protocols, guid_named("gEfiBdsArchProtocolGuid"));
    return bds != NULL && *bds == self;
}

static void event_signalled(struct monitor *mon, uint64_t pc)
{
    const struct efi_reader r = dxe_reader(mon);
    const bool last = mon->options.until.kind == UNTIL_READY_TO_BOOT;
    struct guid group;
    if (mon->dxe->looked || !efi_event_group(&r, engine_reg(mon->m->engine, CPU_RCX), &group) ||
        !guid_equal(&group, &ready_to_boot))
        return;
    mon->dxe->looked = true;
    leave_want(mon, "ready-to-boot", pc, last);
}

static uint64_t service(const struct monitor *mon, enum efi_service s)
{
    const struct efi_reader r = dxe_reader(mon);
    return efi_service(&r, mon->dxe->boot, s);
}

void dxe_block(struct monitor *mon, const struct engine_block *b)
{
    struct dxe_watch *d = mon->dxe;
    if (d == NULL)
        return;
    const struct module *mod = module_at(mon, b->pc);
    if (mod != NULL && b->pc == mod->entry)
        driver_starts(mon, mod);
    if (mon->options.until.kind == UNTIL_BDS && is_bds(mon, b->pc))
        dxe_arrive(mon);
}

void dxe_break(struct monitor *mon, uint64_t pc)
{
    const struct dxe_watch *d = mon->dxe;
    if (d == NULL)
        return;
    if (pc == d->return_to)
        driver_returned(mon);
    else if (pc == d->signal_event)
        event_signalled(mon, pc);
    else if (pc == d->get_map)
        leave_map_asked(mon);
    else if (pc == d->exit_boot)
        leave_boot_left(mon, pc);
}

static void watch_service(struct monitor *mon, uint64_t *at, enum efi_service s)
{
    *at = service(mon, s);
    if (*at != 0)
        (void)engine_break(mon->m->engine, *at);
}

void dxe_paused(struct monitor *mon)
{
    struct dxe_watch *d = mon->dxe;
    if (d == NULL)
        return;
    leave_paused(mon);
    if (!d->want_break)
        return;
    d->want_break = false;
    (void)engine_break(mon->m->engine, d->return_to);
    watch_service(mon, &d->signal_event, EFI_SIGNAL_EVENT);
    watch_service(mon, &d->get_map, EFI_GET_MEMORY_MAP);
    watch_service(mon, &d->exit_boot, EFI_EXIT_BOOT_SERVICES);
}

/* --- the beginning and the end ------------------------------------------------------------------------------------ */

void dxe_begin(struct monitor *mon)
{
    mon->dxe = calloc(1, sizeof *mon->dxe);
}

/* What is known about each file of the volumes. */
static void note_fates(struct monitor *mon, struct dxe_files *files)
{
    const struct dxe_watch *d = mon->dxe;
    for (size_t i = 0; i < mon->nr_volumes; i++) {
        size_t n;
        const uint8_t *p = volume_bytes(mon, i, &n);
        if (p != NULL)
            dxe_files_add(files, p, n);
    }
    for (size_t i = 0; i < d->nr; i++) {
        struct dxe_file *f = dxe_file_find(files, &d->started[i].guid);
        if (f == NULL)
            continue;
        f->fate = d->started[i].returned ? DXE_RETURNED : DXE_RUNNING;
        f->status = d->started[i].status;
    }
}

void dxe_explain_dispatch(struct monitor *mon)
{
    struct dxe_watch *d = mon->dxe;
    if (d == NULL || d->nr == 0 || mon->v->dispatch != NULL)
        return;
    struct dxe_files *files = calloc(1, sizeof *files);
    mon->v->dispatch = calloc(1, sizeof *mon->v->dispatch);
    if (files != NULL && mon->v->dispatch != NULL) {
        note_fates(mon, files);
        const bool there = read_database(mon);
        dxe_explain(files, there ? &d->protocols : NULL, mon->v->dispatch);
    }
    free(files);
}

void dxe_explain_call(struct monitor *mon, struct finding *f)
{
    if (mon->dxe == NULL || f->rule != RULE_EXEC_NULL || strcmp(f->caller.module, mon->v->dxe.module) != 0)
        return;
    dxe_explain_dispatch(mon);
    const struct dxe_dispatch *d = mon->v->dispatch;
    if (d == NULL || d->nr_missing == 0 || strcmp(d->missing[0], "Bds") != 0)
        return;
    /* E:MdeModulePkg/Core/Dxe/DxeMain/DxeMain.c: its last act, which nothing but an ASSERT guards. */
    size_t n = (size_t)snprintf(f->meaning, sizeof f->meaning,
                                "DxeMain called gBds->Entry, and gBds is NULL: the architectural protocols");
    for (size_t i = 0; i < d->nr_missing && n < sizeof f->meaning; i++)
        n += (size_t)snprintf(f->meaning + n, sizeof f->meaning - n, "%s %s", i != 0 ? "," : "", d->missing[i]);
    if (n < sizeof f->meaning)
        (void)snprintf(f->meaning + n, sizeof f->meaning - n, " were never installed; the summary says why.");
}

void dxe_end(struct monitor *mon)
{
    dxe_explain_dispatch(mon);
    leave_end(mon);
    if (mon->dxe != NULL)
        free(mon->dxe->started);
    free(mon->dxe);
    mon->dxe = NULL;
}
