/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Intel SDM volume 3, 4.5: 4-level and 5-level paging. */
#include "machine/pagemap.h"

#include "base/le.h"

#define CR4_LA57 (1ULL << 12)
#define EFER_NXE (1ULL << 11)
#define PTE_P 1u
#define PTE_W (1u << 1)
#define PTE_U (1u << 2)
#define PTE_PS (1u << 7)
#define PTE_PAT_LARGE (1ULL << 12)
#define PTE_NX (1ULL << 63)
#define PTE_ADDRESS 0x000ffffffffff000ULL
#define ENTRIES 512u
#define LARGEST_PAGE_LEVEL 3u

struct visit {
    const struct memory *m;
    const struct pagemap_visitor *to;
    uint64_t phys_mask;
    bool nxe;
    uint32_t tables;
    struct pagemap_run run;
};

static void flush(struct visit *v)
{
    if (v->run.size != 0 && v->to->run != NULL)
        v->to->run(v->to->self, &v->run);
    v->run.size = 0;
}

static void page(struct visit *v, const struct pagemap_run *p)
{
    struct pagemap_run *r = &v->run;
    if (r->size != 0 && r->gva + r->size == p->gva && r->gpa + r->size == p->gpa && r->writable == p->writable &&
        r->executable == p->executable && r->user == p->user) {
        r->size += p->size;
        return;
    }
    flush(v);
    *r = *p;
}

static const char *fault_of(const struct visit *v, uint64_t entry, unsigned level, bool large)
{
    const uint64_t size = 1ULL << (12 + 9 * (level - 1));
    if ((entry & PTE_ADDRESS & ~v->phys_mask) != 0)
        return "it has address bits beyond the processor's width";
    if ((entry & PTE_PS) != 0 && level > LARGEST_PAGE_LEVEL)
        return "it has the page-size bit, which is reserved there";
    if (large && (entry & PTE_ADDRESS & (size - 1) & ~PTE_PAT_LARGE) != 0)
        return "its page is not aligned to its size";
    if ((entry & PTE_NX) != 0 && !v->nxe)
        return "it forbids execution, which is reserved while EFER.NXE is off";
    return NULL;
}

static bool table(struct visit *v, uint64_t gpa, unsigned level, struct pagemap_run above);

static bool entry_at(struct visit *v, uint64_t gpa, uint64_t entry, unsigned level, struct pagemap_run here)
{
    if ((entry & PTE_P) == 0)
        return true;
    const bool large = level > 1 && level <= LARGEST_PAGE_LEVEL && (entry & PTE_PS) != 0;
    const char *why = fault_of(v, entry, level, large);
    if (why != NULL) {
        const struct pagemap_fault f = {gpa, entry, here.gva, (uint8_t)level, why};
        if (v->to->fault != NULL)
            v->to->fault(v->to->self, &f);
        return true;
    }
    here.writable = here.writable && (entry & PTE_W) != 0;
    here.user = here.user && (entry & PTE_U) != 0;
    here.executable = here.executable && (entry & PTE_NX) == 0;
    if (!large && level > 1)
        return table(v, entry & PTE_ADDRESS, level - 1, here);
    here.size = 1ULL << (12 + 9 * (level - 1));
    here.gpa = entry & PTE_ADDRESS & ~(here.size - 1);
    page(v, &here);
    return true;
}

/* @above: the rights that the entries on the way leave, and the first address. Depth is the number of levels. */
static bool table(struct visit *v, uint64_t gpa, unsigned level, struct pagemap_run above) // NOLINT(misc-no-recursion)
{
    uint8_t raw[ENTRIES * 8];
    if (++v->tables > v->to->most)
        return false;
    if (v->to->table != NULL)
        v->to->table(v->to->self, gpa);
    if (!memory_read(v->m, gpa, raw, sizeof raw)) {
        const struct pagemap_fault f = {gpa, 0, above.gva, (uint8_t)level, "the table is not in RAM"};
        if (v->to->fault != NULL)
            v->to->fault(v->to->self, &f);
        return true;
    }
    const unsigned shift = 12 + 9 * (level - 1);
    for (unsigned i = 0; i < ENTRIES; i++) {
        struct pagemap_run here = above;
        here.gva += (uint64_t)i << shift;
        /* The upper half of the address space is at its end. */
        if ((shift == 39 || shift == 48) && i >= ENTRIES / 2 && above.gva == 0)
            here.gva |= ~((1ULL << (shift + 9)) - 1);
        if (!entry_at(v, gpa + 8ULL * i, le64(raw + (size_t)8 * i), level, here))
            return false;
    }
    return true;
}

bool pagemap_visit(const struct memory *m, const struct paging *p, const struct pagemap_visitor *visitor)
{
    struct visit v = {
        .m = m, .to = visitor, .phys_mask = ((1ULL << p->phys_bits) - 1) & ~0xfffULL, .nxe = (p->efer & EFER_NXE) != 0};
    const struct pagemap_run all = {.writable = true, .executable = true, .user = true};
    const unsigned levels = (p->cr4 & CR4_LA57) != 0 ? 5 : 4;
    const bool whole = table(&v, p->cr3 & PTE_ADDRESS & v.phys_mask, levels, all);
    flush(&v);
    return whole;
}
