/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The least that Unicorn needs to bring an image to the hand-off: the yardstick for hvmbed run. No rights, no rules,
 * no counting, no report; devices, Xen and the plan are the same, so that both do the same guest work.
 * Usage: bare LAYOUT FIRMWARE; exit 0 at the hand-off.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unicorn/unicorn.h>

#include "base/le.h"
#include "base/span.h"
#include "dev/platform.h"
#include "engine/internal.h"
#include "image/image.h"
#include "machine/mapping.h"
#include "xen/handoff.h"
#include "xen/xen.h"

struct bare {
    struct layout layout;
    struct guest_memory guest;
    struct image image;
    struct plan plan;
    struct memory memory;
    struct clock clock;
    struct vcpus vcpus;
    struct bus bus;
    struct platform platform;
    struct xen xen;
    struct engine cpu; /* only its handle: the way to the entry state is shared */
    uint64_t msr[64];
    size_t nr_msr;
    int hypercall; /* 1 VMCALL, 2 VMMCALL: to do when the loop comes out */
    bool arrived;
};

static uint64_t get(struct bare *b, int reg)
{
    uint64_t v = 0;
    (void)uc_reg_read(b->cpu.uc, reg, &v);
    return v;
}

static void put(struct bare *b, int reg, uint64_t v)
{
    (void)uc_reg_write(b->cpu.uc, reg, &v);
}

static bool guest_read(void *self, uint64_t gva, void *dst, size_t n)
{
    return memory_read(&((struct bare *)self)->memory, gva, dst, n); /* identity-mapped until the hand-off */
}

static bool guest_write(void *self, uint64_t gva, const void *src, size_t n)
{
    return memory_write(&((struct bare *)self)->memory, gva, src, n);
}

static uint32_t on_in(uc_engine *uc, uint32_t port, int size, void *self)
{
    struct bare *b = self;
    (void)uc;
    clock_exit_cost(&b->clock);
    return bus_io_read(&b->bus, (uint16_t)port, (unsigned)size);
}

static void on_out(uc_engine *uc, uint32_t port, int size, uint32_t v, void *self)
{
    struct bare *b = self;
    (void)uc;
    clock_exit_cost(&b->clock);
    bus_io_write(&b->bus, (uint16_t)port, (unsigned)size, v);
}

static int on_cpuid(uc_engine *uc, void *self)
{
    struct bare *b = self;
    (void)uc;
    uint32_t o[4] = {0};
    xen_cpuid(&b->xen, (uint32_t)get(b, UC_X86_REG_RAX), (uint32_t)get(b, UC_X86_REG_RCX), o);
    put(b, UC_X86_REG_RAX, o[0]);
    put(b, UC_X86_REG_RBX, o[1]);
    put(b, UC_X86_REG_RCX, o[2]);
    put(b, UC_X86_REG_RDX, o[3]);
    return 1;
}

static int on_rdtsc(uc_engine *uc, void *self)
{
    struct bare *b = self;
    (void)uc;
    clock_exit_cost(&b->clock);
    put(b, UC_X86_REG_RAX, (uint32_t)clock_tsc(&b->clock));
    put(b, UC_X86_REG_RDX, clock_tsc(&b->clock) >> 32);
    return 1;
}

static bool on_invalid(uc_engine *uc, void *self)
{
    struct bare *b = self;
    uint8_t op[3];
    if (!guest_read(b, get(b, UC_X86_REG_RIP), op, 3) || op[0] != 0x0f || op[1] != 0x01)
        return false;
    b->hypercall = op[2] == 0xc1 ? 1 : 2;
    put(b, UC_X86_REG_RIP, get(b, UC_X86_REG_RIP) + 3);
    (void)uc_emu_stop(uc);
    return true;
}

