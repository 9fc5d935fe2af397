/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses at which firmware decides something: most faults of layouts lie at an edge. */
#include "fuzz/operators.h"
#include "layout/lint.h"

/* E:OvmfPkg/OvmfXen.fdf, [FD.MEMFD], and what decompression adds; X:hvmloader/config.h; see docs/machine.md. */
static const uint64_t fixed[] = {0,          0x1000,     0x10000,    0x80000,    0xA0000,    0xC0000,    0xF0000,
                                 0x100000,   0x134000,   0x300000,   0x800000,   0x806000,   0x807000,   0x808000,
                                 0x810000,   0x820000,   0x900000,   0xA00000,   0x1000000,  0x1300000,  0x14E1000,
                                 0x1500000,  0x1510000,  0x80000000, 0xC0000000, 0xE0000000, 0xF0000000, 0xFC000000,
                                 0xFC001000, 0xFC00B000, 0xFDFFF000, 0xFE700000, 0xFEC00000, 0xFED00000, 0xFEE00000,
                                 0xFEF00000, 0xFEFF0000, 0xFEFF8000, 0xFF000000, 0xFFE00000, 0x100000000};
#define NR_FIXED (sizeof fixed / sizeof fixed[0])

/* Where PEI's memory begins: 64 MiB and the page tables below the end of low RAM (E:MemDetect.c:PublishPeiMemory). */
#define PEI_CAP (64 * MIB)

static uint64_t of_guest(const struct mutation *m)
{
    const struct guest_memory *g = &m->g;
    const struct layout *l = m->l;
    const uint64_t low = l->has_cmos_low_ram ? l->cmos_low_ram : g->low_end;
    const uint64_t pei = low > PEI_CAP ? low - PEI_CAP : low;
    const uint64_t tables = lint_table_bytes(l);
    switch (choose(m->c, 9)) {
    case 0:
    case 1:
        return g->low_end;
    case 2:
        return low;
    case 3:
        return pei;
    case 4:
        return pei > tables ? pei - tables : pei;
    case 5:
        return g->high_end != 0 ? g->high_end : 4 * GIB;
    case 6:
        return g->mmio_start;
    case 7:
        return g->pci_start;
    default:
        return 1ULL << (l->phys_bits < 52 ? l->phys_bits : 52);
    }
}

static uint64_t of_table(const struct mutation *m)
{
    const struct e820_map *t = m->l->has_e820 ? &m->l->e820 : &m->g.e820;
    if (t->nr == 0)
        return MIB;
    const struct span s = t->e[choose(m->c, t->nr)].at;
    return choose(m->c, 2) == 0 ? s.start : s.end;
}

static uint64_t anywhere(const struct mutation *m)
{
    const uint64_t top = choose(m->c, 4) == 0 ? 4 * GIB : m->g.low_end;
    return page_down(choose(m->c, top));
}

/* A step away from an edge, or none. */
static uint64_t near(struct chooser *c, uint64_t at)
{
    static const uint64_t steps[] = {0, 0, 0, 0, 1, 0x800, 0x1000, 0x4000, 0x10000, 0x100000, 0x200000, 0x4000000};
    const uint64_t step = steps[choose(c, sizeof steps / sizeof steps[0])] * (1 + choose(c, 3));
    return choose(c, 2) == 0 ? at + step : at > step ? at - step : at;
}

uint64_t choose_place(const struct mutation *m)
{
    const uint64_t kind = choose(m->c, 8);
    const uint64_t at = kind < 3    ? of_guest(m)
                        : kind < 5  ? fixed[choose(m->c, NR_FIXED)]
                        : kind == 7 ? anywhere(m)
                                    : of_table(m);
    return near(m->c, at);
}

uint64_t choose_size(struct chooser *c)
{
    static const uint64_t sizes[] = {0x1000,   0x1000,    0x2000,    0x4000,    0x10000, 0x10000, 0x100000,
                                     0x200000, 0x1000000, 0x4000000, 0x8000000, 1,       40,      0xFFF};
    return sizes[choose(c, sizeof sizes / sizeof sizes[0])] * (1 + choose(c, 4));
}
