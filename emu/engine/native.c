/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a block would be without a debugger's hooks: another engine of the library, with the hooks of a plain run, is given
 * the same bytes and the same state, and asked to translate them. It never runs anything.
 */
#include <stdlib.h>
#include <string.h>

#include "base/le.h"
#include "base/span.h"
#include "engine/internal.h"

#define CR0_PG (1ull << 31)
#define EFER_LMA 0x400u
#define PAGES 2u  /* that a block can lie in */
#define LEVELS 4u /* of page tables in long mode */
#define ENTRY_PRESENT_WRITABLE 3u

/* The code lies at its own address where that is physical. In long mode tables are needed: they lie at 0, and lead to it. */
struct native {
    struct engine *e;
    uc_context *context;
    uint8_t *code;   /* PAGES, page-aligned, and LEVELS for tables behind them */
    uint64_t mapped; /* where the code is; UINT64_MAX: nowhere */
    bool tables;     /* are mapped too */
};
#define TABLES_AT 0u
#define CODE_AT 0x10000u

static bool no_code(void *self, uint64_t gva, void *dst, size_t n)
{
    (void)self;
    (void)gva;
    (void)dst;
    (void)n;
    return false;
}

struct native *native_new(void)
{
    static const struct engine_client nobody = {.read_code = no_code};
    const char *why;
    struct native *n = calloc(1, sizeof *n);
    if (n == NULL)
        return NULL;
    n->mapped = UINT64_MAX;
    n->code = aligned_alloc(PAGE_SIZE, (PAGES + LEVELS) * PAGE_SIZE);
    n->e = engine_open(&nobody, NULL, 0, &why);
    if (n->code != NULL && n->e != NULL && uc_context_alloc(n->e->uc, &n->context) == UC_ERR_OK &&
        engine_add_hooks(n->e)) {
        engine_count(n->e, true);
        return n;
    }
    native_free(n);
    return NULL;
}

void native_free(struct native *n)
{
    if (n == NULL)
        return;
    if (n->context != NULL)
        (void)uc_context_free(n->context);
    engine_close(n->e);
    free(n->code);
    free(n);
}

/* The pages around the block. */
static bool copy_code(struct native *n, struct engine *e, uint64_t page)
{
    memset(n->code, 0, PAGES * PAGE_SIZE);
    for (unsigned i = 0; i < PAGES; i++)
        if (!e->client->read_code(e->self, page + i * PAGE_SIZE, n->code + i * PAGE_SIZE, PAGE_SIZE) && i == 0)
            return false;
    return true;
}

/* With the tables, where there are any: code in low memory would lie on them. */
static bool map(struct native *n, uint64_t at, bool tables)
{
    uc_engine *uc = n->e->uc;
    if (n->mapped == at && n->tables == tables)
        return true;
    if (n->mapped != UINT64_MAX)
        (void)uc_mem_unmap(uc, n->mapped, PAGES * PAGE_SIZE);
    if (n->tables)
        (void)uc_mem_unmap(uc, TABLES_AT, LEVELS * PAGE_SIZE);
    n->mapped = uc_mem_map_ptr(uc, at, PAGES * PAGE_SIZE, UC_PROT_ALL, n->code) == UC_ERR_OK ? at : UINT64_MAX;
    n->tables = tables && uc_mem_map_ptr(uc, TABLES_AT, LEVELS * PAGE_SIZE, UC_PROT_ALL, n->code + PAGES * PAGE_SIZE) ==
                              UC_ERR_OK;
    return n->mapped == at && n->tables == tables;
}

/* One table a level is enough: both pages' entries are in the same ones, wherever they belong. */
static void fill_tables(struct native *n, uint64_t page)
{
    uint8_t *tables = n->code + PAGES * PAGE_SIZE;
    memset(tables, 0, LEVELS * PAGE_SIZE);
    for (unsigned i = 0; i < PAGES; i++)
        for (unsigned level = 0; level < LEVELS; level++) {
            const uint64_t index = (page + i * PAGE_SIZE) >> (39 - 9 * level) & 511;
            const uint64_t next = level + 1 < LEVELS ? TABLES_AT + (level + 1) * PAGE_SIZE : CODE_AT + i * PAGE_SIZE;
            put_le64(tables + level * PAGE_SIZE + index * 8, next | ENTRY_PRESENT_WRITABLE);
        }
}

/* In the copied state: @page leads to the code. */
static bool place(struct native *n, uint64_t page)
{
    uint64_t cr0, cr3, cr4, efer;
    engine_paging(n->e, &cr0, &cr3, &cr4, &efer);
    if ((efer & EFER_LMA) == 0) {
        engine_put(n->e, UC_X86_REG_CR0, cr0 & ~CR0_PG); /* what it decides about the code shows in long mode only */
        return map(n, page, false);
    }
    fill_tables(n, page);
    engine_put(n->e, UC_X86_REG_CR3, TABLES_AT);
    return map(n, CODE_AT, true);
}

/* uc_ctl_request_cache(), whose macro shifts 3 by 30 places in an int. */
static uc_err request(uc_engine *uc, uint64_t pc, uc_tb *tb)
{
    const unsigned what = UC_CTL_TB_REQUEST_CACHE | 2u << 26 | (unsigned)UC_CTL_IO_READ_WRITE << 30;
    return uc_ctl(uc, (uc_control_type)what, pc, tb);
}

bool native_block(struct native *n, struct engine *e, const struct engine_block *hooked, struct engine_block *out)
{
    uc_tb tb = {0};
    uc_engine *uc = n->e->uc;
    const uint64_t page = page_down(hooked->pc);
    if (!copy_code(n, e, page) || uc_context_save(e->uc, n->context) != UC_ERR_OK ||
        uc_context_restore(uc, n->context) != UC_ERR_OK || !place(n, page))
        return false;
    (void)uc_ctl_flush_tlb(uc);
    (void)uc_ctl_flush_tb(uc);
    if (request(uc, hooked->pc, &tb) != UC_ERR_OK)
        return false;
    *out = (struct engine_block){.pc = hooked->pc, .size = tb.size, .instructions = tb.icount};
    return true;
}
