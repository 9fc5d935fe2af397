/* SPDX-License-Identifier: GPL-2.0-or-later */
/* X:xen/arch/x86/mm/p2m.c:xenmem_add_to_physmap_one, xen/common/memory.c:populate_physmap, guest_remove_page. */
#include "xen/p2m.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/span.h"
#include "xen/builder.h"
#include "xen/private.h"

#define RWX (ALLOW_R | ALLOW_W | ALLOW_X)

/*
 * Not there before the loader asks for it: the plan's RAM in Xen's area, but for what the builder puts there, and the
 * host's OpRegion. That one QEMU maps when hvmloader writes its address; nobody looks before.
 */
static bool take_away_area(const struct xen *x)
{
    static const struct span special = {SPECIAL_IOREQ_SERVER_PFN << PAGE_SHIFT, SPECIAL_END_PFN << PAGE_SHIFT};
    static const struct span opregion = {IGD_OPREGION_START, IGD_OPREGION_END};
    struct memory *m = x->memory;
    for (size_t i = 0; i < m->plan->nr; i++) {
        const struct plan_range *r = &m->plan->r[i];
        const struct span at = {page_down(r->at.start), page_up(r->at.end)};
        if (r->kind == PLAN_RAM && at.start >= XEN_AREA_START && at.end <= 4 * GIB && !span_contains(special, at) &&
            !(x->layout->dev.igd && span_contains(opregion, at)) && !memory_drop(m, at, "not populated"))
            return false;
    }
    return true;
}

/* The builder's RAM at the top, from which the loader takes pages. */
static bool put_top(const struct xen *x, uint64_t start, uint64_t end)
{
    struct memory *m = x->memory;
    const struct span at = {start, end};
    if (start >= end)
        return true;
    return end <= m->size && memory_fill(m, at, x->layout->fill) &&
           memory_put_lazily(m, at, m->base + start, RWX, "RAM that the loader found");
}

bool p2m_begin(struct xen *x)
{
    const struct guest_memory *g = x->guest;
    const struct built_ram ram = builder_ram(x->layout, g);
    p2m_exit(x);
    x->p2m = (struct p2m){.allowance = x->layout->slack_pages, .first_gone = UINT64_MAX};
    if (!take_away_area(x) || !put_top(x, g->low_end, ram.low_end) ||
        !put_top(x, g->high_end != 0 ? g->high_end : 4 * GIB, ram.high_end))
        return false;
    x->p2m.on = true;
    return true;
}

void p2m_exit(struct xen *x)
{
    for (size_t i = 0; i < x->p2m.nr_extra; i++)
        free(x->p2m.extra[i]);
    free((void *)x->p2m.extra);
    x->p2m = (struct p2m){0};
}

bool p2m_has(const struct xen *x, uint64_t gpa)
{
    return memory_hva(x->memory, gpa) != NULL;
}

void p2m_freed(struct xen *x)
{
    if (x->p2m.on && x->p2m.allowance != SLACK_AMPLE)
        x->p2m.allowance++;
}

bool p2m_unmap(struct xen *x, uint64_t gpa)
{
    return memory_drop_page(x->memory, gpa);
}

/* Device registers are the guest's as long as nothing is mapped over them; the bed keeps them. */
static bool is_device(const struct xen *x, uint64_t gpa)
{
    const struct plan_range *r = plan_find(x->memory->plan, gpa);
    return r != NULL && r->kind == PLAN_DEVICE;
}

/* A host page for @gpa, to be scrubbed. Above the plan's top the bed has none in store. */
static uint8_t *host_page(struct xen *x, uint64_t gpa)
{
    struct p2m *const p = &x->p2m;
    if (gpa < page_up(x->memory->plan->top))
        return memory_own(x->memory, gpa);
    const size_t most = (size_t)limit(x->limits, LIMIT_PAGES);
    if (p->extra == NULL)
        p->extra = calloc(most, sizeof *p->extra);
    if (p->extra == NULL || p->nr_extra == most) {
        limit_reach(&x->met, LIMIT_PAGES, x->limits, p->extra != NULL);
        return NULL;
    }
    uint8_t *const page = calloc(1, PAGE_SIZE);
    if (page != NULL)
        p->extra[p->nr_extra++] = page;
    return page;
}

/* Is one of Xen's own pages at @gpa: is none of the guest's RAM there, to be freed or granted? */
static bool is_xens(const struct xen *x, uint64_t gpa)
{
    uint64_t idx;
    return gpa == x->shared_info_gpa || gnttab_at(x, gpa, &idx);
}

