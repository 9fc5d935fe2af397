/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What leaves the processor: ports, devices, MSRs, CPUID, the TSC, hypercalls, exceptions. The machine answers as ever;
 * here its answers pass by. The engine's client is told of the machine, whose watcher is the trace.
 */
#include <inttypes.h>
#include <stdio.h>

#include "machine/exits.h"
#include "trace/internal.h"
#include "xen/abi.h"

#define HYPERCALL_INSN_SIZE 3u

static struct tracer *of(void *machine)
{
    return ((struct machine *)machine)->watcher_self;
}

/* The instruction that has left; those before it come first. */
static uint64_t leaving(struct tracer *t)
{
    const uint64_t pc = engine_pc(t->monitor.m->engine);
    tracer_code_until(t, pc);
    return pc;
}

static uint32_t io_read(void *self, uint16_t port, unsigned size)
{
    struct tracer *t = of(self);
    const uint64_t pc = leaving(t);
    const uint32_t value = machine_exits.io_read(self, port, size);
    tracer_line(t, TRACE_PORT, pc, pc, "in  %u 0x%x = 0x%" PRIx32, size, port, (uint32_t)tracer_value(value, size));
    return value;
}

static void io_write(void *self, uint16_t port, unsigned size, uint32_t value)
{
    struct tracer *t = of(self);
    const uint64_t pc = leaving(t);
    tracer_line(t, TRACE_PORT, pc, pc, "out %u 0x%x = 0x%" PRIx32, size, port, (uint32_t)tracer_value(value, size));
    machine_exits.io_write(self, port, size, value);
}

static uint64_t mmio_read(void *self, uint64_t gpa, unsigned size)
{
    struct tracer *t = of(self);
    const uint64_t pc = leaving(t);
    const uint64_t value = machine_exits.mmio_read(self, gpa, size);
    tracer_line(t, TRACE_MMIO, pc, gpa, "read  %u 0x%" PRIx64 " = 0x%" PRIx64, size, gpa, value);
    return value;
}

static void mmio_write(void *self, uint64_t gpa, unsigned size, uint64_t value)
{
    struct tracer *t = of(self);
    const uint64_t pc = leaving(t);
    tracer_line(t, TRACE_MMIO, pc, gpa, "write %u 0x%" PRIx64 " = 0x%" PRIx64, size, gpa, tracer_value(value, size));
    machine_exits.mmio_write(self, gpa, size, value);
}

static void cpuid(void *self, uint32_t leaf, uint32_t subleaf, uint32_t out[4])
{
    struct tracer *t = of(self);
    const uint64_t pc = leaving(t);
    machine_exits.cpuid(self, leaf, subleaf, out);
    tracer_line(t, TRACE_CPUID, pc, pc,
                "0x%" PRIx32 ", 0x%" PRIx32 " = 0x%08" PRIx32 " 0x%08" PRIx32 " 0x%08" PRIx32 " 0x%08" PRIx32, leaf,
                subleaf, out[0], out[1], out[2], out[3]);
}

static uint64_t rdtsc(void *self)
{
    struct tracer *t = of(self);
    const uint64_t pc = leaving(t), value = machine_exits.rdtsc(self);
    tracer_line(t, TRACE_TSC, pc, pc, "0x%" PRIx64, value);
    return value;
}

static bool rdmsr(void *self, uint32_t index, uint64_t *value)
{
    struct tracer *t = of(self);
    const uint64_t pc = leaving(t);
    const bool ok = machine_exits.rdmsr(self, index, value);
    if (ok)
        tracer_line(t, TRACE_MSR, pc, pc, "read  0x%" PRIx32 " = 0x%" PRIx64, index, *value);
    else
        tracer_line(t, TRACE_MSR, pc, pc, "read  0x%" PRIx32 ": #GP", index);
    return ok;
}

static bool wrmsr(void *self, uint32_t index, uint64_t value)
{
    struct tracer *t = of(self);
    const uint64_t pc = leaving(t);
    const bool ok = machine_exits.wrmsr(self, index, value);
    tracer_line(t, TRACE_MSR, pc, pc, "write 0x%" PRIx32 " = 0x%" PRIx64 "%s", index, value, ok ? "" : ": #GP");
    return ok;
}

static const char *hypercall_name(uint64_t nr)
{
    static const struct {
        unsigned nr;
        const char *name;
    } names[] = {
        {__HYPERVISOR_memory_op, "memory_op"},
        {__HYPERVISOR_xen_version, "xen_version"},
        {__HYPERVISOR_grant_table_op, "grant_table_op"},
        {__HYPERVISOR_vcpu_op, "vcpu_op"},
        {__HYPERVISOR_sched_op, "sched_op"},
        {__HYPERVISOR_event_channel_op, "event_channel_op"},
        {__HYPERVISOR_hvm_op, "hvm_op"},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].nr == nr)
            return names[i].name;
    return "unknown";
}

/* Behind a stub in the hypercall page, who called it: the stub has nothing else on the stack. */
static uint64_t hypercall_caller(struct tracer *t, uint64_t pc, bool wide)
{
    struct code_place p;
    uint64_t caller = 0;
    const uint64_t rsp = engine_reg(t->monitor.m->engine, CPU_RSP);
    monitor_place_known(&t->monitor, pc, &p);
    if (p.module[0] != '\0' || !machine_read(t->monitor.m, rsp, &caller, wide ? 8 : 4))
        return pc;
    monitor_place_known(&t->monitor, caller, &p);
    return p.module[0] != '\0' ? caller : pc;
}

/* RBX and RDI, or EBX and EDI: the first argument of both conventions. */
static bool hypercall(void *self, bool amd)
{
    struct tracer *t = of(self);
    struct engine *e = t->monitor.m->engine;
    const bool wide = engine_code64(e);
    const uint64_t pc = hypercall_caller(t, leaving(t) - HYPERCALL_INSN_SIZE, wide);
    const uint64_t nr = engine_reg(e, CPU_RAX);
    const uint64_t command = engine_reg(e, wide ? CPU_RDI : CPU_RBX),
                   argument = engine_reg(e, wide ? CPU_RSI : CPU_RCX);
    const bool ok = machine_exits.hypercall(self, amd);
    if (ok)
        tracer_line(t, TRACE_HYPERCALL, pc, pc, "%s(0x%" PRIx64 ", 0x%" PRIx64 ") = %" PRId64, hypercall_name(nr),
                    command, argument, wide ? (int64_t)engine_reg(e, CPU_RAX) : (int32_t)engine_reg(e, CPU_RAX));
    else
        tracer_line(t, TRACE_HYPERCALL, pc, pc, "%s: #UD", hypercall_name(nr));
    return ok;
}

static void exception(void *self, const struct engine_exception *x)
{
    struct tracer *t = of(self);
    const uint64_t pc = leaving(t);
    tracer_line(t, TRACE_EXCEPTION, pc, pc, "vector %u", x->vector);
    t->code_size = t->code_told = 0; /* the rest of the block has not run */
    machine_exits.exception(self, x);
}

void tracer_tap(struct tracer *t)
{
    struct engine_client *c = &t->client;
    *c = machine_exits;
    c->io_read = io_read;
    c->io_write = io_write;
    c->mmio_read = mmio_read;
    c->mmio_write = mmio_write;
    c->cpuid = cpuid;
    c->rdtsc = rdtsc;
    c->rdmsr = rdmsr;
    c->wrmsr = wrmsr;
    c->hypercall = hypercall;
    c->exception = exception;
    engine_tap(t->monitor.m->engine, c);
}
