/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/span.h"
#include "engine/internal.h"

/* 2.1.2 in uc_version()'s form: RDTSC hooks came with it, and before it VMCALL or guest paging do not work. */
#define UNICORN_MIN 0x020102u

static const struct engine_exception invalid_opcode = {.vector = 6};

void engine_raise(struct engine *e, const struct engine_exception *x)
{
    e->client->exception(e->self, x);
    engine_stop(e);
}

/* --- hooks ----------------------------------------------------------------------------------------------------- */

static uint32_t on_in(uc_engine *uc, uint32_t port, int size, void *user)
{
    struct engine *e = user;
    (void)uc;
    e->in_port = true;
    const uint32_t value = e->client->io_read(e->self, (uint16_t)port, (unsigned)size);
    e->in_port = false;
    return value;
}

static void on_out(uc_engine *uc, uint32_t port, int size, uint32_t value, void *user)
{
    struct engine *e = user;
    (void)uc;
    e->in_port = true;
    e->client->io_write(e->self, (uint16_t)port, (unsigned)size, value);
    e->in_port = false;
}

static int on_cpuid(uc_engine *uc, void *user)
{
    struct engine *e = user;
    (void)uc;
    uint32_t out[4] = {0};
    e->client->cpuid(e->self, (uint32_t)engine_get(e, UC_X86_REG_RAX), (uint32_t)engine_get(e, UC_X86_REG_RCX), out);
    engine_put(e, UC_X86_REG_RAX, out[0]);
    engine_put(e, UC_X86_REG_RBX, out[1]);
    engine_put(e, UC_X86_REG_RCX, out[2]);
    engine_put(e, UC_X86_REG_RDX, out[3]);
    return 1; /* done: never the library's own answer */
}

static int on_rdtsc(uc_engine *uc, void *user)
{
    struct engine *e = user;
    (void)uc;
    uint64_t tsc = e->client->rdtsc(e->self);
    engine_put(e, UC_X86_REG_RAX, (uint32_t)tsc);
    engine_put(e, UC_X86_REG_RDX, tsc >> 32);
    return 1;
}

static bool on_invalid(uc_engine *uc, void *user)
{
    struct engine *e = user;
    (void)uc;
    uint64_t rip = engine_get(e, UC_X86_REG_RIP);
    uint8_t op[3];
    if (e->client->read_code(e->self, engine_cs_base(e) + rip, op, sizeof op) && op[0] == 0x0f && op[1] == 0x01 &&
        (op[2] == 0xc1 || op[2] == 0xd9)) {
        /* Done when the run loop comes out, where the memory map may be changed. */
        e->pending = op[2] == 0xc1 ? PENDING_VMCALL : PENDING_VMMCALL;
        engine_put(e, UC_X86_REG_RIP, rip + 3);
        (void)uc_emu_stop(e->uc); /* some versions go on by themselves after a handled instruction, some do not */
        return true;
    }
    engine_raise(e, &invalid_opcode);
    return false;
}

static void on_interrupt(uc_engine *uc, uint32_t vector, void *user)
{
    struct engine_exception x;
    (void)uc;
    engine_describe(user, vector, &x);
    engine_raise(user, &x);
}

bool engine_forbidden(uc_engine *uc, uc_mem_type type, uint64_t gpa, int size, int64_t value, void *user)
{
    struct engine *e = user;
    (void)uc;
    enum engine_fault kind;
    if ((type == UC_MEM_READ_PROT || type == UC_MEM_WRITE_PROT) && engine_is_io(e, gpa))
        return true; /* on to the region's own callback */
    switch (type) {
    case UC_MEM_WRITE_PROT:
    case UC_MEM_WRITE_UNMAPPED:
        kind = ENGINE_WRITE;
        break;
    case UC_MEM_FETCH_PROT:
    case UC_MEM_FETCH_UNMAPPED:
        kind = ENGINE_FETCH;
        break;
    default:
        kind = ENGINE_READ;
        break;
    }
    if (type == UC_MEM_FETCH_PROT && e->again != NULL && !engine_is_io(e, gpa)) {
        e->client->ready(e->self, gpa, (size_t)size);
        return true;
    }
    const bool unmapped =
        type == UC_MEM_WRITE_UNMAPPED || type == UC_MEM_READ_UNMAPPED || type == UC_MEM_FETCH_UNMAPPED;
    if (unmapped && e->client->missing != NULL && e->client->missing(e->self, gpa)) {
        if (kind != ENGINE_FETCH)
            return true;
        e->pending = PENDING_AGAIN; /* or the library would make a block of its own of the first instruction */
        return false;
    }
    e->client->forbidden(e->self, kind, gpa, (unsigned)size, (uint64_t)value);
    /* Nothing can be fetched from where nothing executes; the client has said what it thinks of it. */
    if (kind == ENGINE_FETCH || type == UC_MEM_WRITE_UNMAPPED || type == UC_MEM_READ_UNMAPPED) {
        engine_stop(e);
        return false;
    }
    return true;
}

