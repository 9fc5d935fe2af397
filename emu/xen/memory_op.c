/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HYPERVISOR_memory_op: the memory map, and pages that come and go (X:xen/common/memory.c, xen/arch/x86/mm.c). */
#include <inttypes.h>
#include <string.h>

#include "base/le.h"
#include "xen/builder.h"
#include "xen/private.h"

static const struct abi_field map_nr = ABI_FIELD(struct xen_memory_map, nr_entries, 0, 4);
static const struct abi_field map_buffer = ABI_FIELD(struct xen_memory_map, buffer, 4, 4);

static const struct abi_field add_domid = ABI_FIELD(struct xen_add_to_physmap, domid, 0, 2);
static const struct abi_field add_space = ABI_FIELD(struct xen_add_to_physmap, space, 4, 4);
static const struct abi_field add_idx = ABI_FIELD(struct xen_add_to_physmap, idx, 8, 4);
static const struct abi_field add_gfn = ABI_FIELD(struct xen_add_to_physmap, gpfn, 12, 4);

static const struct abi_field remove_domid = ABI_FIELD(struct xen_remove_from_physmap, domid, 0, 2);
static const struct abi_field remove_gfn = ABI_FIELD(struct xen_remove_from_physmap, gpfn, 4, 4);

static const struct abi_field add_size = ABI_FIELD(struct xen_add_to_physmap, size, 2, 2);

static const struct abi_field reservation_start = ABI_FIELD(struct xen_memory_reservation, extent_start, 0, 4);
static const struct abi_field reservation_nr = ABI_FIELD(struct xen_memory_reservation, nr_extents, 4, 4);
static const struct abi_field reservation_order = ABI_FIELD(struct xen_memory_reservation, extent_order, 8, 4);
static const struct abi_field reservation_flags = ABI_FIELD(struct xen_memory_reservation, mem_flags, 12, 4);
static const struct abi_field reservation_domid = ABI_FIELD(struct xen_memory_reservation, domid, 16, 2);

/* More extents than any loader asks for at once; a call that wants more gets fewer. */
#define EXTENTS_MAX 0x10000u

static size_t arg_size(const struct hypercall *c, size_t native, size_t compat)
{
    return c->compat ? compat : native;
}

/*
 * The map that the toolstack gave to Xen, not hvmloader's: for HVM it has no entry below 1 MiB and knows nothing of
 * pages that hvmloader moved (X:tools/libs/light/libxl_x86.c:domain_construct_memmap).
 */
static void toolstack_map(const struct xen *x, struct e820_map *m)
{
    const struct layout *l = x->layout;
    const struct guest_memory *g = x->guest;
    if (l->type == GUEST_PVH || (l->has_e820 && !x->p2m.on)) { /* a loader makes its own table out of libxl's */
        *m = g->e820;
        return;
    }
    builder_map(g, m);
}

static int64_t memory_map(struct xen *x, const struct hypercall *c)
{
    uint8_t arg[sizeof(struct xen_memory_map)];
    const size_t size = arg_size(c, sizeof arg, COMPAT_MEMORY_MAP_SIZE);
    if (!xen_copy_in(x, c->arg[1], arg, size))
        return -XEN_EFAULT;
    struct e820_map m;
    toolstack_map(x, &m);
    const uint64_t room = xen_field(c, arg, map_nr);
    if (room < m.nr)
        m.nr = (unsigned)room;
    uint8_t wire[E820_MAX * E820_WIRE_SIZE];
    e820_encode(&m, wire);
    xen_put_field(c, arg, map_nr, m.nr);
    const uint64_t buffer = xen_field(c, arg, map_buffer);
    if (m.nr != 0 && !xen_copy_out(x, buffer, wire, (size_t)m.nr * E820_WIRE_SIZE))
        return -XEN_EFAULT;
    return xen_copy_out(x, c->arg[1], arg, size) ? 0 : -XEN_EFAULT;
}

/* X:xen/common/memory.c:xenmem_add_to_physmap. The first page that cannot be moved ends it; those before are. */
static int64_t move_range(struct xen *x, uint64_t from, uint64_t to, uint64_t nr)
{
    int64_t rc = from + nr < from || to + nr < to ? -XEN_EOVERFLOW : 0;
    for (uint64_t i = 0; rc == 0 && i < nr; i++)
        rc = p2m_move(x, from + i, to + i);
    return rc;
}

