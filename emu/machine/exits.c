/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "machine/exits.h"

#include <stdio.h>
#include <string.h>

#include "base/span.h"
#include "machine/bars.h"
#include "machine/control_exits.h"
#include "machine/demand.h"
#include "machine/interrupt.h"
#include "machine/machine.h"
#include "machine/translate.h"
#include "machine/upcall.h"

/* Every exit to something outside the CPU costs time, as it does under Xen. */
static void on_exit(struct machine *m, enum machine_exit kind)
{
    machine_catch_up(m);
    clock_exit_cost(&m->clock);
    m->exits++;
    upcall_look(m);
    if (m->clock.cycles >= m->timer_cycles)
        engine_come_out(m->engine);
    if (m->watcher->exited != NULL)
        m->watcher->exited(m->watcher_self, kind);
}

static uint32_t io_read(void *self, uint16_t port, unsigned size)
{
    struct machine *m = self;
    on_exit(m, EXITED_PORT_READ);
    return bus_io_read(&m->bus, port, size);
}

static void notice(struct machine *m, const struct machine_notice *n)
{
    if (m->guard_firmware && m->watcher->noticed != NULL)
        m->watcher->noticed(m->watcher_self, n);
}

/*
 * Done at once: the BAR may have moved on when the CPU comes out, and only now the instruction is known. The engine is
 * told when it has.
 */
static void bars_moved(struct machine *m)
{
    m->platform.bars_moved = false;
    for (size_t i = 0; i < m->bus.nr_windows; i++) {
        struct window *w = m->bus.window[i];
        const struct span ram = w->moved && !w->io ? bars_ram(&m->memory, w->at) : (struct span){0, 0};
        w->moved = false;
        if (ram.start == ram.end)
            continue;
        notice(m, &(struct machine_notice){.kind = w->takes_ram ? NOTICE_BAR_DISPLACES : NOTICE_BAR_HIDDEN,
                                           .pc = engine_pc(m->engine),
                                           .at = ram,
                                           .owner = w->owner});
        if (w->takes_ram && !bars_displace(&m->memory, w->at))
            m->xen.p2m.refused++;
        machine_pause(m);
    }
}

static void io_write(void *self, uint16_t port, unsigned size, uint32_t value)
{
    struct machine *m = self;
    on_exit(m, EXITED_PORT_WRITE);
    bus_io_write(&m->bus, port, size, value);
    if (m->platform.reset != RESET_NONE)
        machine_pause(m);
    if (m->platform.bars_moved)
        bars_moved(m);
    interrupts_exit(m);
}

static uint64_t all_ones(unsigned size)
{
    return size >= 8 ? UINT64_MAX : (1ULL << 8 * size) - 1;
}

/* What is where no RAM is. A page that Xen has taken away, or not given yet, is a hole, whatever the plan calls it. */
static struct plan_range range_at(const struct machine *m, uint64_t gpa)
{
    const struct page_override *o = memory_override(&m->memory, gpa);
    const struct plan_range *r = plan_find(m->plan, gpa);
    struct plan_range hole = {.at = {0, UINT64_MAX}, .kind = PLAN_HOLE, .cls = CLASS_HOLE};
    hole.owner = o != NULL ? o->owner : "beyond the guest's memory";
    if (o != NULL && o->page != NULL) { /* above the plan, or new: the engine does not know it */
        struct plan_range page = {.at = o->at, .kind = PLAN_RAM, .cls = CLASS_RESERVED, .owner = o->owner};
        memset(page.allow, o->allow, sizeof page.allow);
        return page;
    }
    if (o == NULL && r != NULL && r->kind == PLAN_DEVICE)
        return *r;
    const struct window *w = bus_window_at(&m->bus, false, gpa);
    if (w != NULL) { /* to those that decode it, the hole is a device */
        struct plan_range bar = {.at = w->at, .kind = PLAN_DEVICE, .cls = CLASS_DEVICE, .owner = w->owner};
        plan_class_rights(CLASS_DEVICE, bar.allow);
        return bar;
    }
    if (o != NULL || r == NULL)
        return hole;
    struct plan_range here = *r;
    if (m->loading && here.kind == PLAN_HOLE)
        here.cls = CLASS_HOLE; /* for whom it is reserved does not concern a first stage */
    return here;
}

/* May that be done there now? A first stage is free to do what it likes, where there is something. */
static bool allowed(const struct machine *m, const struct plan_range *r, unsigned need)
{
    if (m->loading)
        return !m->guard_firmware || r->kind != PLAN_HOLE;
    return !m->guarded || (r->allow[m->phase] & need) != 0;
}

