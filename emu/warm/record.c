/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the guest asks of devices and Xen before it looks at the layout. Asked again in another layout it must get the same
 * answers: then the firmware would have done the same there, and the devices have come to the state that they would have.
 */
#include <stdlib.h>
#include <string.h>

#include "machine/exits.h"
#include "machine/interrupt.h"
#include "warm/base.h"

#define HYPERVISOR_LEAVES 0x40000000u
#define HYPERVISOR_LEAVES_END 0x50000000u
#define PORT_CMOS_DATA 0x71u

static struct base *of(void *self)
{
    return self; /* the machine is its first member */
}

/*
 * Is it to be recorded? @looks: it may be where PEI begins to look at the layout, at Xen or at what CMOS says about
 * memory. The first boot is over with recording when that is known.
 */
static bool note_look(struct base *b, bool looks)
{
    struct exit_log *log = &b->log;
    if (log->recording && looks && !log->looked && b->machine.phase >= PHASE_PEI) {
        log->looked = true;
        log->look = engine_blocks(b->machine.engine);
        log->recording = b->state != BASE_NEW;
    }
    return log->recording;
}

static void mark(const struct base *b)
{
    if (b->stretches != NULL)
        stretches_mark(b->stretches);
}

/* Likewise, by an exit: those come in each boot. */
static bool recording(struct base *b, bool looks)
{
    mark(b);
    if (looks && !b->asked && b->machine.phase >= PHASE_PEI) {
        b->asked = true;
        if (b->trace != NULL)
            b->trace->begin(b->trace_self);
        engine_begin_edges(b->machine.engine, engine_last_block(b->machine.engine));
    }
    return note_look(b, looks);
}

/* --- what the watcher is told meanwhile */

static bool tap_forbidden(void *self, enum engine_fault kind, uint64_t gpa, unsigned size, uint64_t value,
                          const struct plan_range *range)
{
    struct base *b = self;
    b->log.forbidden = true;
    return b->log.watcher->forbidden(b->log.watcher_self, kind, gpa, size, value, range);
}

static void tap_noticed(void *self, const struct machine_notice *n)
{
    struct base *b = self;
    b->log.open = true;
    b->log.watcher->noticed(b->log.watcher_self, n);
}

static void tap_exited(void *self, enum machine_exit kind)
{
    struct base *b = self;
    b->log.watcher->exited(b->log.watcher_self, kind);
}

static const struct machine_watcher tap = {.forbidden = tap_forbidden, .noticed = tap_noticed, .exited = tap_exited};

static uint64_t begin(struct base *b)
{
    struct machine *m = &b->machine;
    machine_catch_up(m);
    b->log.forbidden = false;
    b->log.watcher = m->watcher;
    b->log.watcher_self = m->watcher_self;
    machine_watch(m, &tap, b);
    return m->clock.cycles;
}

static void put(struct base *b, struct exit e)
{
    struct exit_log *log = &b->log;
    machine_watch(&b->machine, log->watcher, log->watcher_self);
    e.forbidden = log->forbidden;
    e.phase = (uint8_t)b->machine.phase;
    if (log->nr == log->cap) {
        const size_t cap = log->cap != 0 ? 2 * log->cap : 1024;
        struct exit *all = realloc(log->e, cap * sizeof *all);
        if (all == NULL) {
            log->open = true;
            return;
        }
        log->e = all;
        log->cap = cap;
    }
    log->e[log->nr++] = e;
}

static uint32_t io_read(void *self, uint16_t port, unsigned size)
{
    struct base *b = of(self);
    if (!recording(b, port <= PORT_CMOS_DATA && port + size > PORT_CMOS_DATA))
        return machine_exits.io_read(self, port, size);
    const uint64_t cycles = begin(b);
    const uint32_t value = machine_exits.io_read(self, port, size);
    put(b,
        (struct exit){.kind = EXIT_IO_READ, .size = (uint8_t)size, .what = port, .value = {value}, .cycles = cycles});
    return value;
}

static void io_write(void *self, uint16_t port, unsigned size, uint32_t value)
{
    struct base *b = of(self);
    const bool record = recording(b, false);
    const uint64_t cycles = record ? begin(b) : 0;
    machine_exits.io_write(self, port, size, value);
    if (record)
        put(b, (struct exit){
                   .kind = EXIT_IO_WRITE, .size = (uint8_t)size, .what = port, .value = {value}, .cycles = cycles});
}

