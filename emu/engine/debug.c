/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/debug.h"

#include <stdlib.h>
#include <string.h>

#include "base/le.h"
#include "engine/internal.h"

/* --- hooks ------------------------------------------------------------------------------------------------------ */

/*
 * A block with a hook for each instruction can be left before each, and a block that is entered again in its middle counts
 * twice. So a stop that a device or the watcher wants in the middle of a block waits until its end, where it takes
 * effect without a debugger: before the next block, which has not been told or counted yet.
 */
struct debugged {
    struct engine *e;
    const struct engine_client *client;
    void *self;
    const struct engine_debug *debugger;
    void *debugger_self;
    bool in_block;     /* a callback in the middle of a block is being called */
    bool waits;        /* a stop waits for the block's end */
    bool inside, left; /* insn() is being called; the run was ended where the library shows RIP as linear */
    uint64_t pc;       /* of the instruction that insn() was called for last, linear */
    uint64_t rip;      /* what RIP is then */
};

bool engine_debug_defers(struct engine *e)
{
    struct debugged *d = e->debugged;
    d->waits = d->waits || d->in_block;
    return d->in_block;
}

static void leave(struct debugged *d, uint64_t pc)
{
    d->left = true;
    d->rip = pc - engine_cs_base(d->e);
}

static void on_insn(uc_engine *uc, uint64_t pc, uint32_t size, void *user)
{
    struct debugged *d = user;
    (void)uc;
    (void)size;
    d->inside = true;
    d->pc = pc;
    d->debugger->insn(d->debugger_self, pc);
    d->inside = false;
    if ((d->e->pending == PENDING_STOP && !d->waits) || d->e->pending == PENDING_AGAIN)
        leave(d, pc);
}

/* Before the hook that counts. */
static void on_block(uc_engine *uc, uint64_t pc, uint32_t size, void *user)
{
    struct debugged *d = user;
    (void)size;
    if (!d->waits)
        return;
    d->waits = false;
    leave(d, pc);
    (void)uc_emu_stop(uc);
}

static void on_load(uc_engine *uc, uc_mem_type type, uint64_t gpa, int size, int64_t value, void *user)
{
    struct debugged *d = user;
    (void)uc;
    (void)type;
    (void)value;
    d->debugger->load(d->debugger_self, gpa, (unsigned)size);
}

static void on_store(uc_engine *uc, uc_mem_type type, uint64_t gpa, int size, int64_t value, void *user)
{
    struct debugged *d = user;
    (void)uc;
    (void)type;
    (void)value;
    d->debugger->store(d->debugger_self, gpa, (unsigned)size);
}

/* --- the client's functions, called in the middle of a block ---------------------------------------------------- */

static uint32_t io_read(void *self, uint16_t port, unsigned size)
{
    struct debugged *d = self;
    d->in_block = true;
    const uint32_t value = d->client->io_read(d->self, port, size);
    d->in_block = false;
    return value;
}

static void io_write(void *self, uint16_t port, unsigned size, uint32_t value)
{
    struct debugged *d = self;
    d->in_block = true;
    d->client->io_write(d->self, port, size, value);
    d->in_block = false;
}

static uint64_t mmio_read(void *self, uint64_t gpa, unsigned size)
{
    struct debugged *d = self;
    d->in_block = true;
    const uint64_t value = d->client->mmio_read(d->self, gpa, size);
    d->in_block = false;
    return value;
}

static void mmio_write(void *self, uint64_t gpa, unsigned size, uint64_t value)
{
    struct debugged *d = self;
    d->in_block = true;
    d->client->mmio_write(d->self, gpa, size, value);
    d->in_block = false;
}

static void forbidden(void *self, enum engine_fault kind, uint64_t gpa, unsigned size, uint64_t value)
{
    struct debugged *d = self;
    d->in_block = kind != ENGINE_FETCH;
    d->client->forbidden(d->self, kind, gpa, size, value);
    d->in_block = false;
}

