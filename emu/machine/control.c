/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "machine/control.h"

#include <stddef.h>

#define CR0_PE 1ull
#define CR0_NW (1ull << 29)
#define CR0_CD (1ull << 30)
#define CR0_PG (1ull << 31)
#define CR3_FLUSHES_NOT (1ull << 63) /* with CR4.PCIDE */
#define CR3_PCID 0xFFFull
#define CR4_PSE (1ull << 4)
#define CR4_PAE (1ull << 5)
#define CR4_PGE (1ull << 7)
#define CR4_LA57 (1ull << 12)
#define CR4_PCIDE (1ull << 17)
#define CR4_SMEP (1ull << 20)
#define EFER_LME (1ull << 8)
#define EFER_LMA (1ull << 10)
#define TPR_MAX 15u
#define PTE_P 1ull
#define PDPTE_RESERVED 0x1E6ull

/* --- what the processor has --------------------------------------------------------------------------------------- */

enum leaf { LEAF_1, LEAF_7, LEAF_EXTENDED, LEAVES };
enum reg { EAX, EBX, ECX, EDX };
struct feature {
    enum leaf leaf;
    enum reg reg;
    unsigned bit;
    uint64_t gives;
};
/* SDM 3A, 2.5. */
static const struct feature of_cr4[] = {
    {LEAF_1, EDX, 1, 3},        {LEAF_1, EDX, 4, 1 << 2},     {LEAF_1, EDX, 2, 1 << 3},   {LEAF_1, EDX, 3, CR4_PSE},
    {LEAF_1, EDX, 6, CR4_PAE},  {LEAF_1, EDX, 13, CR4_PGE},   {LEAF_1, EDX, 24, 1 << 9},  {LEAF_1, EDX, 25, 1 << 10},
    {LEAF_7, ECX, 2, 1 << 11},  {LEAF_7, ECX, 16, CR4_LA57},  {LEAF_1, ECX, 5, 1 << 13},  {LEAF_1, ECX, 6, 1 << 14},
    {LEAF_7, EBX, 0, 1 << 16},  {LEAF_1, ECX, 17, CR4_PCIDE}, {LEAF_1, ECX, 26, 1 << 18}, {LEAF_7, EBX, 7, CR4_SMEP},
    {LEAF_7, EBX, 20, 1 << 21}, {LEAF_7, ECX, 3, 1 << 22},
};
/* PCE has no bit of its own. A Xen guest's CPUID shows MCE, and firmware takes it for granted; the bed's has no banks to go with it. */
#define CR4_ALWAYS (1ull << 8 | 1ull << 6)
/* AMD APM 2, 3.1.7. */
static const struct feature of_efer[] = {
    {LEAF_EXTENDED, EDX, 11, 1},       {LEAF_EXTENDED, EDX, 29, EFER_LME | EFER_LMA},
    {LEAF_EXTENDED, EDX, 20, 1 << 11}, {LEAF_EXTENDED, ECX, 2, 1 << 12},
    {LEAF_EXTENDED, EDX, 25, 1 << 14},
};
#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static uint64_t given(const struct feature *f, size_t n, const uint32_t *const leaf[LEAVES])
{
    uint64_t bits = 0;
    for (size_t i = 0; i < n; i++)
        if ((leaf[f[i].leaf][f[i].reg] >> f[i].bit & 1) != 0)
            bits |= f[i].gives;
    return bits;
}

void control_features(struct control_features *f, unsigned phys_bits, const uint32_t leaf1[CPUID_REGS],
                      const uint32_t leaf7[CPUID_REGS], const uint32_t extended[CPUID_REGS])
{
    const uint32_t *const leaf[LEAVES] = {leaf1, leaf7, extended};
    f->phys_bits = phys_bits;
    f->cr4 = given(of_cr4, COUNT(of_cr4), leaf) | CR4_ALWAYS;
    f->efer = given(of_efer, COUNT(of_efer), leaf);
}

/* --- what it takes ------------------------------------------------------------------------------------------------ */

static uint64_t beyond_phys(const struct control_features *f)
{
    return ~((1ull << f->phys_bits) - 1);
}

