/* SPDX-License-Identifier: GPL-2.0-or-later */
/* X:tools/libs/light/libxl_dm.c:libxl__domain_device_construct_rdm; X:tools/firmware/hvmloader/e820.c. */
#include "layout/rdm.h"

#include <inttypes.h>

#define GIB4 (4ULL * GIB)
#define LARGE_PAGE (2 * MIB)

/* X:hvmloader/config.h:RESERVED_MEMORY_DYNAMIC_START, _END. */
static const struct span loader_area = {0xFC100000, 0xFE000000};

static bool over_low_ram(const struct guest_memory *g, struct span s)
{
    return span_overlaps((struct span){0, g->low_end}, s);
}

static bool over_ram(const struct guest_memory *g, struct span s)
{
    return over_low_ram(g, s) || (g->high_end != 0 && span_overlaps((struct span){GIB4, g->high_end}, s));
}

/* RAM below 4 GiB ends at the lowest of those above the boundary; what does not fit any more goes above 4 GiB. */
static void make_way(const struct layout *l, struct guest_memory *g)
{
    for (unsigned i = 0; i < l->nr_rdms; i++) {
        uint64_t start = l->rdm[i].at.start;
        if (!over_low_ram(g, l->rdm[i].at) || start <= l->rdm_boundary)
            continue;
        if (l->hap && start > LARGE_PAGE)
            start -= start % LARGE_PAGE;
        g->high_end = (g->high_end != 0 ? g->high_end : GIB4) + (g->low_end - start);
        g->low_end = start;
    }
}

static bool expose(const struct layout *l, struct guest_memory *g, struct diag *d)
{
    for (unsigned i = 0; i < l->nr_rdms; i++) {
        const struct span at = l->rdm[i].at;
        if (!over_ram(g, at)) {
            g->rdm[g->nr_rdms++] = at;
        } else if (l->rdm[i].strict) {
            return diag_fail(d, l->path, 0,
                             "the RMRR 0x%" PRIx64 "-0x%" PRIx64
                             " lies over the guest's RAM, and with policy=strict xl "
                             "then does not build it; say policy=relaxed, or lower memory or rdm_mem_boundary",
                             at.start, at.end);
        }
    }
    return true;
}

/* X:e820.c:memory_map_setup: BUG. */
static bool check_loader(const struct layout *l, const struct guest_memory *g, struct diag *d)
{
    for (unsigned i = 0; i < g->nr_rdms; i++)
        if (span_overlaps(g->rdm[i], loader_area))
            return diag_fail(d, l->path, 0,
                             "the RMRR 0x%" PRIx64 "-0x%" PRIx64 " reaches into 0x%" PRIx64 "-0x%" PRIx64
                             ", where hvmloader allocates: it stops there (BUG), and so does the guest",
                             g->rdm[i].start, g->rdm[i].end, loader_area.start, loader_area.end);
    return true;
}

bool rdm_resolve(const struct layout *l, struct guest_memory *g, struct diag *d)
{
    make_way(l, g);
    if (!expose(l, g, d))
        return false;
    return l->type == GUEST_PVH || check_loader(l, g, d);
}
