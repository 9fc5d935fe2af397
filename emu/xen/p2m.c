/* SPDX-License-Identifier: GPL-2.0-or-later */
/* X:xen/arch/x86/mm/p2m.c:xenmem_add_to_physmap_one, xen/common/memory.c:populate_physmap, guest_remove_page. */
#include "xen/p2m.h"

#include <stdlib.h>
#include <string.h>

#include "base/le.h"
#include "xen/builder.h"
#include "xen/private.h"

_Static_assert(XEN_AREA_START + P2M_AREA_PAGES * PAGE_SIZE == 4 * GIB, "the area ends at 4 GiB");

static const struct span area = {XEN_AREA_START, 4 * GIB};

static bool bit(const uint8_t *map, uint64_t at)
{
    return (map[at / 8] >> (at % 8) & 1) != 0;
}

static void set_bit(uint8_t *map, uint64_t at, bool value)
{
    const uint8_t mask = (uint8_t)(1u << (at % 8));
    map[at / 8] = (uint8_t)(value ? map[at / 8] | mask : map[at / 8] & ~mask);
}

static uint64_t area_page(uint64_t gpa)
{
    return (gpa - area.start) >> PAGE_SHIFT;
}

/* The bit of a page at the top of RAM, which the plan leaves out. */
static bool top_page(const struct p2m *p, uint64_t gpa, uint64_t *at)
{
    uint64_t before = 0;
    for (size_t i = 0; i < P2M_NR_TOPS; i++) {
        if (span_has(p->top[i], gpa)) {
            *at = before + ((gpa - p->top[i].start) >> PAGE_SHIFT);
            return true;
        }
        before += span_size(p->top[i]) >> PAGE_SHIFT;
    }
    return false;
}

static struct span between(uint64_t start, uint64_t end)
{
    return (struct span){start, end > start ? end : start};
}

bool p2m_begin(struct xen *x)
{
    struct p2m *const p = &x->p2m;
    const struct guest_memory *g = x->guest;
    const struct built_ram ram = builder_ram(x->layout, g);
    p2m_exit(x);
    *p = (struct p2m){.allowance = x->layout->slack_pages, .first_gone = UINT64_MAX};
    p->top[0] = between(g->low_end, ram.low_end);
    if (ram.high_end != 0)
        p->top[1] = between(g->high_end != 0 ? g->high_end : 4 * GIB, ram.high_end);
    const uint64_t pages = (span_size(p->top[0]) + span_size(p->top[1])) >> PAGE_SHIFT;
    p->gone = calloc(1, (size_t)(pages / 8 + 1));
    if (p->gone == NULL)
        return false;
    for (uint64_t pfn = SPECIAL_IOREQ_SERVER_PFN; pfn < SPECIAL_END_PFN; pfn++)
        set_bit(p->there, area_page(pfn << PAGE_SHIFT), true);
    p->on = true;
    return true;
}

void p2m_exit(struct xen *x)
{
    free(x->p2m.gone);
    x->p2m.gone = NULL;
    x->p2m.on = false;
}

bool p2m_has(const struct xen *x, uint64_t gpa)
{
    const struct page_override *o = memory_override(x->memory, gpa);
    uint64_t at;
    if (o != NULL)
        return o->page != NULL;
    if (x->p2m.on && top_page(&x->p2m, gpa, &at))
        return !bit(x->p2m.gone, at);
    if (x->p2m.on && span_has(area, gpa) && !bit(x->p2m.there, area_page(gpa)))
        return false;
    return memory_hva(x->memory, gpa) != NULL;
}

void p2m_freed(struct xen *x)
{
    if (x->p2m.on && x->p2m.allowance != SLACK_AMPLE)
        x->p2m.allowance++;
}

bool p2m_unmap(struct xen *x, uint64_t gpa)
{
    uint64_t at;
    if (x->p2m.on && memory_override(x->memory, gpa) == NULL && top_page(&x->p2m, gpa, &at)) {
        set_bit(x->p2m.gone, at, true);
        return true;
    }
    return memory_drop_page(x->memory, gpa);
}

/* Device registers are the guest's as long as nothing is mapped over them; the bed keeps them. */
static bool is_device(const struct xen *x, uint64_t gpa)
{
    const struct plan_range *r = plan_find(x->memory->plan, gpa);
    return r != NULL && r->kind == PLAN_DEVICE;
}

/* Puts a page at @gpa and returns its bytes; NULL when the bed has none there. What was there is gone. */
static uint8_t *place(struct xen *x, uint64_t gpa)
{
    struct memory *m = x->memory;
    if (gpa >= m->size) {
        x->p2m.refused++;
        return NULL;
    }
    uint8_t *const page = m->base + gpa;
    if (memory_override(m, gpa) != NULL || memory_hva(m, gpa) == NULL) {
        if (!memory_put_page(m, gpa, page, ALLOW_R | ALLOW_W | ALLOW_X, "RAM that Xen put there")) {
            x->p2m.refused++;
            return NULL;
        }
        if (x->shared_info_gpa == gpa)
            x->shared_info_gpa = XEN_UNMAPPED;
    }
    if (span_has(area, gpa))
        set_bit(x->p2m.there, area_page(gpa), true);
    return page;
}

bool p2m_populate(struct xen *x, uint64_t gfn)
{
    struct p2m *const p = &x->p2m;
    const uint64_t gpa = gfn << PAGE_SHIFT;
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

/* What the page at @gpa holds. RAM that the plan leaves out has no bytes: nobody could write there. */
static void page_bytes(const struct xen *x, uint64_t gpa, uint8_t out[PAGE_SIZE])
{
    const uint8_t *const page = memory_hva(x->memory, gpa);
    if (page != NULL) {
        memcpy(out, page, PAGE_SIZE);
        return;
    }
    for (size_t i = 0; i < PAGE_SIZE; i += sizeof x->layout->fill)
        put_le64(out + i, x->layout->fill);
}

int64_t p2m_move(struct xen *x, uint64_t from, uint64_t to)
{
    struct p2m *const p = &x->p2m;
    if (from >= xen_gfn_end(x) || to >= xen_gfn_end(x))
        return -XEN_EINVAL;
    const uint64_t src = from << PAGE_SHIFT, dst = to << PAGE_SHIFT;
    if (!p2m_has(x, src))
        return -XEN_EINVAL;
    if (src == dst)
        return 0;
    if (src == x->shared_info_gpa)
        return shared_info_map(x, to);
    if (is_device(x, dst))
        return -XEN_EPERM;

    uint8_t bytes[PAGE_SIZE];
    page_bytes(x, src, bytes);
    const bool freed = p2m_has(x, dst) && dst != x->shared_info_gpa;
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
