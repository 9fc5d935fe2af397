/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RDMSR, WRMSR and PAUSE. Unicorn has no hook for them, so each new block is searched for their bytes, and the address
 * gets a hook of its own: some dozens a boot. It follows relocated modules, which a list of addresses could not.
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

static bool is_msr(const uint8_t op[2])
{
    return op[0] == 0x0f && (op[1] == 0x30 || op[1] == 0x32);
}

static bool is_pause(const uint8_t op[2])
{
    return op[0] == 0xf3 && op[1] == 0x90;
}

static void do_msr(struct engine *e, uint64_t pc, bool writes)
{
    uint32_t index = (uint32_t)engine_get(e, UC_X86_REG_RCX);
    if (is_native(index))
        return;
    uint64_t value;
    bool ok;
    if (!writes) {
        value = 0;
        ok = e->client->rdmsr(e->self, index, &value);
        if (ok) {
            engine_put(e, UC_X86_REG_RAX, (uint32_t)value);
            engine_put(e, UC_X86_REG_RDX, value >> 32);
        }
    } else {
        value = (uint32_t)engine_get(e, UC_X86_REG_RAX) | engine_get(e, UC_X86_REG_RDX) << 32;
        ok = e->client->wrmsr(e->self, index, value);
    }
    static const struct engine_exception protection = {.vector = 13, .has_code = true};
    if (!ok)
        engine_raise(e, &protection);
    else if (e->pending != PENDING_STOP)
        engine_put(e, UC_X86_REG_RIP, pc + 2 - engine_cs_base(e));
}

static void on_site(uc_engine *uc, uint64_t pc, uint32_t size, void *user)
{
    struct engine *e = user;
    (void)uc;
    (void)size;
    uint8_t bytes[2];
    const uint8_t *op = again_code(e, pc, sizeof bytes);
    /* The page may hold other code by now. */
    if (op == NULL && e->client->read_code(e->self, pc, bytes, sizeof bytes))
        op = bytes;
    if (op == NULL)
        return;
    if (is_pause(op))
        e->client->pause(e->self, pc);
    if (is_msr(op))
        do_msr(e, pc, op[1] == 0x30);
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
    for (const uint8_t *p = code; p < code + n - 1; p++)
        if (is_msr(p) || is_pause(p))
            added |= add_site(e, b->pc + (uint64_t)(p - code));
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
