/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a layout says, as the checks ask it. */
#include "layout/lint_internal.h"

#include <inttypes.h>
#include <stdio.h>

#define GIB4 (4ULL * GIB)
#define VGA_BASE 0xA0000ULL
#define VGA_END 0xC0000ULL
#define OVMF_MAX_BITS 48 /* E:XenPlatformPei/MemDetect.c:AddressWidthInitialization */

unsigned lint_memory_line(const struct lint *o)
{
    return o->in->at != NULL ? o->in->at->memory : 0;
}

/* The line of entry @i of the E820; an entry that Xen makes follows from memory=. */
unsigned lint_entry_line(const struct lint *o, unsigned i)
{
    const struct layout_lines *at = o->in->at;
    if (at == NULL)
        return 0;
    return o->in->layout->has_e820 && at->entry[i] != 0 ? at->entry[i] : at->memory;
}

unsigned lint_table_line(const struct lint *o)
{
    return o->in->layout->has_e820 ? LINE_OF(o, e820) : lint_memory_line(o);
}

const struct e820_map *lint_map(const struct lint *o)
{
    return &o->in->guest->e820;
}

bool lint_is_hvm(const struct lint *o)
{
    return o->in->layout->type == GUEST_HVM;
}

bool lint_xen_before(const struct layout *l, unsigned minor)
{
    return l->xen_major < 4 || (l->xen_major == 4 && l->xen_minor < minor);
}

const char *lint_type_text(uint32_t type, char buf[16])
{
    const char *name = e820_type_name(type);
    (void)snprintf(buf, 16, "type %" PRIu32, type);
    return name != NULL ? name : buf;
}

/* The first bytes of @s that no entry of @type covers; false when there are none. */
bool lint_first_gap(const struct e820_map *m, uint32_t type, struct span s, struct span *gap)
{
    uint64_t at = s.start;
    while (at < s.end) {
        uint64_t covered = at, next = s.end;
        for (unsigned i = 0; i < m->nr; i++) {
            struct span e = m->e[i].at;
            if (type != ANY_TYPE && m->e[i].type != type)
                continue;
            if (span_has(e, at) && e.end > covered)
                covered = e.end;
            else if (e.start > at && e.start < e.end && e.start < next)
                next = e.start;
        }
        if (covered == at) {
            *gap = (struct span){at, next};
            return true;
        }
        at = covered;
    }
    return false;
}

/* What the toolstack populates and hvmloader leaves, as RAM entries. */
void lint_populated(const struct lint *o, struct e820_map *m)
{
    const struct guest_memory *g = o->in->guest;
    m->nr = 0;
    e820_add(m, 0, lint_is_hvm(o) ? VGA_BASE : g->low_end, E820_TYPE_RAM);
    if (lint_is_hvm(o))
        e820_add(m, VGA_END, g->low_end, E820_TYPE_RAM);
    e820_add(m, GIB4, g->high_end, E820_TYPE_RAM); /* refused when there is none */
}

/* The end of the highest RAM below 4 GiB that the E820 tells of. */
uint64_t lint_low_end(const struct e820_map *m)
{
    uint64_t end = 0;
    for (unsigned i = 0; i < m->nr; i++)
        if (m->e[i].type == E820_TYPE_RAM && m->e[i].at.end <= GIB4 && m->e[i].at.end > end)
            end = m->e[i].at.end;
    return end;
}

/* Pages of tables for an identity map: E:MemDetect.c:GetPeiMemoryCap. */
uint64_t lint_table_bytes(const struct layout *l)
{
    unsigned bits = l->phys_bits < OVMF_MAX_BITS ? l->phys_bits : OVMF_MAX_BITS;
    uint64_t pml4 = bits <= 39 ? 1 : 1ULL << (bits - 39);
    uint64_t pdp = bits <= 39 ? 1ULL << (bits - 30) : 512;
    return (l->page_1g ? pml4 + 1 : (pdp + 1) * pml4 + 1) << PAGE_SHIFT;
}

/* E:MemDetect.c:PublishPeiMemory; HVM guests ask CMOS, PVH guests the E820. Empty when RAM ends too low. */
struct span lint_pei_memory(const struct lint *o)
{
    uint64_t top = lint_is_hvm(o) ? o->in->guest->cmos_low_ram : page_down(lint_low_end(lint_map(o)));
    uint64_t cap = PEI_CAP + lint_table_bytes(o->in->layout);
    if (top <= PEI_FLOOR)
        return (struct span){PEI_FLOOR, PEI_FLOOR};
    return (struct span){top - PEI_FLOOR > cap ? top - cap : PEI_FLOOR, top};
}