static void on_msr(uc_engine *uc, uint64_t pc, uint32_t size, void *self)
{
    struct bare *b = self;
    (void)uc;
    (void)size;
    uint8_t op[2];
    uint32_t index = (uint32_t)get(b, UC_X86_REG_RCX);
    if (index == 0xC0000080u || !guest_read(b, pc, op, 2) || op[0] != 0x0f)
        return;
    uint64_t v = (uint32_t)get(b, UC_X86_REG_RAX) | get(b, UC_X86_REG_RDX) << 32;
    if (op[1] == 0x30) {
        (void)xen_wrmsr(&b->xen, index, v);
    } else if (op[1] == 0x32) {
        v = 0;
        (void)xen_rdmsr(&b->xen, index, &v);
        put(b, UC_X86_REG_RAX, (uint32_t)v);
        put(b, UC_X86_REG_RDX, v >> 32);
    } else {
        return;
    }
    put(b, UC_X86_REG_RIP, pc + 2);
}

/* The hand-off: RCX points to a PHIT, and the code is not in the image any more. */
static bool arrived(struct bare *b, uint64_t pc)
{
    uint8_t h[64];
    uint64_t rcx = get(b, UC_X86_REG_RCX);
    if ((rcx & 7) != 0 || rcx < MIB || !memory_read(&b->memory, rcx, h, 16) || le32(h) != 0x00380001 ||
        le32(h + 8) != 9)
        return false;
    for (uint64_t at = rcx; memory_read(&b->memory, at, h, 8) && le16(h) != 0xffff && le16(h + 2) >= 8;
         at += le16(h + 2))
        if (le16(h) == 2 && memory_read(&b->memory, at + 64, h + 8, 8) && le64(h + 8) == pc)
            return true;
    return false;
}

static void on_edge(uc_engine *uc, uc_tb *now, uc_tb *before, void *self)
{
    struct bare *b = self;
    (void)before;
    uint8_t code[1024];
    size_t n = now->size < sizeof code ? now->size : sizeof code;
    if (arrived(b, now->pc)) {
        b->arrived = true;
        (void)uc_emu_stop(uc);
        return;
    }
    if (!guest_read(b, now->pc, code, n))
        return;
    bool added = false;
    for (size_t i = 0; i + 1 < n; i++) {
        uint64_t at = now->pc + i;
        size_t k = 0;
        if (code[i] != 0x0f || (code[i + 1] != 0x30 && code[i + 1] != 0x32))
            continue;
        while (k < b->nr_msr && b->msr[k] != at)
            k++;
        uc_hook h;
        if (k < b->nr_msr || k == sizeof b->msr / sizeof b->msr[0] ||
            uc_hook_add(uc, &h, UC_HOOK_CODE, (void *)on_msr, b, at, at) != UC_ERR_OK)
            continue;
        b->msr[b->nr_msr++] = at;
        added = true;
    }
    if (added) {
        (void)uc_ctl_remove_cache(uc, now->pc, now->pc + now->size);
        put(b, UC_X86_REG_RIP, get(b, UC_X86_REG_RIP));
    }
}

static uint64_t mmio_read(void *self, uint64_t gpa, unsigned size)
{
    struct bare *b = self;
    clock_exit_cost(&b->clock);
    const struct claim *c = bus_mmio_at(&b->bus, gpa);
    return c != NULL ? c->ops->read(c->self, gpa - c->at.start, size) : UINT64_MAX;
}

static void mmio_write(void *self, uint64_t gpa, unsigned size, uint64_t v)
{
    struct bare *b = self;
    clock_exit_cost(&b->clock);
    const struct claim *c = bus_mmio_at(&b->bus, gpa);
    if (c != NULL)
        c->ops->write(c->self, gpa - c->at.start, size, v);
}

static void pages_changed(void *self, struct span at)
{
    struct bare *b = self;
    (void)mapping_changed(&b->cpu, &b->memory, &b->plan, PHASE_SEC, false, at);
}

static const struct engine_client memory_only = {.mmio_read = mmio_read, .mmio_write = mmio_write};

/* Registers are mapped without rights, so that the library knows the RIP when they are accessed: let it pass. */
static bool on_register(uc_engine *uc, uc_mem_type type, uint64_t gpa, int size, int64_t value, void *self)
{
    (void)uc;
    (void)type;
    (void)gpa;
    (void)size;
    (void)value;
    (void)self;
    return true;
}

