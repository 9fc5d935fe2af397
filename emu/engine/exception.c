/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the library does not tell of an exception: its error code, whether an instruction asked for it (INT n), and that
 * it believes one to be in flight until it has been delivered, which is not done by the library here. All of it is in
 * the state that a context holds; where, is found out by exceptions that are known.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/span.h"
#include "engine/internal.h"

#define PROBE_AT 0x10000u
#define SELECTOR_A 0x1238u
#define SELECTOR_B 0x4358u
#define VECTOR_PF 14u
#define PF_WRITE 2u
#define PF_FETCH 16u
#define NONE UINT32_MAX /* no exception is in flight */

/* In 64-bit mode with no GDT; each probe raises one exception. */
static const uint8_t probe_code[] = {
    0x8e, 0x1d, 0x0a, 0x00, 0x00, 0x00, /* 00: mov ds, [10]: #GP(SELECTOR_A) */
    0x8e, 0x1d, 0x06, 0x00, 0x00, 0x00, /* 06: mov ds, [12]: #GP(SELECTOR_B) */
    0x31, 0xc9, 0xf7, 0xf1,             /* 0c: xor ecx, ecx; div ecx: #DE */
    0x38, 0x12, 0x58, 0x43,             /* 10, 12 */
    0xcd, 0x55,                         /* 14: int 55h */
};
enum probe { PROBE_NOTHING, PROBE_GP_A, PROBE_GP_B, PROBE_DE, PROBE_INT, PROBES };
struct probe_values {
    uint32_t at;
    uint32_t code, software, in_flight; /* what the library then has */
};
static const struct probe_values probe[PROBES] = {
    [PROBE_NOTHING] = {0, 0, 0, NONE},        [PROBE_GP_A] = {0x00, SELECTOR_A, 0, 13},
    [PROBE_GP_B] = {0x06, SELECTOR_B, 0, 13}, [PROBE_DE] = {0x0c, 0, 0, 0},
    [PROBE_INT] = {0x14, 0, 1, NONE},
};

static void stop(uc_engine *uc, uint32_t vector, void *user)
{
    (void)vector;
    (void)user;
    (void)uc_emu_stop(uc);
}

static bool run_probes(uc_engine *uc, uc_context *after[PROBES])
{
    uc_hook h;
    if (uc_mem_map(uc, PROBE_AT, PAGE_SIZE, UC_PROT_ALL) != UC_ERR_OK ||
        uc_mem_write(uc, PROBE_AT, probe_code, sizeof probe_code) != UC_ERR_OK ||
        uc_hook_add(uc, &h, UC_HOOK_INTR, (void *)stop, NULL, 1, 0) != UC_ERR_OK)
        return false;
    for (unsigned i = 0; i < PROBES; i++)
        if ((i != PROBE_NOTHING && (uc_context_restore(uc, after[0]) != UC_ERR_OK ||
                                    uc_emu_start(uc, PROBE_AT + probe[i].at, 0, 0, 0) != UC_ERR_OK)) ||
            uc_context_save(uc, after[i]) != UC_ERR_OK)
            return false;
    return true;
}

static uint32_t word(const uc_context *c, size_t at)
{
    uint32_t v;
    memcpy(&v, (const uint8_t *)c + at, sizeof v);
    return v;
}

static bool fits(uc_context *const after[PROBES], size_t at, size_t field)
{
    for (unsigned i = 0; i < PROBES; i++) {
        uint32_t want;
        memcpy(&want, (const uint8_t *)&probe[i] + field, sizeof want);
        if (word(after[i], at) != want)
            return false;
    }
    return true;
}

/* The one place whose values are those of the table's column at @field; 0 when it is not exactly one. */
static size_t find(uc_context *const after[PROBES], size_t size, size_t from, size_t to, size_t field)
{
    size_t found = 0;
    for (size_t at = from; at + sizeof(uint32_t) <= size && at < to; at += sizeof(uint32_t)) {
        if (!fits(after, at, field))
            continue;
        if (found != 0)
            return 0;
        found = at;
    }
    return found;
}

static void learn(struct engine *e)
{
    const char *why;
    uc_context *after[PROBES] = {NULL};
    uc_engine *uc = engine_open_library(0, &why);
    bool ok = uc != NULL;
    e->learnt = true;
    for (unsigned i = 0; ok && i < PROBES; i++)
        ok = uc_context_alloc(uc, &after[i]) == UC_ERR_OK;
    if (ok && run_probes(uc, after)) {
        const size_t size = uc_context_size(uc), code = find(after, size, 0, size, offsetof(struct probe_values, code));
        e->code_at = code;
        e->in_flight_at = find(after, size, 0, size, offsetof(struct probe_values, in_flight));
        if (code != 0) /* its neighbour; other flags look the same */
            e->software_at = find(after, size, code + 4, code + 8, offsetof(struct probe_values, software));
    }
    for (unsigned i = 0; i < PROBES; i++)
        if (after[i] != NULL)
            (void)uc_context_free(after[i]);
    if (uc != NULL)
        (void)uc_close(uc);
}

static bool knows(struct engine *e)
{
    if (!e->learnt)
        learn(e);
    return e->code_at != 0 && e->software_at != 0 && e->in_flight_at != 0 &&
           (e->taken != NULL || uc_context_alloc(e->uc, &e->taken) == UC_ERR_OK) &&
           uc_context_save(e->uc, e->taken) == UC_ERR_OK;
}

bool engine_exception_has_code(unsigned vector)
{
    return vector == 8 || (vector >= 10 && vector <= 14) || vector == 17;
}

void engine_describe(struct engine *e, unsigned vector, struct engine_exception *x)
{
    *x = (struct engine_exception){.vector = vector};
    if (!knows(e))
        return;
    x->software = word(e->taken, e->software_at) != 0;
    x->has_code = engine_exception_has_code(vector) && !x->software;
    x->code = x->has_code ? word(e->taken, e->code_at) : 0;
    if (vector == VECTOR_PF && x->has_code && (x->code & (PF_WRITE | PF_FETCH)) == 0 &&
        engine_get(e, UC_X86_REG_CR2) != engine_pc(e) && engine_insn_modifies(e))
        x->code |= PF_WRITE;
}

bool engine_exception_over(struct engine *e)
{
    const uint32_t none = NONE;
    if (!knows(e)) {
        (void)snprintf(e->error, sizeof e->error, "this library cannot go on after an exception");
        return false;
    }
    if (word(e->taken, e->in_flight_at) == NONE)
        return true;
    memcpy((uint8_t *)e->taken + e->in_flight_at, &none, sizeof none);
    return uc_context_restore(e->uc, e->taken) == UC_ERR_OK;
}
