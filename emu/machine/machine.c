/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "machine/machine.h"

#include <string.h>

#include "machine/deliver.h"
#include "machine/demand.h"
#include "machine/exits.h"
#include "machine/interrupt.h"
#include "machine/mapping.h"
#include "machine/pages.h"
#include "machine/schedule.h"
#include "xen/abi.h"

/* Of translated code that a machine keeps, which boots again and again; the library's own 1 GiB fills up. */
#define CODE_BYTES (256u << 20)

/* --- time ------------------------------------------------------------------------------------------------------- */

void machine_catch_up(struct machine *m)
{
    uint64_t done = engine_instructions(m->engine);
    clock_work(&m->clock, done - m->work_seen);
    m->work_seen = done;
}

void machine_mark(struct machine *m, struct machine_mark *mark)
{
    machine_catch_up(m);
    *mark = (struct machine_mark){engine_instructions(m->engine), engine_blocks(m->engine), m->clock.cycles};
}

void machine_rewind(struct machine *m, const struct machine_mark *mark)
{
    engine_set_work(m->engine, mark->instructions, mark->blocks);
    m->work_seen = mark->instructions;
    m->clock.cycles = mark->cycles;
}

void machine_charge(struct machine *m, uint64_t instructions)
{
    clock_work(&m->clock, instructions);
}

uint64_t machine_virtual_ns(struct machine *m)
{
    machine_catch_up(m);
    return clock_ns(&m->clock);
}

/* --- guest-linear access ---------------------------------------------------------------------------------------- */

void machine_paging(const struct machine *m, struct paging *p)
{
    engine_paging(m->engine, &p->cr0, &p->cr3, &p->cr4, &p->efer);
    p->phys_bits = m->layout->phys_bits;
}

bool machine_read(const struct machine *m, uint64_t gva, void *dst, size_t n)
{
    struct paging p;
    machine_paging(m, &p);
    return walk_read(&m->memory, &p, gva, dst, n);
}

static bool access_read(void *self, uint64_t gva, void *dst, size_t n)
{
    return machine_read(self, gva, dst, n);
}

bool machine_write(struct machine *m, uint64_t gva, const void *src, size_t n)
{
    struct paging p;
    machine_paging(m, &p);
    return walk_write(&m->memory, &p, gva, src, n);
}

static bool access_write(void *self, uint64_t gva, const void *src, size_t n)
{
    return machine_write(self, gva, src, n);
}

static void host_wrote(void *self, uint64_t gpa, size_t n)
{
    struct machine *m = self;
    if (m->watcher->wrote != NULL)
        m->watcher->wrote(m->watcher_self, gpa, n);
}

static void access_wrote(void *self, uint64_t gpa, size_t n)
{
    struct machine *m = self;
    engine_wrote(m->engine, gpa, n);
    host_wrote(m, gpa, n);
}

/* --- life ------------------------------------------------------------------------------------------------------- */

static void changed(void *self, struct span at)
{
    struct machine *m = self;
    if (m->demand != NULL)
        demand_changed(m, at);
    else
        (void)mapping_changed(m->engine, &m->memory, m->plan, m->phase, m->guarded, at);
}

static void begin(struct machine *m, const struct machine_guest *g, bool guarded, bool first_stage)
{
    static const struct machine_watcher nobody = {0};
    m->layout = g->layout;
    m->guest = g->guest;
    m->plan = g->plan;
    m->loading = first_stage;
    m->guarded = guarded && !first_stage;
    m->guard_firmware = guarded;
    m->watcher = &nobody;
    m->timer_ns = IRQ_NEVER;
    m->timer_cycles = UINT64_MAX;
}

/* Xen and the devices, as the first instruction finds them. */
static bool make_world(struct machine *m, bool first_stage)
{
    const struct layout *l = m->layout;
    struct guest_access access = {access_read, access_write, m, access_wrote};
    vcpus_init(&m->vcpus, l->vcpus);
    bool ok = xen_init(&m->xen, l, m->guest, &m->clock, &m->vcpus, &m->memory, access);
    ok = ok && platform_init(&m->platform, &m->bus, l, m->guest, &m->clock, &m->vcpus,
                             first_stage ? PLATFORM_RESET : PLATFORM_LOADED);
    machine_limit(m, m->limits);
    m->platform.acpi_ioports = &m->xen.param[HVM_PARAM_ACPI_IOPORTS_LOCATION];
    if (ok && first_stage) {
        msr_reset_state(&m->xen);
        ok = xen_begin_loader(&m->xen);
    }
    return ok;
}

static bool no_machine(struct machine *m, struct diag *d)
{
    machine_exit(m);
    return diag_fail(d, "", 0, "cannot set up the machine: out of memory or address space");
}

static bool open_engine(struct machine *m, const struct engine_client *client, uint32_t code_bytes, struct diag *d)
{
    const char *why = "";
    m->engine = engine_open(client, m, code_bytes, &why);
    if (m->engine != NULL)
        return true;
    memory_exit(&m->memory);
    return diag_fail(d, "", 0, "%s", why);
}

