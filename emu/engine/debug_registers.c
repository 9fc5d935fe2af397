/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers one by one, of the current processor and of those that wait. */
#include <string.h>

#include "base/le.h"
#include "engine/debug.h"
#include "engine/internal.h"

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

static uint64_t get_msr(const struct engine *e, unsigned cpu, uint32_t index)
{
    uc_x86_msr msr = {.rid = index, .value = 0};
    if (cpu != e->current)
        return index == EFER ? e->cpu[cpu].debugged.efer : e->cpu[cpu].debugged.k_gs_base;
    (void)uc_reg_read(e->uc, UC_X86_REG_MSR, &msr);
    return msr.value;
}

void engine_debug_put_away(struct engine *e)
{
    struct processor *p = &e->cpu[e->current];
    p->debugged.efer = get_msr(e, e->current, EFER);
    p->debugged.k_gs_base = get_msr(e, e->current, KERNEL_GS_BASE);
}

uint64_t engine_debug_pc(struct engine *e, unsigned cpu)
{
    uint64_t rip = 0;
    if (cpu == e->current && engine_debug_inside(e, &rip))
        return rip;
    (void)get(e, cpu, UC_X86_REG_RIP, &rip);
    return code_base(e, cpu) + rip;
}

bool engine_read_register(struct engine *e, unsigned cpu, enum engine_register r, uint8_t out[ENGINE_REGISTER_SIZE])
{
    memset(out, 0, ENGINE_REGISTER_SIZE);
    if (!is_there(e, cpu))
        return false;
    if (table[r].msr != 0) {
        put_le64(out, get_msr(e, cpu, table[r].msr));
        return true;
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
