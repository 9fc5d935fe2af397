/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Page tables of a guest: walked for single addresses, and all that they map. Entries are written where the bytes say. */
#include "../fuzz.h"

#include "base/span.h"
#include "machine/pagemap.h"

#define TABLES 16u /* pages from TABLE_AT on */
#define TABLE_AT 0x1000u

struct seen {
    uint64_t runs, faults, tables;
};
static void on_run(void *self, const struct pagemap_run *r)
{
    ((struct seen *)self)->runs++;
    if (r->size == 0 || r->size % PAGE_SIZE != 0)
        abort();
}
static void on_fault(void *self, const struct pagemap_fault *f)
{
    ((struct seen *)self)->faults++;
    if (f->why == NULL || f->level < 1 || f->level > 5)
        abort();
}
static void on_table(void *self, uint64_t gpa)
{
    (void)gpa;
    ((struct seen *)self)->tables++;
}

static struct memory *make_memory(void)
{
    static struct plan plan;
    static struct memory m;
    struct diag d = {0};
    plan_init(&plan, 16 * MIB);
    if (plan_put(&plan, (struct span){0, 8 * MIB}, PLAN_RAM, CLASS_FREE, "RAM", NULL, 0, &d) == NULL ||
        !plan_seal(&plan, &d) || !memory_init(&m, &plan, 0, &d))
        abort();
    return &m;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const uint8_t zero[TABLES * PAGE_SIZE];
    static struct memory *m;
    if (m == NULL)
        m = make_memory();
    (void)memory_write(m, TABLE_AT, zero, sizeof zero);
    struct feed in = {bytes, n};
    const uint64_t how = feed(&in, 1);
    struct paging p = {.cr0 = 1u << 31 | 1, .cr3 = TABLE_AT, .cr4 = (how & 1) != 0 ? 0x1020 : 0x20, .efer = 0xD00};
    p.phys_bits = 32 + (unsigned)(how >> 3) % 21;
    if ((how & 2) != 0) { /* legacy or PAE */
        p.efer = 0;
        p.cr4 = (how & 1) != 0 ? 0x20 : 0x10;
    }
    uint64_t address = feed(&in, 6);
    while (in.n > 0) {
        const uint64_t at = TABLE_AT + feed(&in, 1) % TABLES * PAGE_SIZE + feed(&in, 2) % 512 * 8, kind = feed(&in, 1);
        uint64_t entry = kind;
        entry |= (kind & 0x40) != 0 ? feed(&in, 8) : TABLE_AT + feed(&in, 1) % TABLES * PAGE_SIZE;
        (void)memory_write(m, at, &entry, sizeof entry);
    }
    for (unsigned i = 0; i < 4; i++, address = address << 9 | address >> 39) {
        struct walk w;
        uint8_t copy[24];
        const uint64_t gva = (uint64_t)((int64_t)(address << 16) >> 16);
        if (walk_gva(m, &p, gva, &w) != w.present || (!w.present && w.why == NULL) || w.nr > 4)
            abort();
        if (walk_read(m, &p, gva, copy, sizeof copy))
            (void)walk_write(m, &p, gva, copy, sizeof copy);
    }
    struct seen seen = {0};
    const struct pagemap_visitor visitor = {on_run, on_fault, on_table, &seen, LIMIT_TABLES_DEFAULT};
    if ((how & 2) == 0)
        (void)pagemap_visit(m, &p, &visitor);
    return 0;
}
