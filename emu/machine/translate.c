/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "machine/translate.h"

#include "base/le.h"
#include "base/span.h"
#include "machine/pages.h"

/* Intel SDM volume 3, 2.5 and 4.5. */
#define CR0_WP (1ULL << 16)
#define CR0_PG (1ULL << 31)
#define CR4_STRANGE (1ULL << 12 | 1ULL << 20 | 1ULL << 21 | 1ULL << 22) /* LA57, SMEP, SMAP, PKE */
#define EFER_LMA (1ULL << 10)
#define EFER_NXE (1ULL << 11)
#define PTE_P 1ULL
#define PTE_W 2ULL
#define PTE_A 0x20ULL
#define PTE_D 0x40ULL
#define PTE_PS 0x80ULL
#define PTE_NX (1ULL << 63)
#define PTE_ADDRESS 0x000ffffffffff000ULL
#define PTE_PAT_LARGE 0x1000ULL
#define LIBRARY_BITS 40u /* TCG_PHYS_ADDR_BITS: it takes higher address bits for reserved ones */
#define INDEX_BITS 9u
#define LEVELS 4u

static void set(struct memory *m, uint64_t gpa, uint8_t *at, uint64_t entry, uint64_t bits)
{
    if ((entry & bits) == bits)
        return;
    if (m->pages != NULL && at == memory_at(m, gpa))
        pages_writing(m, (struct span){gpa, gpa + 8});
    put_le64(at, entry | bits);
}

static bool is_reserved(const struct paging *p, uint64_t entry, uint64_t size)
{
    const unsigned bits = p->phys_bits < LIBRARY_BITS ? p->phys_bits : LIBRARY_BITS;
    return (entry & PTE_ADDRESS) >> bits != 0 || (entry & (size - 1) & PTE_ADDRESS & ~PTE_PAT_LARGE) != 0 ||
           ((entry & PTE_NX) != 0 && (p->efer & EFER_NXE) == 0);
}

/* What all entries on the way allow. */
static unsigned rights(const struct paging *p, uint64_t all, uint64_t any)
{
    return ALLOW_R | ((all & PTE_W) != 0 || (p->cr0 & CR0_WP) == 0 ? ALLOW_W : 0u) |
           ((any & PTE_NX) == 0 ? ALLOW_X : 0u);
}

enum engine_walk translate_page(struct memory *m, const struct paging *p, unsigned cpl, uint64_t gva,
                                enum engine_fault kind, struct engine_page *out)
{
    static const unsigned need[] = {[ENGINE_READ] = ALLOW_R, [ENGINE_WRITE] = ALLOW_W, [ENGINE_FETCH] = ALLOW_X};
    *out = (struct engine_page){(p->efer & EFER_LMA) != 0 ? gva : (uint32_t)gva, ALLOW_R | ALLOW_W | ALLOW_X};
    if ((p->cr0 & CR0_PG) == 0)
        return ENGINE_MAPPED;
    if ((p->efer & EFER_LMA) == 0 || (p->cr4 & CR4_STRANGE) != 0 || cpl == 3)
        return ENGINE_STRANGE;
    if (gva >> 47 != 0 && gva >> 47 != 0x1ffff)
        return ENGINE_FAULTS;
    uint64_t table = p->cr3 & PTE_ADDRESS, all = UINT64_MAX, any = 0;
    for (unsigned level = LEVELS;; level--) {
        const unsigned shift = PAGE_SHIFT + INDEX_BITS * (level - 1);
        const uint64_t gpa = table + (gva >> shift & ((1u << INDEX_BITS) - 1)) * 8;
        uint8_t *at = memory_hva(m, gpa);
        const uint64_t entry = at != NULL ? le64(at) : 0;
        const bool last = level == 1 || (level < LEVELS && (entry & PTE_PS) != 0);
        const uint64_t size = last ? 1ULL << shift : 1;
        if ((entry & PTE_P) == 0 || is_reserved(p, entry, size) || (level == LEVELS && (entry & PTE_PS) != 0))
            return ENGINE_FAULTS;
        all &= entry;
        any |= entry;
        table = entry & PTE_ADDRESS;
        if (!last) {
            set(m, gpa, at, entry, PTE_A);
            continue;
        }
        out->allow = rights(p, all, any);
        if ((out->allow & need[kind]) == 0)
            return ENGINE_FAULTS;
        const uint64_t bits = PTE_A | (kind == ENGINE_WRITE ? PTE_D : 0);
        set(m, gpa, at, entry, bits);
        if (((entry | bits) & PTE_D) == 0)
            out->allow &= ~(unsigned)ALLOW_W; /* the first store is to set it */
        out->gpa = page_down((table & ~(size - 1)) | (gva & (size - 1)));
        return ENGINE_MAPPED;
    }
}