static bool allows_cr0(const struct control_state *now, uint64_t v)
{
    const bool on = (v & CR0_PG) != 0, was = (now->cr0 & CR0_PG) != 0;
    if (v >> 32 != 0 || (on && (v & CR0_PE) == 0) || ((v & CR0_NW) != 0 && (v & CR0_CD) == 0))
        return false;
    if (on && !was && (now->efer & EFER_LME) != 0 && (now->cr4 & CR4_PAE) == 0)
        return false;
    return on || !was || (!now->code64 && (now->cr4 & CR4_PCIDE) == 0);
}

static bool allows_cr3(const struct control_features *f, const struct control_state *now, uint64_t v)
{
    if ((now->efer & EFER_LMA) == 0)
        return true;
    const uint64_t free = (now->cr4 & CR4_PCIDE) != 0 ? CR3_FLUSHES_NOT : 0;
    return (v & beyond_phys(f) & ~free) == 0;
}

static bool allows_cr4(const struct control_features *f, const struct control_state *now, uint64_t v)
{
    const bool is_long = (now->efer & EFER_LMA) != 0;
    if ((v & ~f->cr4) != 0 || (is_long && ((v & CR4_PAE) == 0 || ((v ^ now->cr4) & CR4_LA57) != 0)))
        return false;
    const bool pcid_begins = (v & ~now->cr4 & CR4_PCIDE) != 0;
    return !pcid_begins || (is_long && (now->cr3 & CR3_PCID) == 0);
}

bool control_allows(const struct control_features *f, const struct control_state *now, unsigned cr, uint64_t value)
{
    switch (cr) {
    case 0:
        return allows_cr0(now, value);
    case 3:
        return allows_cr3(f, now, value);
    case 4:
        return allows_cr4(f, now, value);
    case 8:
        return value <= TPR_MAX;
    default:
        return true;
    }
}

static bool is_canonical(const struct control_state *now, uint64_t gva)
{
    const unsigned bits = (now->cr4 & CR4_LA57) != 0 ? 57 : 48;
    const uint64_t top = gva >> (bits - 1);
    return top == 0 || top == UINT64_MAX >> (bits - 1);
}

/* LSTAR, CSTAR; FS.base, GS.base, KernelGS.base. */
static bool holds_address(uint32_t index)
{
    return index == 0xC0000082u || index == 0xC0000083u || (index >= 0xC0000100u && index <= 0xC0000102u);
}

bool control_allows_msr(const struct control_features *f, const struct control_state *now, uint32_t index,
                        uint64_t value)
{
    if (holds_address(index))
        return is_canonical(now, value);
    if (index != MSR_EFER)
        return true;
    return (value & ~f->efer) == 0 && ((now->cr0 & CR0_PG) == 0 || ((value ^ now->efer) & EFER_LME) == 0);
}

/* --- PAE paging --------------------------------------------------------------------------------------------------- */

bool control_loads_entries(const struct control_state *now, unsigned cr, uint64_t value, uint64_t *gpa)
{
    struct control_state then = *now;
    switch (cr) {
    case 0:
        then.cr0 = value;
        break;
    case 3:
        then.cr3 = value;
        break;
    case 4:
        then.cr4 = value;
        break;
    default:
        return false;
    }
    const uint64_t changes = CR4_PSE | CR4_PAE | CR4_PGE | CR4_SMEP;
    const bool loads = cr == 3 || (cr == 0 && ((now->cr0 ^ value) & (CR0_PG | CR0_CD | CR0_NW)) != 0) ||
                       (cr == 4 && ((now->cr4 ^ value) & changes) != 0);
    *gpa = then.cr3 & 0xFFFFFFE0u;
    return loads && (then.cr0 & CR0_PG) != 0 && (then.cr4 & CR4_PAE) != 0 && (then.efer & EFER_LME) == 0;
}

bool control_entries_good(const struct control_features *f, const uint64_t entry[CONTROL_ENTRIES])
{
    for (unsigned i = 0; i < CONTROL_ENTRIES; i++)
        if ((entry[i] & PTE_P) != 0 && (entry[i] & (PDPTE_RESERVED | beyond_phys(f))) != 0)
            return false;
    return true;
}