/* The range of a device or hole access, told to the watcher when the phase does not allow it. */
static struct plan_range check(struct machine *m, enum engine_fault kind, uint64_t gpa, unsigned size, uint64_t value)
{
    const struct plan_range r = range_at(m, gpa);
    const unsigned need = kind == ENGINE_WRITE ? ALLOW_W : ALLOW_R;
    if (!allowed(m, &r, need) && m->watcher->forbidden != NULL)
        (void)m->watcher->forbidden(m->watcher_self, kind, gpa, size, value, &r);
    return r;
}

static uint64_t mmio_read(void *self, uint64_t gpa, unsigned size)
{
    struct machine *m = self;
    const enum plan_kind kind = check(m, ENGINE_READ, gpa, size, 0).kind;
    uint64_t value = 0;
    if (kind == PLAN_RAM && size <= sizeof value && memory_read(&m->memory, gpa, &value, size))
        return value;
    on_exit(m, EXITED_MMIO_READ);
    if (kind != PLAN_DEVICE)
        return all_ones(size);
    const struct claim *c = bus_mmio_at(&m->bus, gpa);
    const struct window *w = bus_window_at(&m->bus, false, gpa);
    if (c != NULL)
        return c->ops->read(c->self, gpa - c->at.start, size) & all_ones(size);
    return w != NULL ? w->ops->read(w->self, gpa - w->at.start, size) & all_ones(size) : all_ones(size);
}

static void mmio_write(void *self, uint64_t gpa, unsigned size, uint64_t value)
{
    struct machine *m = self;
    const enum plan_kind kind = check(m, ENGINE_WRITE, gpa, size, value).kind;
    if (kind == PLAN_RAM && size <= sizeof value && memory_write(&m->memory, gpa, &value, size))
        return;
    on_exit(m, EXITED_MMIO_WRITE);
    if (kind != PLAN_DEVICE)
        return;
    const struct claim *c = bus_mmio_at(&m->bus, gpa);
    const struct window *w = bus_window_at(&m->bus, false, gpa);
    if (c != NULL)
        c->ops->write(c->self, gpa - c->at.start, size, value);
    else if (w != NULL)
        w->ops->write(w->self, gpa - w->at.start, size, value);
    /* Not at once: the engine leaves a block before the access that it was asked at, which would be done twice. */
    if (m->vcpus.changed)
        engine_come_out(m->engine);
    interrupts_exit(m);
}

static void cpuid(void *self, uint32_t leaf, uint32_t subleaf, uint32_t out[4])
{
    struct machine *m = self;
    on_exit(m, EXITED_CPUID);
    xen_cpuid(&m->xen, leaf, subleaf, out);
}

static uint64_t rdtsc(void *self)
{
    struct machine *m = self;
    on_exit(m, EXITED_RDTSC);
    return clock_tsc(&m->clock);
}

static bool rdmsr(void *self, uint32_t index, uint64_t *value)
{
    struct machine *m = self;
    on_exit(m, EXITED_RDMSR);
    return xen_rdmsr(&m->xen, index, value);
}

static bool wrmsr(void *self, uint32_t index, uint64_t value)
{
    struct machine *m = self;
    on_exit(m, EXITED_WRMSR);
    return xen_wrmsr(&m->xen, index, value);
}

#define HYPERCALL_INSN_SIZE 3u
/* The two calling conventions: X:xen/include/public/arch-x86/xen-x86_{32,64}.h. */
static const uint8_t args64[] = {CPU_RDI, CPU_RSI, CPU_RDX, CPU_R10, CPU_R8};
static const uint8_t args32[] = {CPU_RBX, CPU_RCX, CPU_RDX, CPU_RSI, CPU_RDI};

/* The arguments of the call that has just been made, as Xen saw them. */
static void tell_hypercall(struct machine *m, const struct hypercall *c, int64_t result, bool ring_was_dead)
{
    char text[256];
    struct machine_notice n = {
        .kind = NOTICE_HYPERCALL, .pc = engine_pc(m->engine) - HYPERCALL_INSN_SIZE, .text = text};
    if (m->xen.refusal[0] != '\0') {
        (void)snprintf(text, sizeof text, "Xen refused hypercall %llu, command %llu (result %lld): %s",
                       (unsigned long long)c->nr, (unsigned long long)c->arg[0], (long long)result, m->xen.refusal);
        notice(m, &n);
    }
    if (m->xen.complaint[0] != '\0') {
        n.kind = NOTICE_PV_RING;
        n.text = m->xen.complaint;
        notice(m, &n);
    }
    if (m->xen.store.dead && !ring_was_dead) {
        n.kind = NOTICE_RING;
        n.text = m->xen.store.why;
        notice(m, &n);
    }
}