static void on_edge(uc_engine *uc, uc_tb *now, uc_tb *before, void *user)
{
    struct engine *e = user;
    (void)uc;
    (void)before; /* the head of a chain of blocks, not the block before */
    struct engine_block b = {.pc = now->pc, .size = now->size, .instructions = now->icount};
    engine_note_segment(e, now->pc);
    engine_remember_icount(e, &b);
    engine_note_code(e, &b);
    if (engine_find_sites(e, &b))
        return; /* comes again */
    e->translated(e, &b);
}

static void tell_new_block(struct engine *e, const struct engine_block *b)
{
    e->client->new_block(e->self, b);
}

bool engine_add_hooks(struct engine *e)
{
    static const struct {
        int type, insn;
        void *fn;
    } table[] = {
        {UC_HOOK_INSN, UC_X86_INS_IN, (void *)on_in},
        {UC_HOOK_INSN, UC_X86_INS_OUT, (void *)on_out},
        {UC_HOOK_INSN, UC_X86_INS_CPUID, (void *)on_cpuid},
        {UC_HOOK_INSN, UC_X86_INS_RDTSC, (void *)on_rdtsc},
        {UC_HOOK_INSN, UC_X86_INS_RDTSCP, (void *)on_rdtsc},
        {UC_HOOK_INSN_INVALID, 0, (void *)on_invalid},
        {UC_HOOK_INTR, 0, (void *)on_interrupt},
        {UC_HOOK_EDGE_GENERATED, 0, (void *)on_edge},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        uc_hook h;
        uc_err err = table[i].type == UC_HOOK_INSN
                         ? uc_hook_add(e->uc, &h, table[i].type, table[i].fn, e, 1, 0, table[i].insn)
                         : uc_hook_add(e->uc, &h, table[i].type, table[i].fn, e, 1, 0);
        if (err != UC_ERR_OK)
            return false;
    }
    return engine_ask_around(e, NULL, 0);
}

/* --- life ------------------------------------------------------------------------------------------------------- */

void engine_version(char out[ENGINE_VERSION_SIZE])
{
    unsigned v = uc_version(NULL, NULL);
    (void)snprintf(out, ENGINE_VERSION_SIZE, "%u.%u.%u", v >> 24 & 0xff, v >> 16 & 0xff, v >> 8 & 0xff);
}

uc_engine *engine_open_library(uint32_t code_bytes, const char **why)
{
    uc_engine *uc = NULL;
    *why = "out of memory";
    if (uc_open(UC_ARCH_X86, UC_MODE_64, &uc) != UC_ERR_OK)
        return NULL;
    const bool sized = code_bytes == 0 || uc_ctl_set_tcg_buffer_size(uc, code_bytes) == UC_ERR_OK;
    if (sized && uc_ctl_set_cpu_model(uc, UC_CPU_X86_HASWELL) == UC_ERR_OK && uc_ctl_exits_enable(uc) == UC_ERR_OK)
        return uc;
    *why = "libunicorn refuses its own options";
    (void)uc_close(uc);
    return NULL;
}

const char *engine_refusal(void)
{
    return uc_version(NULL, NULL) >> 8 < UNICORN_MIN
               ? "libunicorn is older than 2.1.2: it cannot trap RDTSC and VMCALL; `make setup` gets a newer one"
               : NULL;
}

struct engine *engine_open(const struct engine_client *client, void *self, uint32_t code_bytes, const char **why)
{
    *why = engine_refusal();
    if (*why != NULL)
        return NULL;
    struct engine *e = calloc(1, sizeof *e);
    *why = "out of memory";
    if (e == NULL)
        return NULL;
    e->client = client;
    e->self = self;
    e->icount = calloc(ICOUNT_SLOTS, sizeof *e->icount);
    e->code_pages = calloc(CODE_PAGES / 8, 1);
    if (e->icount == NULL || e->code_pages == NULL || (e->uc = engine_open_library(code_bytes, why)) == NULL) {
        engine_close(e);
        return NULL;
    }
    e->translated = tell_new_block;
    e->slice_end = e->deadline = UINT64_MAX;
    engine_next_event(e);
    return e;
}