static bool add_hooks(struct bare *b)
{
    static const struct {
        int type;
        void *fn;
        int insn;
    } table[] = {
        {UC_HOOK_INSN, (void *)on_in, UC_X86_INS_IN},
        {UC_HOOK_INSN, (void *)on_out, UC_X86_INS_OUT},
        {UC_HOOK_INSN, (void *)on_cpuid, UC_X86_INS_CPUID},
        {UC_HOOK_INSN, (void *)on_rdtsc, UC_X86_INS_RDTSC},
        {UC_HOOK_INSN_INVALID, (void *)on_invalid, 0},
        {UC_HOOK_EDGE_GENERATED, (void *)on_edge, 0},
        {UC_HOOK_MEM_READ_PROT | UC_HOOK_MEM_WRITE_PROT, (void *)on_register, 0},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        uc_hook h;
        if (uc_hook_add(b->cpu.uc, &h, table[i].type, table[i].fn, b, 1, 0, table[i].insn) != UC_ERR_OK)
            return false;
    }
    return true;
}

static bool set_up(struct bare *b, const char *layout, const char *firmware, struct diag *d)
{
    struct cpu_entry entry = {0};
    if (!layout_read(layout, &b->layout, d) || !image_load(firmware, &b->image, d) ||
        !layout_resolve(&b->layout, b->image.size, &b->guest, d))
        return false;
    plan_init(&b->plan, guest_top(&b->guest));
    if (!handoff_for(b->layout.type)->plan(&b->layout, &b->guest, &b->image, &b->plan, &entry, d) ||
        !plan_seal(&b->plan, d) || !memory_init(&b->memory, &b->plan, b->layout.fill, d))
        return false;
    struct guest_access access = {guest_read, guest_write, b, NULL};
    b->cpu = (struct engine){.client = &memory_only, .self = b};
    b->memory.mapper = (struct memory_mapper){NULL, NULL};
    vcpus_init(&b->vcpus, b->layout.vcpus);
    bool ok = xen_init(&b->xen, &b->layout, &b->guest, &b->clock, &b->vcpus, &b->memory, access) &&
              platform_init(&b->platform, &b->bus, &b->layout, &b->guest, &b->clock, &b->vcpus, PLATFORM_LOADED) &&
              uc_open(UC_ARCH_X86, UC_MODE_64, &b->cpu.uc) == UC_ERR_OK &&
              uc_ctl_set_cpu_model(b->cpu.uc, UC_CPU_X86_HASWELL) == UC_ERR_OK &&
              uc_ctl_exits_enable(b->cpu.uc) == UC_ERR_OK && engine_walk_down(b->cpu.uc, &entry) &&
              engine_set_entry(&b->cpu, &entry) &&
              mapping_all(&b->cpu, &b->memory, &b->plan, PHASE_SEC, false, b->layout.phys_bits) && add_hooks(b);
    b->memory.mapper = (struct memory_mapper){pages_changed, b};
    return ok || diag_fail(d, "", 0, "cannot set up");
}

static void hypercall(struct bare *b)
{
    static const int arg[] = {UC_X86_REG_RDI, UC_X86_REG_RSI, UC_X86_REG_RDX, UC_X86_REG_R10, UC_X86_REG_R8};
    struct hypercall c = {.nr = get(b, UC_X86_REG_RAX)};
    for (size_t i = 0; i < sizeof arg / sizeof arg[0]; i++)
        c.arg[i] = get(b, arg[i]);
    put(b, UC_X86_REG_RAX, (uint64_t)xen_hypercall(&b->xen, &c));
}

int main(int argc, char **argv)
{
    struct diag d = {0};
    struct bare *b = calloc(1, sizeof *b);
    if (argc != 3 || b == NULL || !set_up(b, argv[1], argv[2], &d)) {
        (void)fprintf(stderr, "bare: %s: %s\n", d.file, argc != 3 ? "usage: bare LAYOUT FIRMWARE" : d.message);
        return 2;
    }
    do {
        b->hypercall = 0;
        (void)uc_emu_start(b->cpu.uc, get(b, UC_X86_REG_RIP), 0, 0, 0);
        if (b->hypercall != 0)
            hypercall(b);
    } while (b->hypercall != 0);
    if (!b->arrived)
        (void)fprintf(stderr, "bare: stopped at %#llx\n", (unsigned long long)get(b, UC_X86_REG_RIP));
    return b->arrived ? 0 : 1; /* the process ends: nothing is freed, as little as possible is measured */
}
