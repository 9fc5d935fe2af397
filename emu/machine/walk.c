/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "machine/walk.h"

#include <string.h>

#include "base/le.h"
#include "base/span.h"

#define CR0_PG (1ULL << 31)
#define CR4_PSE (1ULL << 4)
#define CR4_PAE (1ULL << 5)
#define EFER_LMA (1ULL << 10)
#define PTE_P 1u
#define PTE_PS (1u << 7)
#define PTE_PAT_LARGE (1ULL << 12)

/* One paging mode: Intel SDM volume 3, 4.3 to 4.5. */
struct mode {
    unsigned levels;     /* table levels */
    unsigned entry_size; /* bytes */
    unsigned index_bits;
    unsigned large_from; /* the highest level whose entry may be a page; 1 for none */
    uint64_t root_mask;  /* of CR3 */
};
static const struct mode long_mode = {4, 8, 9, 3, ~0xfffULL};
static const struct mode pae_mode = {3, 8, 9, 2, 0xffffffe0ULL};
static const struct mode legacy_mode = {2, 4, 10, 2, 0xfffff000ULL};

static bool fail(struct walk *w, const char *why)
{
    w->why = why;
    return false;
}

static bool canonical(uint64_t gva)
{
    uint64_t top = gva >> 47;
    return top == 0 || top == 0x1ffff;
}

bool walk_gva(const struct memory *m, const struct paging *p, uint64_t gva, struct walk *w)
{
    memset(w, 0, sizeof *w);
    if ((p->cr0 & CR0_PG) == 0) {
        w->present = true;
        w->gpa = gva;
        return true;
    }
    const struct mode *mode = (p->efer & EFER_LMA) != 0 ? &long_mode
                              : (p->cr4 & CR4_PAE) != 0 ? &pae_mode
                                                        : &legacy_mode;
    if (mode == &long_mode && !canonical(gva))
        return fail(w, "not a canonical address");
    uint64_t phys_mask = ((1ULL << p->phys_bits) - 1) & ~0xfffULL;
    uint64_t table = p->cr3 & mode->root_mask & ((1ULL << p->phys_bits) - 1);
    for (unsigned level = mode->levels; level >= 1; level--) {
        unsigned shift = 12 + mode->index_bits * (level - 1);
        uint64_t index = gva >> shift & ((1u << mode->index_bits) - 1);
        if (mode == &pae_mode && level == 3)
            index &= 3;
        struct walk_step *s = &w->step[w->nr];
        s->level = (uint8_t)level;
        s->entry_gpa = table + index * mode->entry_size;
        uint8_t raw[8] = {0};
        if (!memory_read(m, s->entry_gpa, raw, mode->entry_size))
            return fail(w, "the table is not in RAM");
        w->nr++;
        s->entry = le64(raw);
        if ((s->entry & PTE_P) == 0)
            return fail(w, "not present");
        bool large = level > 1 && level <= mode->large_from && (s->entry & PTE_PS) != 0 &&
                     (mode != &legacy_mode || (p->cr4 & CR4_PSE) != 0);
        uint64_t base = s->entry & phys_mask;
        if (mode != &legacy_mode && (s->entry & 0x000ffffffffff000ULL) != base)
            return fail(w, "address bits beyond the processor's width are set");
        if (large || level == 1) {
            uint64_t size = 1ULL << shift;
            if (large && mode != &legacy_mode && (base & (size - 1) & ~PTE_PAT_LARGE) != 0)
                return fail(w, "reserved bits are set");
            w->present = true;
            w->gpa = (base & ~(size - 1)) | (gva & (size - 1));
            return true;
        }
        table = base;
    }
    return fail(w, "not present");
}

/* A page at a time, in both directions. */
static bool copy(struct memory *m, const struct paging *p, uint64_t gva, uint8_t *out, const uint8_t *in, size_t n)
{
    for (size_t done = 0, piece; done < n; done += piece) {
        piece = (size_t)(PAGE_SIZE - (gva + done) % PAGE_SIZE);
        if (piece > n - done)
            piece = n - done;
        struct walk w;
        if (!walk_gva(m, p, gva + done, &w))
            return false;
        if (out != NULL ? !memory_read(m, w.gpa, out + done, piece) : !memory_write(m, w.gpa, in + done, piece))
            return false;
    }
    return true;
}

bool walk_read(const struct memory *m, const struct paging *p, uint64_t gva, void *dst, size_t n)
{
    struct memory view = *m; /* only read */
    return copy(&view, p, gva, dst, NULL, n);
}

bool walk_write(struct memory *m, const struct paging *p, uint64_t gva, const void *src, size_t n)
{
    return copy(m, p, gva, NULL, src, n);
}