bool machine_init(struct machine *m, const struct layout *l, const struct guest_memory *g, const struct plan *plan,
                  const struct cpu_entry *entry, bool guarded, bool first_stage, struct diag *d)
{
    memset(m, 0, sizeof *m);
    begin(m, &(struct machine_guest){l, g, plan}, guarded, first_stage);
    if (!memory_init(&m->memory, plan, l->fill, d) || !open_engine(m, &machine_exits, 0, d))
        return false;
    if (!make_world(m, first_stage) || !engine_enter(m->engine, entry) ||
        !mapping_all(m->engine, &m->memory, plan, m->phase, m->guarded, l->phys_bits))
        return no_machine(m, d);
    m->memory.nr_dirty = m->memory.nr_late = 0;
    m->memory.mapper = (struct memory_mapper){changed, m};
    m->memory.listener = (struct memory_listener){host_wrote, m};
    return true;
}

bool machine_init_again(struct machine *m, const struct machine_guest *g, const struct cpu_entry *entry, bool guarded,
                        const struct engine_client *client, uint64_t reserve, struct diag *d)
{
    memset(m, 0, sizeof *m);
    begin(m, g, guarded, false);
    if (!pages_init(&m->memory, g->plan, g->layout->fill, reserve, d) || !open_engine(m, client, CODE_BYTES, d))
        return false;
    m->demand = demand_new();
    if (m->demand == NULL || !engine_again(m->engine) || !make_world(m, false) || !engine_enter(m->engine, entry))
        return no_machine(m, d);
    m->memory.mapper = (struct memory_mapper){changed, m};
    m->memory.listener = (struct memory_listener){host_wrote, m};
    return true;
}

bool machine_restart(struct machine *m, const struct machine_guest *g)
{
    const bool guarded = m->guard_firmware;
    xen_exit(&m->xen);
    bus_exit(&m->bus);
    begin(m, g, guarded, false);
    m->clock = (struct clock){0};
    m->spin = (struct pause_loop){0};
    m->exits = 0;
    m->phase = PHASE_SEC;
    m->pausing = m->stopping = m->halted = m->interrupt_waits = m->raised = false;
    m->nr_again = 0;
    m->again_cut = false;
    m->doubt = NULL;
    m->upcall_via = 0;
    m->work_seen = 0;
    pages_restart(&m->memory, g->plan, g->layout->fill);
    return make_world(m, false);
}

void machine_limit(struct machine *m, const struct limits *l)
{
    m->limits = m->xen.limits = m->platform.limits = l;
}

void machine_limits_met(const struct machine *m, struct limits_reached *out)
{
    bool cut;
    (void)platform_debug_log(&m->platform, NULL, &cut);
    limit_reach(out, LIMIT_LOG, m->limits, cut);
    limit_reach(out, LIMIT_READS, m->limits, m->again_cut);
    xen_limits_met(&m->xen, out);
}

void machine_exit(struct machine *m)
{
    engine_close(m->engine);
    demand_free(m->demand);
    m->demand = NULL;
    xen_exit(&m->xen);
    bus_exit(&m->bus);
    memory_exit(&m->memory);
    m->engine = NULL;
}

void machine_watch(struct machine *m, const struct machine_watcher *w, void *self)
{
    m->watcher = w;
    m->watcher_self = self;
}

enum phase machine_stage(const struct machine *m)
{
    return m->loading ? PHASE_LOADER : m->phase;
}

void machine_stop(struct machine *m)
{
    m->stopping = true;
    engine_stop(m->engine);
}

void machine_pause(struct machine *m)
{
    m->pausing = true;
    engine_stop(m->engine);
}

bool machine_firmware_entered(struct machine *m)
{
    m->loading = false;
    vcpus_forget_starts(&m->vcpus);
    m->guarded = m->guard_firmware;
    xen_end_loader(&m->xen);
    engine_forget_blocks(m->engine); /* what the first stage ran may be run by the firmware now */
    if (!m->guarded)
        return true;
    /* What Xen mapped for the first stage is not the firmware's to use. */
    if (!mapping_settle(&m->memory, m->plan, m->phase))
        return false;
    return mapping_guard(m->engine, &m->memory, m->plan, m->phase);
}

bool machine_enter_phase(struct machine *m, enum phase p)
{
    enum phase before = m->phase;
    m->phase = p;
    if (m->demand != NULL)
        return demand_phase(m);
    return mapping_phase(m->engine, &m->memory, m->plan, before, p, m->guarded);
}

bool machine_alone(const struct machine *m)
{
    return vcpus_runnable(&m->vcpus) <= 1;
}

bool machine_run(struct machine *m)
{
    for (;;) {
        m->pausing = false;
        enum engine_end end = engine_run(m->engine);
        machine_catch_up(m);
        if (end == ENGINE_FAILED)
            return false;
        if (end == ENGINE_REACHED)
            return true;
        if (end == ENGINE_HALTED && !schedule_halt(m))
            return true;
        memory_apply_all(&m->memory);
        if (m->watcher->paused != NULL)
            m->watcher->paused(m->watcher_self);
        if (m->stopping || (end == ENGINE_STOPPED && !m->pausing))
            return true;
        if (m->raised && !deliver_raised(m))
            return false;
        if (m->stopping)
            return true;
        if (!schedule(m, end == ENGINE_SLICED))
            return m->halted;
        interrupts_serve(m, end);
    }
}
