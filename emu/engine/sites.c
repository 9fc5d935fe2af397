/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RDMSR, WRMSR, PAUSE and MOV to control registers. Unicorn has no hook for them and takes nearly every value, so each new block
 * is searched for their bytes, and the address gets a hook of its own: some dozens a boot. It follows relocated modules,
 * which a list of addresses could not.
 */
#include <string.h>

#include "engine/internal.h"

/* MSRs that are part of the CPU core: the engine keeps them. */
static const uint32_t native[] = {
    0xC0000080u,                                        /* EFER */
    0xC0000081u, 0xC0000082u, 0xC0000083u, 0xC0000084u, /* STAR, LSTAR, CSTAR, FMASK */
    0xC0000100u, 0xC0000101u, 0xC0000102u,              /* FS.base, GS.base, KernelGS.base */
};

static bool is_native(uint32_t index)
{
    for (size_t i = 0; i < sizeof native / sizeof native[0]; i++)
        if (native[i] == index)
            return true;
    return false;
}

#define REX_R 4u
#define REX_B 1u
#define CR_TPR 8u
#define INSN_MAX 4u /* REX, two bytes, ModRM */

static const struct engine_exception protection = {.vector = 13, .has_code = true};

/* What is at a site now: the page may hold other code than when it was found. */
struct insn {
    unsigned size;
    uint8_t op; /* behind 0F; PAUSE: behind F3 */
    uint8_t cr, gpr;
};
enum { OP_WRMSR = 0x30, OP_RDMSR = 0x32, OP_FROM_CR = 0x20, OP_TO_CR = 0x22, OP_PAUSE = 0x90 };

static bool is_pause(const uint8_t op[2])
{
    return op[0] == 0xf3 && op[1] == OP_PAUSE;
}

static bool is_msr(const uint8_t op[2])
{
    return op[0] == 0x0f && (op[1] == OP_WRMSR || op[1] == OP_RDMSR);
}

static bool decode(struct engine *e, uint64_t pc, unsigned size, struct insn *i)
{
    uint8_t bytes[INSN_MAX];
    size = size < INSN_MAX ? size : INSN_MAX;
    const uint8_t *at = again_code(e, pc, size);
    if (at == NULL && e->client->read_code(e->self, pc, bytes, size))
        at = bytes;
    if (at != NULL && size == 2 && is_pause(at)) {
        *i = (struct insn){.size = 2, .op = OP_PAUSE};
        return true;
    }
    const unsigned rex = at != NULL && (at[0] & 0xf0) == 0x40 ? 1 : 0;
    if (at == NULL || size < rex + 2 || at[rex] != 0x0f)
        return false;
    *i = (struct insn){.size = rex + 2, .op = at[rex + 1]};
    if (i->op == OP_WRMSR || i->op == OP_RDMSR)
        return true;
    if ((i->op != OP_TO_CR && i->op != OP_FROM_CR) || size < rex + 3)
        return false;
    const uint8_t prefix = rex != 0 ? at[0] : 0, modrm = at[rex + 2];
    i->size++;
    i->cr = (uint8_t)((modrm >> 3 & 7) | ((prefix & REX_R) != 0 ? 8 : 0));
    i->gpr = (uint8_t)((modrm & 7) | ((prefix & REX_B) != 0 ? 8 : 0));
    return true;
}

/* The instruction has been done here. */
static void step_over(struct engine *e, uint64_t pc, const struct insn *i)
{
    if (e->pending != PENDING_STOP)
        engine_put(e, UC_X86_REG_RIP, pc + i->size - engine_cs_base(e));
}