static uint64_t mmio_read(void *self, uint64_t gpa, unsigned size)
{
    struct base *b = of(self);
    if (!recording(b, false))
        return machine_exits.mmio_read(self, gpa, size);
    const uint64_t cycles = begin(b);
    const uint64_t value = machine_exits.mmio_read(self, gpa, size);
    put(b,
        (struct exit){.kind = EXIT_MMIO_READ, .size = (uint8_t)size, .what = gpa, .value = {value}, .cycles = cycles});
    return value;
}

static void mmio_write(void *self, uint64_t gpa, unsigned size, uint64_t value)
{
    struct base *b = of(self);
    const bool record = recording(b, false);
    const uint64_t cycles = record ? begin(b) : 0;
    machine_exits.mmio_write(self, gpa, size, value);
    if (record)
        put(b, (struct exit){
                   .kind = EXIT_MMIO_WRITE, .size = (uint8_t)size, .what = gpa, .value = {value}, .cycles = cycles});
}

static void cpuid(void *self, uint32_t leaf, uint32_t subleaf, uint32_t out[4])
{
    struct base *b = of(self);
    const bool record = recording(b, leaf >= HYPERVISOR_LEAVES && leaf < HYPERVISOR_LEAVES_END);
    const uint64_t cycles = record ? begin(b) : 0;
    machine_exits.cpuid(self, leaf, subleaf, out);
    if (!record)
        return;
    struct exit e = {.kind = EXIT_CPUID, .what = leaf, .subleaf = subleaf, .cycles = cycles};
    memcpy(e.value, out, sizeof e.value);
    put(b, e);
}

static uint64_t rdtsc(void *self)
{
    struct base *b = of(self);
    const bool record = recording(b, false);
    const uint64_t cycles = record ? begin(b) : 0;
    const uint64_t value = machine_exits.rdtsc(self);
    if (record)
        put(b, (struct exit){.kind = EXIT_TSC, .value = {value}, .cycles = cycles});
    return value;
}

static bool rdmsr(void *self, uint32_t index, uint64_t *value)
{
    struct base *b = of(self);
    const bool record = recording(b, false);
    const uint64_t cycles = record ? begin(b) : 0;
    const bool ok = machine_exits.rdmsr(self, index, value);
    if (record)
        put(b, (struct exit){
                   .kind = EXIT_RDMSR, .what = index, .value = {ok ? *value : 0}, .refused = !ok, .cycles = cycles});
    return ok;
}

static bool wrmsr(void *self, uint32_t index, uint64_t value)
{
    struct base *b = of(self);
    const bool record = recording(b, false);
    const uint64_t cycles = record ? begin(b) : 0;
    const bool ok = machine_exits.wrmsr(self, index, value);
    if (record)
        put(b, (struct exit){.kind = EXIT_WRMSR, .what = index, .value = {value}, .refused = !ok, .cycles = cycles});
    return ok;
}

static bool hypercall(void *self, bool amd)
{
    struct base *b = of(self);
    if (recording(b, true))
        b->log.open = true;
    return machine_exits.hypercall(self, amd);
}

/* The first one to read what the loader has left for it, too. */
static bool missing(void *self, uint64_t gpa)
{
    struct base *b = of(self);
    const struct plan_range *r = b->log.recording ? plan_find(b->machine.plan, gpa) : NULL;
    (void)note_look(b, r != NULL && r->cls == CLASS_LIVE);
    return machine_exits.missing(self, gpa);
}

/* --- what is not recorded, and ends a stretch all the same */

static bool native_msr(void *self, uint32_t index, uint64_t value)
{
    mark(of(self));
    return machine_exits.native_msr(self, index, value);
}

static bool control(void *self, unsigned cr, uint64_t value)
{
    mark(of(self));
    return machine_exits.control(self, cr, value);
}

static uint64_t tpr(void *self)
{
    mark(of(self));
    return machine_exits.tpr(self);
}

static void waits(void *self, uint64_t pc)
{
    mark(of(self));
    machine_exits.pause(self, pc);
}

static void forbidden(void *self, enum engine_fault kind, uint64_t gpa, unsigned size, uint64_t value)
{
    mark(of(self));
    machine_exits.forbidden(self, kind, gpa, size, value);
}

static void exception(void *self, const struct engine_exception *x)
{
    mark(of(self));
    machine_exits.exception(self, x);
}

static void breakpoint(void *self, uint64_t pc)
{
    mark(of(self));
    machine_exits.breakpoint(self, pc);
}

static void tick(void *self, uint64_t pc)
{
    mark(of(self));
    machine_exits.tick(self, pc);
}

/* --- stretches */

static bool offered(void *self, uint64_t pc)
{
    const struct base *b = of(self);
    return b->stretches != NULL && stretches_offered(b->stretches, pc);
}

static void take_over(void *self)
{
    const struct base *b = of(self);
    stretches_take_over(b->stretches);
}

