/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An engine whose client has 16 MiB of flat memory and nothing else: for what the engine does by itself. */
#ifndef HVMBED_TESTS_ENGINE_KIT_H
#define HVMBED_TESTS_ENGINE_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/access.h"
#include "base/le.h"
#include "base/span.h"
#include "engine/engine.h"
#include "machine/translate.h"

#define SIZE (16 * MIB)
#define START 0x100000u
#define CODE 0x102000u
#define DATA 0x300000u /* mapped by a page of 2 MiB */

struct bed {
    struct engine *e;
    struct memory memory;
    struct plan plan;
    bool again;
    bool data; /* DATA is mapped without code */
    unsigned exceptions, vector, forbidden;
    struct engine_client client;
};

/* --- a client that has flat memory and nothing else --------------------------------------------------------------- */

static bool wrmsr(void *self, uint32_t index, uint64_t value)
{
    (void)self;
    (void)index;
    (void)value;
    return true;
}

static bool rdmsr(void *self, uint32_t index, uint64_t *value)
{
    (void)self;
    (void)index;
    *value = 0;
    return true;
}

static void forbidden(void *self, enum engine_fault kind, uint64_t gpa, unsigned size, uint64_t value)
{
    struct bed *b = self;
    (void)size;
    b->forbidden++;
    if (kind == ENGINE_WRITE)
        memcpy(b->memory.base + gpa, &value, size);
}

static void new_block(void *self, const struct engine_block *b)
{
    (void)self;
    (void)b;
}

static void exception(void *self, const struct engine_exception *x)
{
    struct bed *b = self;
    b->exceptions++;
    b->vector = x->vector;
}

static void tick(void *self, uint64_t pc)
{
    (void)self;
    (void)pc;
}

/* All code of these guests is mapped one to one. */
static bool read_code(void *self, uint64_t gva, void *dst, size_t n)
{
    const struct bed *b = self;
    if (gva >= SIZE || n > SIZE - gva)
        return false;
    memcpy(dst, b->memory.base + gva, n);
    return true;
}

static const uint8_t *code_at(void *self, uint64_t gva, size_t n)
{
    const struct bed *b = self;
    return gva < SIZE && n <= SIZE - gva ? b->memory.base + gva : NULL;
}

static void ready(void *self, uint64_t gpa, size_t n)
{
    struct bed *b = self;
    if (gpa < DATA + PAGE_SIZE && gpa + n > DATA && b->data)
        assert_true(engine_protect(b->e, DATA, PAGE_SIZE, ALLOW_R | ALLOW_W));
    b->data = b->data && (gpa >= DATA + PAGE_SIZE || gpa + n <= DATA);
}

static enum engine_walk page(void *self, uint64_t gva, enum engine_fault kind, struct engine_page *out)
{
    struct bed *b = self;
    struct paging p = {.phys_bits = 40};
    engine_paging(b->e, &p.cr0, &p.cr3, &p.cr4, &p.efer);
    return translate_page(&b->memory, &p, engine_cpl(b->e), gva, kind, out);
}

static void put(struct bed *b, uint64_t gpa, const void *bytes, size_t n)
{
    memcpy(b->memory.base + gpa, bytes, n);
}

static void start(struct bed *b, bool again, const uint8_t *code, size_t n, uint32_t ebx, uint32_t esi)
{
    struct diag d = {0};
    const char *why = "";
    const struct cpu_entry entry = {.mode = ENTRY_FLAT32, .eip = START, .ebx = ebx, .esi = esi, .esp = 0x180000};
    *b = (struct bed){.again = again};
    b->client = (struct engine_client){.rdmsr = rdmsr,
                                       .wrmsr = wrmsr,
                                       .forbidden = forbidden,
                                       .new_block = new_block,
                                       .exception = exception,
                                       .tick = tick,
                                       .read_code = read_code,
                                       .code_at = code_at,
                                       .ready = ready,
                                       .page = page};
    plan_init(&b->plan, SIZE);
    assert_non_null(plan_put(&b->plan, (struct span){0, SIZE}, PLAN_RAM, CLASS_FREE, "RAM", NULL, 0, &d));
    assert_true(plan_seal(&b->plan, &d) && memory_init(&b->memory, &b->plan, 0, &d));
    b->e = engine_open(&b->client, b, 16u << 20, &why);
    assert_non_null(b->e);
    assert_true((!again || engine_again(b->e)) && engine_enter(b->e, &entry));
    static const uint64_t edge[] = {0, DATA, DATA + PAGE_SIZE, DATA + 2 * PAGE_SIZE, SIZE};
    for (unsigned i = 0; i + 1 < sizeof edge / sizeof edge[0]; i++)
        assert_true(engine_map_ram(b->e, edge[i], edge[i + 1] - edge[i], b->memory.base + edge[i], ALLOW_R | ALLOW_W));
    engine_count(b->e, true);
    put(b, START, code, n);
    assert_true(!again || (engine_keep(b->e) && engine_quick(b->e, NULL, 0)));
}

static void stop(struct bed *b)
{
    engine_close(b->e);
    memory_exit(&b->memory);
    plan_exit(&b->plan);
}

#endif