static void waits(void *self, uint64_t pc)
{
    spin_pause(self, pc);
}

static bool hypercall(void *self, bool amd)
{
    struct machine *m = self;
    on_exit(m, EXITED_HYPERCALL);
    if (!xen_flavour_ok(&m->xen, amd ? HYPERCALL_VMMCALL : HYPERCALL_VMCALL))
        return false;
    struct cpu_regs regs;
    engine_regs(m->engine, &regs);
    bool wide = (regs.efer & 0x400) != 0 && regs.cs != 0 && engine_code64(m->engine);
    struct hypercall c = {.compat = !wide, .cpl = regs.cs & 3u};
    c.nr = wide ? regs.gpr[CPU_RAX] : (uint32_t)regs.gpr[CPU_RAX];
    for (unsigned i = 0; i < 5; i++)
        c.arg[i] = wide ? regs.gpr[args64[i]] : (uint32_t)regs.gpr[args32[i]];
    const bool ring_was_dead = m->xen.store.dead;
    int64_t result = xen_hypercall(&m->xen, &c);
    engine_set_reg(m->engine, CPU_RAX, wide ? (uint64_t)result : (uint32_t)result);
    tell_hypercall(m, &c, result, ring_was_dead);
    if (m->watcher->called != NULL)
        m->watcher->called(m->watcher_self, &c, result);
    upcall_look(m);
    if (m->xen.shutdown != SHUTDOWN_RUNNING || m->xen.p2m.refused != 0 || m->vcpus.changed || m->vcpus.yield ||
        m->platform.irq.changed)
        machine_pause(m);
    return true;
}

/* The part of an access up to @end that the phase does not allow, from its first byte's range @r on; NULL for none. */
static const struct plan_range *forbidding(const struct machine *m, const struct plan_range *r, uint64_t end,
                                           unsigned need)
{
    for (; (r->allow[m->phase] & need) != 0; r++)
        if (r->at.end >= end)
            return NULL;
    return r;
}

static void read_again(struct machine *m)
{
    if (m->nr_again == limit(m->limits, LIMIT_READS))
        return;
    m->nr_again++;
    engine_tell_again(m->engine);
}

/* Has enough been told of memory like @r? */
static bool is_known(const struct machine *m, enum engine_fault kind, const struct plan_range *r)
{
    return kind == ENGINE_READ && r->kind == PLAN_RAM && m->nr_again == limit(m->limits, LIMIT_READS);
}

static void forbidden(void *self, enum engine_fault kind, uint64_t gpa, unsigned size, uint64_t value)
{
    struct machine *m = self;
    const struct page_override *o = memory_override(&m->memory, gpa);
    const struct plan_range *r = plan_find(m->plan, gpa);
    const struct plan_range none = range_at(m, gpa);
    unsigned need = kind == ENGINE_WRITE ? ALLOW_W : kind == ENGINE_READ ? ALLOW_R : ALLOW_X;
    bool through = true;
    if (r == NULL || none.kind == PLAN_DEVICE || (o != NULL && o->page == NULL))
        r = &none;
    /* A page is mapped with the rights of its strictest part: most accesses that end up here may be innocent. */
    const uint64_t end = gpa % size == 0 ? gpa + size : gpa + 1; /* what is not aligned comes byte by byte, too */
    const struct plan_range *bad = o == NULL ? forbidding(m, r, end, need) : (o->allow & need) == 0 ? r : NULL;
    const bool known = bad != NULL && is_known(m, kind, r);
    m->again_cut = m->again_cut || known;
    if (bad != NULL && !known)
        through = m->watcher->forbidden == NULL || m->watcher->forbidden(m->watcher_self, kind, gpa, size, value, bad);
    /* Only the first read of a page is told; after a write, or one that was innocent, none. */
    if (r->kind == PLAN_RAM && (kind == ENGINE_READ || (r->allow[m->phase] & ALLOW_R) == 0))
        read_again(m);
    if (kind == ENGINE_FETCH && o != NULL && demand_serves(m, o))
        m->doubt = "code runs from a page that Xen has put there";
    /* Nothing is fetched from pages that the engine does not know yet: come out, and again. */
    const bool unseen = o != NULL && (o->lazy || m->memory.nr_late != 0);
    if (kind == ENGINE_FETCH && unseen && (o->allow & ALLOW_X) != 0 &&
        (!o->lazy || memory_put(&m->memory, o->at, o->page, o->allow, o->owner)))
        machine_pause(m);
    if (kind == ENGINE_WRITE && through && size <= sizeof value && memory_write(&m->memory, gpa, &value, size))
        engine_wrote(m->engine, gpa, size);
}