/* The run loop is about to look at timers and interrupts: devices take note of it. */
static void serving(struct machine *m, enum engine_end end)
{
    struct base *b = of(m);
    if (!b->log.recording)
        return;
    if (m->interrupt_waits)
        b->log.open = true;
    const uint64_t cycles = begin(b);
    put(b, (struct exit){.kind = EXIT_SERVED, .what = end, .cycles = cycles});
}

void record_client(struct base *b)
{
    b->client = machine_exits;
    b->client.io_read = io_read;
    b->client.io_write = io_write;
    b->client.mmio_read = mmio_read;
    b->client.mmio_write = mmio_write;
    b->client.cpuid = cpuid;
    b->client.rdtsc = rdtsc;
    b->client.rdmsr = rdmsr;
    b->client.wrmsr = wrmsr;
    b->client.hypercall = hypercall;
    b->client.missing = missing;
    b->client.native_msr = native_msr;
    b->client.control = control;
    b->client.tpr = tpr;
    b->client.pause = waits;
    b->client.forbidden = forbidden;
    b->client.exception = exception;
    b->client.breakpoint = breakpoint;
    b->client.tick = tick;
    b->client.offered = offered;
    b->client.take_over = take_over;
}

void record_served(struct base *b)
{
    b->machine.serving = serving;
}

void record_free(struct exit_log *log)
{
    free(log->e);
    *log = (struct exit_log){.e = NULL};
}

/* --- again -------------------------------------------------------------------------------------------------------- */

struct replay {
    bool forbidden, noticed;
};

static bool on_forbidden(void *self, enum engine_fault kind, uint64_t gpa, unsigned size, uint64_t value,
                         const struct plan_range *range)
{
    struct replay *r = self;
    (void)kind;
    (void)gpa;
    (void)size;
    (void)value;
    (void)range;
    r->forbidden = true;
    return false;
}

static void on_noticed(void *self, const struct machine_notice *n)
{
    struct replay *r = self;
    (void)n;
    r->noticed = true;
}

static const struct machine_watcher watcher = {.forbidden = on_forbidden, .noticed = on_noticed};

static bool same(struct machine *m, const struct exit *e)
{
    uint32_t out[4] = {0};
    uint64_t value = 0;
    switch ((enum exit_kind)e->kind) {
    case EXIT_IO_READ:
        return machine_exits.io_read(m, (uint16_t)e->what, e->size) == e->value[0];
    case EXIT_IO_WRITE:
        machine_exits.io_write(m, (uint16_t)e->what, e->size, (uint32_t)e->value[0]);
        return true;
    case EXIT_MMIO_READ:
        return machine_exits.mmio_read(m, e->what, e->size) == e->value[0];
    case EXIT_MMIO_WRITE:
        machine_exits.mmio_write(m, e->what, e->size, e->value[0]);
        return true;
    case EXIT_CPUID:
        machine_exits.cpuid(m, (uint32_t)e->what, e->subleaf, out);
        return memcmp(out, e->value, sizeof out) == 0;
    case EXIT_TSC:
        return machine_exits.rdtsc(m) == e->value[0];
    case EXIT_RDMSR:
        return machine_exits.rdmsr(m, (uint32_t)e->what, &value) == !e->refused && value == e->value[0];
    case EXIT_WRMSR:
        return machine_exits.wrmsr(m, (uint32_t)e->what, e->value[0]) == !e->refused;
    case EXIT_SERVED:
        interrupts_serve(m, (enum engine_end)e->what);
        return !m->interrupt_waits;
    }
    return false;
}

const char *record_replay(struct base *b)
{
    struct machine *m = &b->machine;
    struct replay r = {0};
    const char *why = NULL;
    machine_watch(m, &watcher, &r);
    m->work_seen = engine_instructions(m->engine);
    for (size_t i = 0; i < b->log.nr && why == NULL; i++) {
        const struct exit *e = &b->log.e[i];
        m->phase = (enum phase)e->phase;
        m->clock.cycles = e->cycles;
        r.forbidden = false;
        if (!same(m, e))
            why = "a device, CPUID or an MSR answers something else before the firmware looks at the layout";
        else if (r.forbidden != e->forbidden || r.noticed)
            why = "what the firmware does before it looks at the layout is forbidden here, or was elsewhere";
    }
    if (why != NULL)
        return why;
    m->vcpus.changed = m->vcpus.yield = false; /* the run loop has seen to that */
    if (m->timer_ns != IRQ_NEVER || m->interrupt_waits || m->platform.irq.changed || !machine_alone(m))
        return "an interrupt or another processor comes before the firmware looks at the layout";
    return NULL;
}