/* One of Xen's own pages is no longer at @gpa, if one was. */
static void forget_xens(struct xen *x, uint64_t gpa)
{
    uint64_t idx;
    if (gpa == x->shared_info_gpa)
        x->shared_info_gpa = XEN_UNMAPPED;
    if (gnttab_at(x, gpa, &idx))
        x->gnttab.gpa[idx] = XEN_UNMAPPED;
}

int64_t p2m_map_xens(struct xen *x, uint8_t *page, uint64_t *at, uint64_t gfn, const char *owner)
{
    if (gfn >= xen_gfn_end(x)) {
        xen_refuse(x, "gfn %#" PRIx64 " is beyond the guest's physical addresses", gfn);
        return -XEN_EINVAL;
    }
    const uint64_t gpa = gfn << PAGE_SHIFT;
    if (*at != XEN_UNMAPPED && *at != gpa && !memory_drop_page(x->memory, *at))
        return -XEN_ENOMEM;
    if (p2m_has(x, gpa) && !is_xens(x, gpa))
        p2m_freed(x);
    forget_xens(x, gpa);
    *at = XEN_UNMAPPED;
    if (!memory_put_page(x->memory, gpa, page, ALLOW_R | ALLOW_W, owner))
        return -XEN_ENOMEM;
    *at = gpa;
    return 0;
}

bool p2m_remove(struct xen *x, uint64_t gpa)
{
    if (!p2m_unmap(x, gpa))
        return false;
    if (is_xens(x, gpa))
        forget_xens(x, gpa);
    else
        p2m_freed(x);
    return true;
}

/* Puts a page at @gpa and returns its bytes; NULL when the bed has none there. What was there is gone. */
static uint8_t *place(struct xen *x, uint64_t gpa)
{
    uint8_t *page = memory_hva(x->memory, gpa);
    if (page != NULL && !is_xens(x, gpa))
        return page;
    page = host_page(x, gpa);
    if (page == NULL || !memory_put_page(x->memory, gpa, page, RWX, "RAM that Xen put there")) {
        x->p2m.refused++;
        return NULL;
    }
    forget_xens(x, gpa);
    return page;
}

bool p2m_populate(struct xen *x, uint64_t gfn)
{
    struct p2m *const p = &x->p2m;
    const uint64_t gpa = gfn << PAGE_SHIFT;
    if (gfn >= xen_gfn_end(x))
        xen_refuse(x, "gfn %#" PRIx64 " is beyond the guest's physical addresses", gfn);
    else if (is_device(x, gpa))
        xen_refuse(x, "gfn %#" PRIx64 " is a device's", gfn);
    if (p->allowance == 0 || gfn >= xen_gfn_end(x) || is_device(x, gpa))
        return false;
    uint8_t *const page = place(x, gpa);
    if (page == NULL)
        return false;
    memset(page, 0, PAGE_SIZE); /* Xen scrubs what it gives */
    if (p->allowance != SLACK_AMPLE)
        p->allowance--;
    p->populated++;
    return true;
}

int64_t p2m_move(struct xen *x, uint64_t from, uint64_t to)
{
    struct p2m *const p = &x->p2m;
    if (to >= xen_gfn_end(x)) {
        xen_refuse(x, "gfn %#" PRIx64 " is beyond the guest's physical addresses", to);
        return -XEN_EINVAL;
    }
    const uint64_t src = from << PAGE_SHIFT, dst = to << PAGE_SHIFT;
    if (from >= xen_gfn_end(x) || !p2m_has(x, src)) {
        xen_refuse(x, "no page is at gfn %#" PRIx64 ", from where it is to be moved", from);
        return -XEN_EINVAL;
    }
    if (src == dst)
        return 0;
    uint64_t idx;
    if (src == x->shared_info_gpa)
        return shared_info_map(x, to);
    if (gnttab_at(x, src, &idx))
        return gnttab_map(x, idx, to);
    if (is_device(x, dst)) {
        xen_refuse(x, "gfn %#" PRIx64 " is a device's", to);
        return -XEN_EPERM;
    }

    uint8_t bytes[PAGE_SIZE];
    memcpy(bytes, memory_hva(x->memory, src), PAGE_SIZE);
    const bool freed = p2m_has(x, dst) && !is_xens(x, dst);
    uint8_t *const page = place(x, dst);
    if (page == NULL)
        return -XEN_ENOMEM;
    memcpy(page, bytes, PAGE_SIZE);
    if (freed)
        p2m_freed(x);
    if (!p2m_unmap(x, src)) {
        p->refused++;
        return -XEN_ENOMEM;
    }
    if (src < p->first_gone)
        p->first_gone = src;
    p->moved++;
    return 0;
}