static void new_block(void *self, const struct engine_block *b)
{
    struct debugged *d = self;
    if (!d->waits) {
        d->client->new_block(d->self, b);
        return;
    }
    d->waits = false;
    engine_forget_block(d->e, b->pc, b->size); /* it is new again when the run goes on */
    (void)uc_emu_stop(d->e->uc);
}

/* And the others, which are called between blocks, or change nothing. */

static void cpuid(void *self, uint32_t leaf, uint32_t subleaf, uint32_t out[4])
{
    const struct debugged *d = self;
    d->client->cpuid(d->self, leaf, subleaf, out);
}

static uint64_t rdtsc(void *self)
{
    const struct debugged *d = self;
    return d->client->rdtsc(d->self);
}

static bool rdmsr(void *self, uint32_t index, uint64_t *value)
{
    const struct debugged *d = self;
    return d->client->rdmsr(d->self, index, value);
}

static bool wrmsr(void *self, uint32_t index, uint64_t value)
{
    const struct debugged *d = self;
    return d->client->wrmsr(d->self, index, value);
}

static bool hypercall(void *self, bool amd)
{
    const struct debugged *d = self;
    return d->client->hypercall(d->self, amd);
}

static void exception(void *self, unsigned vector)
{
    const struct debugged *d = self;
    d->client->exception(d->self, vector);
}

static void breakpoint(void *self, uint64_t pc)
{
    const struct debugged *d = self;
    d->client->breakpoint(d->self, pc);
}

static void tick(void *self, uint64_t pc)
{
    const struct debugged *d = self;
    d->client->tick(d->self, pc);
}

static void alarm_rang(void *self)
{
    const struct debugged *d = self;
    d->client->alarm(d->self);
}

static bool read_code(void *self, uint64_t gva, void *dst, size_t n)
{
    const struct debugged *d = self;
    return d->client->read_code(d->self, gva, dst, n);
}

static const struct engine_client between = {
    .io_read = io_read,
    .io_write = io_write,
    .mmio_read = mmio_read,
    .mmio_write = mmio_write,
    .cpuid = cpuid,
    .rdtsc = rdtsc,
    .rdmsr = rdmsr,
    .wrmsr = wrmsr,
    .hypercall = hypercall,
    .forbidden = forbidden,
    .new_block = new_block,
    .exception = exception,
    .breakpoint = breakpoint,
    .tick = tick,
    .alarm = alarm_rang,
    .read_code = read_code,
};

bool engine_debug(struct engine *e, const struct engine_debug *debugger, void *self)
{
    uc_hook hook[4];
    struct debugged *d = e->again == NULL ? calloc(1, sizeof *d) : NULL;
    if (d == NULL)
        return false;
    *d = (struct debugged){.e = e, .client = e->client, .self = e->self, .debugger = debugger, .debugger_self = self};
    e->debugged = d;
    e->client = &between;
    e->self = d;
    const bool counting = e->block_hook != 0;
    engine_count(e, false);
    const bool ok =
        uc_hook_add(e->uc, &hook[0], UC_HOOK_BLOCK, (void *)on_block, d, 1, 0) == UC_ERR_OK &&
        uc_hook_add(e->uc, &hook[1], UC_HOOK_CODE, (void *)on_insn, d, 1, 0) == UC_ERR_OK &&
        uc_hook_add(e->uc, &hook[2], UC_HOOK_MEM_READ, (void *)on_load, d, 1, 0) == UC_ERR_OK &&
        uc_hook_add(e->uc, &hook[3], UC_HOOK_MEM_WRITE, (void *)on_store, d, 1, 0) == UC_ERR_OK;
    engine_count(e, counting);
    return ok;
}

void engine_debug_come_out(struct engine *e)
{
    e->pending = PENDING_AGAIN;
    (void)uc_emu_stop(e->uc);
}

void engine_debug_settle(struct engine *e)
{
    struct debugged *d = e->debugged;
    d->waits = false;
    if (d->left)
        engine_put(e, UC_X86_REG_RIP, d->rip);
    d->left = false;
    if (e->pending == PENDING_AGAIN)
        d->debugger->outside(d->debugger_self);
}