void engine_tap(struct engine *e, const struct engine_client *client)
{
    e->client = client;
}

void engine_close(struct engine *e)
{
    if (e == NULL)
        return;
    engine_watchdog(e, 0);
    engine_free_processors(e);
    if (e->uc != NULL)
        (void)uc_close(e->uc);
    engine_free_regions(e);
    again_free(e);
    engine_debug_free(e);
    if (e->taken != NULL)
        (void)uc_context_free(e->taken);
    free(e->icount);
    free(e->code_pages);
    free(e);
}

/* --- running ---------------------------------------------------------------------------------------------------- */

void engine_stop(struct engine *e)
{
    e->pending = PENDING_STOP;
    if (e->debugged == NULL || !engine_debug_defers(e))
        (void)uc_emu_stop(e->uc);
}

const char *engine_error(const struct engine *e)
{
    return e->error;
}

void engine_forget_blocks(struct engine *e)
{
    (void)uc_ctl_flush_tb(e->uc);
    again_flushed(e);
}

static void on_break(uc_engine *uc, uint64_t pc, uint32_t size, void *user)
{
    struct engine *e = user;
    (void)uc;
    (void)size;
    e->client->breakpoint(e->self, pc);
}

bool engine_break(struct engine *e, uint64_t pc)
{
    uc_hook h;
    if (uc_hook_add(e->uc, &h, UC_HOOK_CODE, (void *)on_break, e, pc, pc) != UC_ERR_OK)
        return false;
    return uc_ctl_remove_cache(e->uc, pc, pc + 1) == UC_ERR_OK;
}

void engine_forget_block(struct engine *e, uint64_t pc, uint32_t size)
{
    (void)uc_ctl_remove_cache(e->uc, pc, pc + size);
    again_forget(e, pc);
}

static bool after_hlt(struct engine *e)
{
    uint8_t op;
    return e->client->read_code(e->self, engine_pc(e) - 1, &op, 1) && op == 0xf4;
}

/* Where no hook is: engine_quick(). */
static bool was_forbidden(uc_err err)
{
    return err == UC_ERR_READ_PROT || err == UC_ERR_WRITE_PROT || err == UC_ERR_FETCH_PROT ||
           err == UC_ERR_READ_UNMAPPED || err == UC_ERR_WRITE_UNMAPPED || err == UC_ERR_FETCH_UNMAPPED;
}

enum engine_end engine_run(struct engine *e)
{
    for (;;) {
        e->pending = PENDING_NONE;
        e->come_out = false;
        /* No `until`: a made-up one makes the library walk the guest's page tables and clobber CR2. */
        uc_err err = uc_emu_start(e->uc, engine_get(e, UC_X86_REG_RIP), 0, 0, 0);
        if (e->lingering)
            engine_translate_anew(e);
        if (e->debugged != NULL)
            engine_debug_settle(e);
        if (e->pending == PENDING_NONE && atomic_exchange(&e->alarm, false)) {
            e->client->alarm(e->self);
            return ENGINE_STOPPED;
        }
        switch (e->pending) {
        case PENDING_STOP:
            return ENGINE_STOPPED;
        case PENDING_SLICE:
            return ENGINE_SLICED;
        case PENDING_DUE:
            return ENGINE_DUE;
        case PENDING_WINDOW:
            return ENGINE_WINDOW;
        case PENDING_REACHED:
            return ENGINE_REACHED;
        case PENDING_AGAIN:
            continue;
        case PENDING_TAKEN:
            e->client->take_over(e->self);
            continue;
        case PENDING_VMCALL:
        case PENDING_VMMCALL:
            if (e->client->hypercall(e->self, e->pending == PENDING_VMMCALL)) {
                if (e->pending == PENDING_STOP)
                    return ENGINE_STOPPED;
                continue;
            }
            engine_put(e, UC_X86_REG_RIP, engine_get(e, UC_X86_REG_RIP) - 3);
            e->client->exception(e->self, &invalid_opcode);
            return ENGINE_STOPPED;
        case PENDING_NONE:
            break;
        }
        if (e->again != NULL && was_forbidden(err)) {
            again_doubt(e, "an access that nobody was asked about");
            return ENGINE_STOPPED;
        }
        if (err == UC_ERR_OK && after_hlt(e))
            return ENGINE_HALTED;
        (void)snprintf(e->error, sizeof e->error, "%s", err == UC_ERR_OK ? "stopped for no reason" : uc_strerror(err));
        return ENGINE_FAILED;
    }
}
