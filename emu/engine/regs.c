/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The CPU's registers, in and out of the library. */
#include <string.h>

#include "engine/internal.h"

static const int gpr_reg[16] = {
    UC_X86_REG_RAX, UC_X86_REG_RCX, UC_X86_REG_RDX, UC_X86_REG_RBX, UC_X86_REG_RSP, UC_X86_REG_RBP,
    UC_X86_REG_RSI, UC_X86_REG_RDI, UC_X86_REG_R8,  UC_X86_REG_R9,  UC_X86_REG_R10, UC_X86_REG_R11,
    UC_X86_REG_R12, UC_X86_REG_R13, UC_X86_REG_R14, UC_X86_REG_R15,
};

uint64_t engine_get(const struct engine *e, int uc_reg)
{
    uint64_t v = 0;
    (void)uc_reg_read(e->uc, uc_reg, &v);
    return v;
}

void engine_put(struct engine *e, int uc_reg, uint64_t value)
{
    (void)uc_reg_write(e->uc, uc_reg, &value);
}

uint64_t engine_reg(struct engine *e, unsigned gpr)
{
    return engine_get(e, gpr_reg[gpr & 15]);
}
void engine_set_reg(struct engine *e, unsigned gpr, uint64_t value)
{
    engine_put(e, gpr_reg[gpr & 15], value);
}

static uint64_t efer(struct engine *e)
{
    uc_x86_msr msr = {.rid = 0xC0000080u, .value = 0};
    (void)uc_reg_read(e->uc, UC_X86_REG_MSR, &msr);
    return msr.value;
}

void engine_jump(struct engine *e, uint64_t rip)
{
    engine_put(e, UC_X86_REG_RIP, rip);
}

uint64_t engine_tables(const struct engine *e)
{
    return engine_get(e, UC_X86_REG_CR3);
}

void engine_paging(struct engine *e, uint64_t *cr0, uint64_t *cr3, uint64_t *cr4, uint64_t *efer_out)
{
    *cr0 = engine_get(e, UC_X86_REG_CR0);
    *cr3 = engine_get(e, UC_X86_REG_CR3);
    *cr4 = engine_get(e, UC_X86_REG_CR4);
    *efer_out = efer(e);
}

unsigned engine_cpl(const struct engine *e)
{
    return (unsigned)engine_get(e, UC_X86_REG_CS) & 3;
}

void engine_enter_gate(struct engine *e, uint16_t cs, uint64_t rip, uint64_t rsp, uint64_t rflags)
{
    engine_put(e, UC_X86_REG_CS, cs);
    engine_put(e, UC_X86_REG_RSP, rsp);
    engine_put(e, UC_X86_REG_RFLAGS, rflags);
    engine_put(e, UC_X86_REG_RIP, rip);
}

void engine_set_cr2(struct engine *e, uint64_t gva)
{
    engine_put(e, UC_X86_REG_CR2, gva);
}

void engine_task(struct engine *e, uint16_t *selector, uint64_t *base, uint32_t *limit)
{
    uc_x86_mmr tr = {0};
    (void)uc_reg_read(e->uc, UC_X86_REG_TR, &tr);
    *selector = tr.selector;
    *base = tr.base;
    *limit = tr.limit;
}

bool engine_interrupts(struct engine *e)
{
    return (engine_get(e, UC_X86_REG_RFLAGS) & 0x200) != 0;
}

/* --- the code segment ------------------------------------------------------------------------------------------- */

#define CR0_PE 1u
#define EFER_LMA 0x400u

static struct code_segment now(struct engine *e)
{
    return (struct code_segment){
        .selector = (uint16_t)engine_get(e, UC_X86_REG_CS),
        .is_protected = (engine_get(e, UC_X86_REG_CR0) & CR0_PE) != 0,
        .is_long = (efer(e) & EFER_LMA) != 0,
    };
}

void engine_note_segment(struct engine *e, uint64_t pc)
{
    e->code = now(e);
    e->code.base = pc - engine_get(e, UC_X86_REG_RIP);
}

/* Of CS, as the GDT has it. False when it lies beyond the table, as a real-mode selector often does. */
static bool read_descriptor(struct engine *e, uint8_t out[8])
{
    uc_x86_mmr gdtr = {0};
    (void)uc_reg_read(e->uc, UC_X86_REG_GDTR, &gdtr);
    const uint32_t at = engine_get(e, UC_X86_REG_CS) & 0xfff8u;
    return at + 7 <= gdtr.limit && e->client->read_code(e->self, gdtr.base + at, out, 8);
}