static bool missing(void *self, uint64_t gpa)
{
    return demand_touch(self, gpa);
}

static void new_block(void *self, const struct engine_block *b)
{
    struct machine *m = self;
    if (m->memory.nr_late != 0)
        machine_pause(m); /* the loop that asked for pages is over */
    if (m->watcher->new_block != NULL)
        m->watcher->new_block(m->watcher_self, b);
}

static void exception(void *self, const struct engine_exception *x)
{
    struct machine *m = self;
    if (m->watcher->exception == NULL || !m->watcher->exception(m->watcher_self, x))
        return;
    m->raised = true;
    m->exception = *x;
    machine_pause(m);
}

static void breakpoint(void *self, uint64_t pc)
{
    struct machine *m = self;
    if (m->watcher->breakpoint != NULL)
        m->watcher->breakpoint(m->watcher_self, pc);
}

static void tick(void *self, uint64_t pc)
{
    struct machine *m = self;
    machine_catch_up(m);
    if (m->watcher->tick != NULL)
        m->watcher->tick(m->watcher_self, pc);
}

static void alarm_rang(void *self)
{
    struct machine *m = self;
    m->pausing = true;
    if (m->watcher->alarm != NULL)
        m->watcher->alarm(m->watcher_self);
}

static bool read_code(void *self, uint64_t gva, void *dst, size_t n)
{
    return machine_read(self, gva, dst, n);
}

/* Mapped one to one, where the plan has it, and in one piece? */
static bool is_plain(const struct machine *m, uint64_t gva, size_t n)
{
    struct paging p;
    struct walk w;
    machine_paging(m, &p);
    if (n > memory_run(&m->memory, gva))
        return false;
    for (uint64_t page = page_down(gva); page < gva + n; page += PAGE_SIZE)
        if (!walk_gva(&m->memory, &p, page, &w) || w.gpa != page ||
            memory_hva(&m->memory, page) != memory_at(&m->memory, page))
            return false;
    return true;
}

static const uint8_t *code_at(void *self, uint64_t gva, size_t n)
{
    const struct machine *m = self;
    return is_plain(m, gva, n) ? memory_at(&m->memory, gva) : NULL;
}

/* May @page be written, and do the page tables say so already? The processor would leave them as they are. */
static bool is_dirty(const struct machine *m, const struct paging *p, uint64_t page)
{
    const uint64_t writable = 2, accessed = 0x20, dirty = 0x40;
    struct walk w;
    if (!walk_gva(&m->memory, p, page, &w) || w.gpa != page)
        return false;
    for (unsigned i = 0; i < w.nr; i++) {
        const uint64_t need = writable | accessed | (i + 1 == w.nr ? dirty : 0);
        if ((w.step[i].entry & need) != need)
            return false;
    }
    return true;
}

static uint8_t *plain(void *self, uint64_t gva, uint64_t *n)
{
    const struct machine *m = self;
    struct paging p;
    const uint64_t end = gva + *n < gva ? gva : demand_takes_stores(m, (struct span){gva, gva + *n});
    uint64_t to = gva;
    machine_paging(m, &p);
    while (to < end && is_dirty(m, &p, page_down(to)))
        to = page_down(to) + PAGE_SIZE < end ? page_down(to) + PAGE_SIZE : end;
    *n = to - gva < memory_run(&m->memory, gva) ? to - gva : memory_run(&m->memory, gva);
    return *n != 0 ? memory_at(&m->memory, gva) : NULL;
}

static enum engine_walk page(void *self, uint64_t gva, enum engine_fault kind, struct engine_page *out)
{
    struct machine *m = self;
    struct paging p;
    machine_paging(m, &p);
    return translate_page(&m->memory, &p, engine_cpl(m->engine), gva, kind, out);
}

static void ready(void *self, uint64_t gpa, size_t n)
{
    demand_ready(self, (struct span){gpa, gpa + n});
}

const struct engine_client machine_exits = {
    .io_read = io_read,
    .io_write = io_write,
    .mmio_read = mmio_read,
    .mmio_write = mmio_write,
    .cpuid = cpuid,
    .rdtsc = rdtsc,
    .rdmsr = rdmsr,
    .wrmsr = wrmsr,
    .native_msr = control_exit_msr,
    .control = control_exit,
    .tpr = control_exit_tpr,
    .hypercall = hypercall,
    .pause = waits,
    .forbidden = forbidden,
    .missing = missing,
    .new_block = new_block,
    .exception = exception,
    .breakpoint = breakpoint,
    .tick = tick,
    .alarm = alarm_rang,
    .read_code = read_code,
    .code_at = code_at,
    .ready = ready,
    .page = page,
    .plain = plain,
};