/* --- registers -------------------------------------------------------------------------------------------------- */

#define EFER 0xC0000080u
#define KERNEL_GS_BASE 0xC0000102u

/* The library's numbers for them; those of a range follow each other only for x87 and SSE. */
static const struct {
    int uc;       /* 0: an MSR, or worked out */
    uint32_t msr; /* 0: none */
    bool read_only;
} table[ENGINE_REGISTERS] = {
    {UC_X86_REG_RAX, 0, false},
    {UC_X86_REG_RCX, 0, false},
    {UC_X86_REG_RDX, 0, false},
    {UC_X86_REG_RBX, 0, false},
    {UC_X86_REG_RSP, 0, false},
    {UC_X86_REG_RBP, 0, false},
    {UC_X86_REG_RSI, 0, false},
    {UC_X86_REG_RDI, 0, false},
    {UC_X86_REG_R8, 0, false},
    {UC_X86_REG_R9, 0, false},
    {UC_X86_REG_R10, 0, false},
    {UC_X86_REG_R11, 0, false},
    {UC_X86_REG_R12, 0, false},
    {UC_X86_REG_R13, 0, false},
    {UC_X86_REG_R14, 0, false},
    {UC_X86_REG_R15, 0, false},
    [ENGINE_RIP] = {0, 0, false},
    [ENGINE_FLAGS] = {UC_X86_REG_RFLAGS, 0, false},
    [ENGINE_CS] = {UC_X86_REG_CS, 0, true},
    [ENGINE_SS] = {UC_X86_REG_SS, 0, true},
    [ENGINE_DS] = {UC_X86_REG_DS, 0, true},
    [ENGINE_ES] = {UC_X86_REG_ES, 0, true},
    [ENGINE_FS] = {UC_X86_REG_FS, 0, true},
    [ENGINE_GS] = {UC_X86_REG_GS, 0, true},
    [ENGINE_ST] = {UC_X86_REG_ST0, 0, false},
    {UC_X86_REG_ST1, 0, false},
    {UC_X86_REG_ST2, 0, false},
    {UC_X86_REG_ST3, 0, false},
    {UC_X86_REG_ST4, 0, false},
    {UC_X86_REG_ST5, 0, false},
    {UC_X86_REG_ST6, 0, false},
    {UC_X86_REG_ST7, 0, false},
    [ENGINE_FCTRL] = {UC_X86_REG_FPCW, 0, false},
    [ENGINE_FSTAT] = {UC_X86_REG_FPSW, 0, false},
    [ENGINE_FTAG] = {UC_X86_REG_FPTAG, 0, true},
    [ENGINE_FISEG] = {UC_X86_REG_FCS, 0, true},
    [ENGINE_FIOFF] = {UC_X86_REG_FIP, 0, true},
    [ENGINE_FOSEG] = {UC_X86_REG_FDS, 0, true},
    [ENGINE_FOOFF] = {UC_X86_REG_FDP, 0, true},
    [ENGINE_FOP] = {UC_X86_REG_FOP, 0, true},
    [ENGINE_XMM] = {UC_X86_REG_XMM0, 0, false},
    {UC_X86_REG_XMM1, 0, false},
    {UC_X86_REG_XMM2, 0, false},
    {UC_X86_REG_XMM3, 0, false},
    {UC_X86_REG_XMM4, 0, false},
    {UC_X86_REG_XMM5, 0, false},
    {UC_X86_REG_XMM6, 0, false},
    {UC_X86_REG_XMM7, 0, false},
    {UC_X86_REG_XMM8, 0, false},
    {UC_X86_REG_XMM9, 0, false},
    {UC_X86_REG_XMM10, 0, false},
    {UC_X86_REG_XMM11, 0, false},
    {UC_X86_REG_XMM12, 0, false},
    {UC_X86_REG_XMM13, 0, false},
    {UC_X86_REG_XMM14, 0, false},
    {UC_X86_REG_XMM15, 0, false},
    [ENGINE_MXCSR] = {UC_X86_REG_MXCSR, 0, false},
    [ENGINE_CS_BASE] = {0, 0, true},
    [ENGINE_FS_BASE] = {UC_X86_REG_FS_BASE, 0, true},
    [ENGINE_GS_BASE] = {UC_X86_REG_GS_BASE, 0, true},
    [ENGINE_K_GS_BASE] = {0, KERNEL_GS_BASE, true},
    [ENGINE_CR0] = {UC_X86_REG_CR0, 0, true},
    [ENGINE_CR2] = {UC_X86_REG_CR2, 0, true},
    [ENGINE_CR3] = {UC_X86_REG_CR3, 0, true},
    [ENGINE_CR4] = {UC_X86_REG_CR4, 0, true},
    [ENGINE_CR8] = {UC_X86_REG_CR8, 0, true},
    [ENGINE_EFER] = {0, EFER, true},
};