/*
 * The library does not tell it. What the last new block showed stands as long as the same segment is loaded; code that
 * another processor ran before is not new, and then it is worked out.
 */
uint64_t engine_cs_base(struct engine *e)
{
    const struct code_segment s = now(e);
    if (s.selector == e->code.selector && s.is_protected == e->code.is_protected && s.is_long == e->code.is_long)
        return e->code.base;
    uint8_t d[8];
    if (!s.is_protected || !read_descriptor(e, d))
        return (uint64_t)s.selector << 4;
    if (s.is_long && (d[6] & 0x20) != 0)
        return 0;
    return d[2] | (uint64_t)d[3] << 8 | (uint64_t)d[4] << 16 | (uint64_t)d[7] << 24;
}

uint64_t engine_pc(struct engine *e)
{
    return engine_cs_base(e) + engine_get(e, UC_X86_REG_RIP);
}

void engine_regs(struct engine *e, struct cpu_regs *r)
{
    memset(r, 0, sizeof *r);
    for (unsigned i = 0; i < 16; i++)
        r->gpr[i] = engine_reg(e, i);
    r->rip = engine_get(e, UC_X86_REG_RIP);
    r->rflags = engine_get(e, UC_X86_REG_RFLAGS);
    r->cr0 = engine_get(e, UC_X86_REG_CR0);
    r->cr2 = engine_get(e, UC_X86_REG_CR2);
    r->cr3 = engine_get(e, UC_X86_REG_CR3);
    r->cr4 = engine_get(e, UC_X86_REG_CR4);
    r->efer = efer(e);
    r->cs = (uint16_t)engine_get(e, UC_X86_REG_CS);
    r->ss = (uint16_t)engine_get(e, UC_X86_REG_SS);
    r->ds = (uint16_t)engine_get(e, UC_X86_REG_DS);
    r->es = (uint16_t)engine_get(e, UC_X86_REG_ES);
    r->fs = (uint16_t)engine_get(e, UC_X86_REG_FS);
    r->gs = (uint16_t)engine_get(e, UC_X86_REG_GS);
}

void engine_resume(struct engine *e, const struct cpu_regs *r)
{
    for (unsigned i = 0; i < 16; i++)
        engine_set_reg(e, i, r->gpr[i]);
    engine_put(e, UC_X86_REG_RFLAGS, r->rflags);
    engine_put(e, UC_X86_REG_RIP, r->rip);
}

void engine_state(struct engine *e, uint8_t out[ENGINE_STATE_SIZE])
{
    memset(out, 0, ENGINE_STATE_SIZE);
    for (unsigned i = 0; i < 16; i++) {
        uint64_t v = engine_reg(e, i);
        memcpy(out + (size_t)8 * i, &v, 8);
    }
    uint64_t flags = engine_get(e, UC_X86_REG_RFLAGS);
    memcpy(out + (size_t)8 * 16, &flags, 8);
    uint64_t pc = engine_pc(e);
    memcpy(out + (size_t)8 * 17, &pc, 8);
    for (int i = 0; i < 16; i++)
        (void)uc_reg_read(e->uc, UC_X86_REG_XMM0 + i, out + (size_t)8 * 18 + (size_t)16 * (size_t)i);
}

void engine_gdt(struct engine *e, uint64_t *base, uint32_t *limit)
{
    uc_x86_mmr gdtr = {0};
    (void)uc_reg_read(e->uc, UC_X86_REG_GDTR, &gdtr);
    *base = gdtr.base;
    *limit = gdtr.limit;
}

void engine_idt(struct engine *e, uint64_t *base, uint32_t *limit)
{
    uc_x86_mmr idtr = {0};
    (void)uc_reg_read(e->uc, UC_X86_REG_IDTR, &idtr);
    *base = idtr.base;
    *limit = idtr.limit;
}

bool engine_protected(struct engine *e)
{
    return (engine_get(e, UC_X86_REG_CR0) & CR0_PE) != 0;
}

bool engine_code64(struct engine *e)
{
    if ((efer(e) & 0x400) == 0)
        return false;
    /* The library does not tell CS.L: read the descriptor. */
    uc_x86_mmr gdtr = {0};
    (void)uc_reg_read(e->uc, UC_X86_REG_GDTR, &gdtr);
    uint8_t descriptor[8];
    uint64_t at = gdtr.base + (engine_get(e, UC_X86_REG_CS) & 0xfff8u);
    return !e->client->read_code(e->self, at, descriptor, sizeof descriptor) || (descriptor[6] & 0x20) != 0;
}