static int64_t add_to_physmap(struct xen *x, const struct hypercall *c)
{
    uint8_t arg[sizeof(struct xen_add_to_physmap)];
    if (!xen_copy_in(x, c->arg[1], arg, arg_size(c, sizeof arg, COMPAT_ADD_TO_PHYSMAP_SIZE)))
        return -XEN_EFAULT;
    const int64_t rc = xen_check_domid(x, xen_field(c, arg, add_domid));
    if (rc != 0)
        return rc;
    const uint64_t idx = xen_field(c, arg, add_idx), gfn = xen_field(c, arg, add_gfn);
    if (gfn == UINT64_MAX) { /* INVALID_GFN */
        xen_refuse(x, "there is no gfn %#" PRIx64, gfn);
        return -XEN_EINVAL;
    }
    switch (xen_field(c, arg, add_space)) {
    case XENMAPSPACE_shared_info:
        return idx == 0 ? shared_info_map(x, gfn) : -XEN_EINVAL;
    case XENMAPSPACE_gmfn:
        return x->p2m.on ? p2m_move(x, idx, gfn) : -XEN_EOPNOTSUPP;
    case XENMAPSPACE_gmfn_range:
        return x->p2m.on ? move_range(x, idx, gfn, xen_field(c, arg, add_size)) : -XEN_EOPNOTSUPP;
    case XENMAPSPACE_grant_table:
        return gnttab_map(x, idx, gfn);
    default:
        xen_refuse(x, "there is no map space %" PRIu64, xen_field(c, arg, add_space));
        return -XEN_ENOSYS;
    }
}

static int64_t remove_from_physmap(struct xen *x, const struct hypercall *c)
{
    uint8_t arg[sizeof(struct xen_remove_from_physmap)];
    if (!xen_copy_in(x, c->arg[1], arg, arg_size(c, sizeof arg, COMPAT_REMOVE_FROM_PHYSMAP_SIZE)))
        return -XEN_EFAULT;
    const int64_t rc = xen_check_domid(x, xen_field(c, arg, remove_domid));
    if (rc != 0)
        return rc;
    const uint64_t gfn = xen_field(c, arg, remove_gfn);
    if (gfn >= xen_gfn_end(x) || !p2m_has(x, gfn << PAGE_SHIFT)) {
        xen_refuse(x, "no page is at gfn %#" PRIx64, gfn);
        return -XEN_ENOENT;
    }
    return p2m_remove(x, gfn << PAGE_SHIFT) ? 0 : -XEN_ENOMEM;
}

/*
 * The result is the number of extents done, whatever ends it (X:xen/common/memory.c:do_memory_op, populate_physmap).
 * Without a loader no page is left: the guest got all of maxmem. Extents of more than a page are none.
 */
static int64_t populate_physmap(struct xen *x, const struct hypercall *c)
{
    uint8_t arg[sizeof(struct xen_memory_reservation)];
    const uint64_t first = c->arg[0] >> MEMOP_EXTENT_SHIFT;
    if (!x->p2m.on)
        return 0;
    if (!xen_copy_in(x, c->arg[1], arg, arg_size(c, sizeof arg, COMPAT_MEMORY_RESERVATION_SIZE)))
        return (int64_t)first;
    const uint64_t start = xen_field(c, arg, reservation_start), nr = xen_field(c, arg, reservation_nr);
    if (nr > UINT32_MAX >> MEMOP_EXTENT_SHIFT || xen_check_domid(x, xen_field(c, arg, reservation_domid)) != 0 ||
        xen_field(c, arg, reservation_order) != 0 ||
        (xen_field(c, arg, reservation_flags) & XENMEMF_populate_on_demand) != 0)
        return (int64_t)first;
    const size_t width = c->compat ? 4 : 8;
    uint64_t done = first;
    for (uint8_t gfn[8]; done < nr && done - first < EXTENTS_MAX; done++)
        if (!xen_copy_in(x, start + done * width, gfn, width) || !p2m_populate(x, c->compat ? le32(gfn) : le64(gfn)))
            break;
    return (int64_t)done;
}

static int64_t get_vnumainfo(struct xen *x, const struct hypercall *c)
{
    (void)x;
    (void)c;
    return -XEN_EOPNOTSUPP; /* a domain without virtual NUMA */
}

static const struct {
    uint8_t cmd;
    int64_t (*run)(struct xen *x, const struct hypercall *c);
} table[] = {
    {XENMEM_populate_physmap, populate_physmap},
    {XENMEM_add_to_physmap, add_to_physmap},
    {XENMEM_memory_map, memory_map},
    {XENMEM_remove_from_physmap, remove_from_physmap},
    {XENMEM_get_vnumainfo, get_vnumainfo},
};

int64_t xen_memory_op(struct xen *x, const struct hypercall *c)
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (table[i].cmd == (c->arg[0] & MEMOP_CMD_MASK))
            return table[i].run(x, c);
    return -XEN_ENOSYS;
}