static uint64_t code_base(struct engine *e, unsigned cpu)
{
    return cpu == e->current ? engine_cs_base(e) : e->cpu[cpu].code.base;
}

static bool is_there(const struct engine *e, unsigned cpu)
{
    return cpu < ENGINE_CPUS_MAX && (cpu == e->current || e->cpu[cpu].context != NULL);
}

static bool get(const struct engine *e, unsigned cpu, int reg, void *out)
{
    return (cpu == e->current ? uc_reg_read(e->uc, reg, out) : uc_context_reg_read(e->cpu[cpu].context, reg, out)) ==
           UC_ERR_OK;
}

static bool put(struct engine *e, unsigned cpu, int reg, const void *in)
{
    return (cpu == e->current ? uc_reg_write(e->uc, reg, in) : uc_context_reg_write(e->cpu[cpu].context, reg, in)) ==
           UC_ERR_OK;
}

uint64_t engine_debug_pc(struct engine *e, unsigned cpu)
{
    uint64_t rip = 0;
    if (cpu == e->current && e->debugged->inside)
        return e->debugged->pc;
    (void)get(e, cpu, UC_X86_REG_RIP, &rip);
    return code_base(e, cpu) + rip;
}

bool engine_read_register(struct engine *e, unsigned cpu, enum engine_register r, uint8_t out[ENGINE_REGISTER_SIZE])
{
    memset(out, 0, ENGINE_REGISTER_SIZE);
    if (!is_there(e, cpu))
        return false;
    if (table[r].msr != 0) {
        uc_x86_msr msr = {.rid = table[r].msr, .value = 0};
        const bool ok = get(e, cpu, UC_X86_REG_MSR, &msr);
        put_le64(out, msr.value);
        return ok;
    }
    if (table[r].uc != 0)
        return get(e, cpu, table[r].uc, out);
    put_le64(out, r == ENGINE_RIP ? engine_debug_pc(e, cpu) : code_base(e, cpu));
    return true;
}

bool engine_write_register(struct engine *e, unsigned cpu, enum engine_register r,
                           const uint8_t in[ENGINE_REGISTER_SIZE])
{
    if (!is_there(e, cpu) || table[r].read_only)
        return false;
    if (r != ENGINE_RIP)
        return put(e, cpu, table[r].uc, in);
    const uint64_t rip = le64(in) - code_base(e, cpu);
    return put(e, cpu, UC_X86_REG_RIP, &rip);
}

bool engine_paging_of(struct engine *e, unsigned cpu, uint64_t *cr0, uint64_t *cr3, uint64_t *cr4, uint64_t *efer)
{
    static const enum engine_register which[4] = {ENGINE_CR0, ENGINE_CR3, ENGINE_CR4, ENGINE_EFER};
    uint64_t *const to[4] = {cr0, cr3, cr4, efer};
    for (unsigned i = 0; i < 4; i++) {
        uint8_t raw[ENGINE_REGISTER_SIZE];
        if (!engine_read_register(e, cpu, which[i], raw))
            return false;
        *to[i] = le64(raw);
    }
    return true;
}