static void do_msr(struct engine *e, uint64_t pc, const struct insn *i)
{
    const uint32_t index = (uint32_t)engine_get(e, UC_X86_REG_RCX);
    uint64_t value = (uint32_t)engine_get(e, UC_X86_REG_RAX) | engine_get(e, UC_X86_REG_RDX) << 32;
    if (is_native(index)) {
        if (i->op == OP_WRMSR && e->client->native_msr != NULL && !e->client->native_msr(e->self, index, value))
            engine_raise(e, &protection);
        return;
    }
    if (i->op == OP_WRMSR ? !e->client->wrmsr(e->self, index, value) : !e->client->rdmsr(e->self, index, &value)) {
        engine_raise(e, &protection);
        return;
    }
    if (i->op == OP_RDMSR) {
        engine_put(e, UC_X86_REG_RAX, (uint32_t)value);
        engine_put(e, UC_X86_REG_RDX, value >> 32);
    }
    step_over(e, pc, i);
}

static void do_control(struct engine *e, uint64_t pc, const struct insn *i)
{
    if (i->op == OP_FROM_CR && i->cr != CR_TPR)
        return;
    if (i->op == OP_FROM_CR) {
        engine_set_reg(e, i->gpr, e->client->tpr(e->self));
        step_over(e, pc, i);
        return;
    }
    const uint64_t value = engine_reg(e, i->gpr);
    if (!e->client->control(e->self, i->cr, engine_code64(e) ? value : (uint32_t)value))
        engine_raise(e, &protection);
    else if (i->cr == CR_TPR)
        step_over(e, pc, i);
}

static void on_site(uc_engine *uc, uint64_t pc, uint32_t size, void *user)
{
    struct engine *e = user;
    struct insn i;
    (void)uc;
    if (!decode(e, pc, size, &i))
        return;
    if (i.op == OP_PAUSE && e->client->pause != NULL)
        e->client->pause(e->self, pc);
    else if (i.op == OP_PAUSE)
        return;
    else if (i.op == OP_WRMSR || i.op == OP_RDMSR)
        do_msr(e, pc, &i);
    else if (e->client->control != NULL &&
             ((engine_get(e, UC_X86_REG_CS) & 3) == 0 || !engine_protected(e))) /* else the library refuses */
        do_control(e, pc, &i);
}

static bool add_site(struct engine *e, uint64_t pc)
{
    for (size_t i = 0; i < e->nr_sites; i++)
        if (e->site[i] == pc)
            return false;
    if (e->nr_sites == SITES_MAX)
        return false;
    uc_hook h;
    if (uc_hook_add(e->uc, &h, UC_HOOK_CODE, (void *)on_site, e, pc, pc) != UC_ERR_OK)
        return false;
    e->site_hook[e->nr_sites] = h;
    e->site[e->nr_sites++] = pc;
    return true;
}

bool engine_find_sites(struct engine *e, const struct engine_block *b)
{
    uint8_t code[4096];
    size_t n = b->size < sizeof code ? b->size : sizeof code;
    if (n < 2 || !e->client->read_code(e->self, b->pc, code, n))
        return false;
    bool added = false;
    for (const uint8_t *p = code; p < code + n - 1; p++) {
        const uint64_t pc = b->pc + (uint64_t)(p - code);
        const bool control = p[0] == 0x0f && (p[1] == OP_TO_CR || p[1] == OP_FROM_CR);
        if (control || is_msr(p) || (is_pause(p) && e->client->pause != NULL))
            added |= add_site(e, pc);
        if (control && p > code && (p[-1] & 0xf0) == 0x40)
            added |= add_site(e, pc - 1); /* REX; where it is another instruction's end nobody gets there */
    }
    if (!added)
        return false;
    /* The block was translated without the hook: drop it, and make the engine look it up again. */
    (void)uc_ctl_remove_cache(e->uc, b->pc, b->pc + b->size);
    /* Not uc_reg_write: that also keeps RIP from being brought up to date in memory hooks until the run ends. */
    uint64_t rip = engine_get(e, UC_X86_REG_RIP);
    size_t size = sizeof rip;
    (void)uc_reg_write2(e->uc, UC_X86_REG_RIP, &rip, &size);
    return true;
}
