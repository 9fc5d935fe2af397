/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/handoff/preserve.h"
#include "check/handoff/look.h"

#include <stdlib.h>
#include <string.h>

#include "base/hugepages.h"
#include "base/le.h"
#include "check/leave/leave.h"
#include "machine/pages.h"

/* Of reserved RAM without content, which may be large and was never touched, the beginning is enough. */
#define EMPTY_MAX (4 * MIB)
/* Of all together: a layout may call hundreds of GiB NVS. */
#define BYTES_MAX (64 * MIB)
/* Where SEC unpacks volumes to, and how they are aligned: E:OvmfPkg/OvmfXen.fdf, OvmfPkgX64.fdf (MEMFD). */
#define VOLUMES_START (8 * MIB)
#define VOLUMES_END (24 * MIB)
#define VOLUME_ALIGN (64 * KIB)
#define VOLUME_MAX (16 * MIB)

/* The piece of @at that begins at @gpa and lies in one page. */
static uint64_t in_page(struct span at, uint64_t gpa)
{
    const uint64_t n = page_down(gpa) + PAGE_SIZE - gpa;
    return n < at.end - gpa ? n : at.end - gpa;
}

static void keep(struct monitor *mon, struct span at, enum keep why, const char *owner)
{
    struct preserve *p = &mon->preserve;
    if (mon->m->memory.pages != NULL && p->nr < KEPT_MAX) {
        p->k[p->nr++] = (struct kept){.at = at, .why = why, .owner = owner};
        return;
    }
    uint8_t *bytes = p->nr < KEPT_MAX ? hugepages_alloc(span_size(at)) : NULL;
    if (bytes == NULL)
        return;
    for (uint64_t gpa = at.start, n; gpa < at.end; gpa += n) {
        n = in_page(at, gpa);
        if (!memory_read(&mon->m->memory, gpa, bytes + (gpa - at.start), n)) /* not there: never looked at again */
            memset(bytes + (gpa - at.start), 0, n);
    }
    p->k[p->nr++] = (struct kept){.at = at, .why = why, .owner = owner, .bytes = bytes};
}

/* Not against malice, but against stray writes: FNV-1a over words, which no single change leaves alone. */
static uint64_t hash_page(const uint8_t *page)
{
    uint64_t h = 0xcbf29ce484222325;
    for (size_t i = 0; i < PAGE_SIZE; i += 8)
        h = (h ^ le64(page + i)) * 0x100000001b3;
    return h;
}

static void keep_volume(struct monitor *mon, struct span at)
{
    struct preserve *p = &mon->preserve;
    const uint64_t pages = span_size(at) >> PAGE_SHIFT;
    uint64_t *hash = p->nr < KEPT_MAX ? calloc(pages, sizeof *hash) : NULL;
    for (uint64_t i = 0; hash != NULL && i < pages; i++) {
        const uint8_t *page = memory_hva(&mon->m->memory, at.start + (i << PAGE_SHIFT));
        hash[i] = page != NULL ? hash_page(page) : 0;
    }
    if (hash != NULL)
        p->k[p->nr++] = (struct kept){.at = at, .why = KEEP_VOLUME, .owner = "unpacked firmware volume", .hash = hash};
}

/* At most @left bytes of what nobody may write. How many. */
static uint64_t keep_some(struct monitor *mon, struct span at, uint64_t left, const char *owner)
{
    if (span_size(at) > left)
        at.end = at.start + left;
    if (at.start < at.end)
        keep(mon, at, KEEP_RESERVED, owner);
    return span_size(at);
}

static void note_gone(struct monitor *mon)
{
    const struct memory *mem = &mon->m->memory;
    struct preserve *p = &mon->preserve;
    p->gone = calloc(mem->nr_over + 1, sizeof *p->gone);
    for (size_t i = 0; p->gone != NULL && i < mem->nr_over; i++)
        if (mem->over[i].page == NULL)
            p->gone[p->nr_gone++] = mem->over[i].at;
}

void preserve_begin(struct monitor *mon)
{
    const struct plan *plan = mon->m->plan;
    mon->e820_told = handoff_tells_e820(mon);
    note_gone(mon);
    uint64_t left = BYTES_MAX;
    for (size_t i = 0; mon->m->guard_firmware && i < plan->nr; i++) {
        const struct plan_range *r = &plan->r[i];
        struct span at = r->at;
        if (r->kind != PLAN_RAM)
            continue;
        if (r->cls == CLASS_RESERVED && r->bytes == NULL && span_size(at) > EMPTY_MAX)
            at.end = at.start + EMPTY_MAX;
        if (r->cls == CLASS_PRESERVED || r->cls == CLASS_IMAGE || r->cls == CLASS_RESERVED)
            left -= keep_some(mon, at, left, r->owner);
        else if ((r->cls == CLASS_FREE || r->cls == CLASS_NULL) && at.start < MIB)
            keep(mon, (struct span){at.start, at.end < MIB ? at.end : MIB}, KEEP_LOW, r->owner);
    }
}

void preserve_volumes(struct monitor *mon)
{
    const struct memory *mem = &mon->m->memory;
    for (uint64_t gpa = VOLUMES_START; mon->m->guard_firmware && gpa < VOLUMES_END; gpa += VOLUME_ALIGN) {
        const struct plan_range *r = plan_find(mon->m->plan, gpa);
        uint8_t h[48];
        if (r == NULL || r->cls != CLASS_FREE || !memory_read(mem, gpa, h, sizeof h) || le32(h + 40) != 0x4856465Fu)
            continue;
        const uint64_t size = le64(h + 32);
        if (size >= PAGE_SIZE && size <= VOLUME_MAX)
            keep_volume(mon, (struct span){gpa, page_down(gpa + size)});
    }
}

bool preserve_settle(struct monitor *mon)
{
    for (size_t i = 0; i < mon->preserve.nr; i++) {
        struct kept *k = &mon->preserve.k[i];
        const uint64_t pages = span_size(k->at) >> PAGE_SHIFT;
        if (k->why != KEEP_VOLUME)
            continue;
        bool *settled = calloc(pages + 1, sizeof *settled);
        if (settled == NULL)
            return false;
        for (uint64_t n = 0; n < pages; n++) {
            const uint8_t *page = memory_hva(&mon->m->memory, k->at.start + (n << PAGE_SHIFT));
            settled[n] = page != NULL && hash_page(page) == k->hash[n];
        }
        k->settled = settled;
    }
    return true;
}

void preserve_share(struct preserve *to, const struct preserve *from)
{
    for (size_t i = 0; i < from->nr && to->nr < KEPT_MAX; i++)
        if (from->k[i].why == KEEP_VOLUME) {
            to->k[to->nr] = from->k[i];
            to->k[to->nr++].shared = true;
        }
}

void preserve_hand_over(struct preserve *to, struct preserve *from)
{
    for (size_t i = 0; i < from->nr; i++)
        if (from->k[i].why == KEEP_VOLUME) {
            to->k[to->nr++] = from->k[i];
            from->k[i].shared = true;
        }
}

void preserve_end(struct monitor *mon)
{
    for (size_t i = 0; i < mon->preserve.nr; i++) {
        struct kept *k = &mon->preserve.k[i];
        free(k->bytes);
        if (!k->shared) {
            free(k->hash);
            free(k->settled);
        }
    }
    free(mon->preserve.gone);
    preserve_none(&mon->preserve);
}

/* Has a finding told of a write that reached @gpa? */
static bool told(const struct view *v, uint64_t gpa)
{
    const struct findings *list = &v->mon->v->findings;
    for (size_t i = 0; i < list->nr; i++)
        if (list->f[i].access == ACCESS_WRITE && span_has(list->f[i].touched, gpa))
            return true;
    return false;
}

/*
 * PVH's reset vector makes its GDT's address right inside the image (E:OvmfPkg/XenResetVector/Ia32/XenPVHMain.asm): a
 * byte of the doubleword that is now GDTR's base, behind the word that is its limit.
 */
static bool is_gdt_base(const struct view *v, uint64_t gpa)
{
    const struct preserve *keep = &v->mon->preserve;
    for (uint64_t at = gpa - 3; v->m->layout->type == GUEST_PVH && at <= gpa; at++) {
        uint8_t p[6];
        if (memory_read(&v->m->memory, at - 2, p, sizeof p) && le16(p) == keep->gdt_limit &&
            le32(p + 2) == keep->gdt_base)
            return true;
    }
    return false;
}

struct change {
    uint64_t first; /* gpa */
    uint64_t count; /* bytes */
    uint8_t was, is;
};

/* Is a byte that differs explained, or nobody's loss? */
static bool excused(const struct view *v, const struct kept *k, uint64_t gpa)
{
    if (told(v, gpa))
        return true;
    return k->why == KEEP_RESERVED ? is_gdt_base(v, gpa)
                                   : hob_allocation_around(v, (struct span){gpa, gpa + 1}) != NULL;
}

/* What the rest of the page was from @gpa on; NULL when it has not been written since. */
static const uint8_t *before(const struct memory *mem, const struct kept *k, uint64_t gpa, uint8_t page[PAGE_SIZE])
{
    if (k->bytes != NULL)
        return k->bytes + (gpa - k->at.start);
    if (gpa >= mem->size || !pages_written(mem, gpa))
        return NULL;
    pages_initial(mem, page_down(gpa), page);
    return page + gpa % PAGE_SIZE;
}

static void compare(const struct view *v, const struct kept *k, struct change *c)
{
    uint8_t page[PAGE_SIZE];
    for (uint64_t gpa = k->at.start, n; gpa < k->at.end; gpa += n) {
        n = in_page(k->at, gpa);
        const uint8_t *was = before(&v->m->memory, k, gpa, page);
        if (was == NULL)
            continue;
        const uint8_t *now = memory_hva(&v->m->memory, gpa);
        if (now == NULL || memcmp(now, was, n) == 0)
            continue;
        for (uint64_t i = 0; i < n; i++)
            if (now[i] != was[i] && !excused(v, k, gpa + i) && c->count++ == 0)
                *c = (struct change){gpa + i, 1, was[i], now[i]};
    }
}

static void tell(struct view *v, enum rule_id rule, const struct kept *k)
{
    struct change c = {0};
    compare(v, k, &c);
    if (c.count != 0)
        handoff_tell(v, rule, NULL, (struct span){c.first, c.first + 1},
                     "%s %#llx-%#llx: %llu byte%s changed since the firmware was entered, the first at %#llx from %02x "
                     "to %02x",
                     k->owner, (unsigned long long)k->at.start, (unsigned long long)k->at.end,
                     (unsigned long long)c.count, c.count == 1 ? " has" : "s have", (unsigned long long)c.first, c.was,
                     c.is);
}

static bool is_same(const struct memory *mem, const struct kept *k, uint64_t gpa)
{
    const uint64_t i = (gpa - k->at.start) >> PAGE_SHIFT;
    if (k->settled != NULL && pages_kept(mem, gpa) && !pages_written_since(mem, gpa))
        return k->settled[i];
    const uint8_t *page = memory_hva(mem, gpa);
    return page != NULL && hash_page(page) == k->hash[i];
}

static void tell_volume(struct view *v, const struct kept *k, const struct hob *h)
{
    uint64_t first = 0, count = 0;
    for (uint64_t gpa = k->at.start; gpa < k->at.end; gpa += PAGE_SIZE) {
        if (!is_same(&v->m->memory, k, gpa))
            first = count++ == 0 ? gpa : first;
    }
    if (count != 0)
        handoff_tell(v, RULE_BYTES_CHANGED, h, (struct span){first, first + PAGE_SIZE},
                     "%llu of its pages differ from what SEC has unpacked, the first at %#llx",
                     (unsigned long long)count, (unsigned long long)first);
}

/* The volume that DXE is given and that no code has run from in place: PEI modules that do may write to themselves. */
static const struct hob *volume_at(const struct view *v, struct span at)
{
    for (size_t i = 0; i < v->mon->nr_volumes_run; i++)
        if (v->mon->volume[i] == at.start)
            return NULL;
    for (size_t i = 0; i < v->hobs->nr; i++) {
        const struct hob *h = &v->hobs->h[i];
        if ((h->type == HOB_FV || h->type == HOB_FV2 || h->type == HOB_FV3) && h->range.start == at.start)
            return h;
    }
    return NULL;
}

void check_bytes_changed(struct view *v)
{
    struct preserve *p = &v->mon->preserve;
    engine_gdt(v->m->engine, &p->gdt_base, &p->gdt_limit);
    for (size_t i = 0; i < p->nr; i++) {
        const struct hob *h = p->k[i].why == KEEP_VOLUME ? volume_at(v, p->k[i].at) : NULL;
        if (p->k[i].why == KEEP_RESERVED)
            tell(v, RULE_BYTES_CHANGED, &p->k[i]);
        else if (h != NULL)
            tell_volume(v, &p->k[i], h);
    }
}

/* What DXE may write, as the rings that drivers use, is theirs. */
void check_bytes_left(struct leave *l)
{
    const struct preserve *p = &l->v.mon->preserve;
    for (size_t i = 0; i < p->nr; i++) {
        const struct plan_range *r = plan_find(l->v.m->plan, p->k[i].at.start);
        if (p->k[i].why == KEEP_RESERVED && r != NULL && (r->allow[PHASE_DXE] & ALLOW_W) == 0)
            tell(&l->v, RULE_BYTES_CHANGED, &p->k[i]);
    }
}

void check_low_memory(struct view *v)
{
    const struct preserve *p = &v->mon->preserve;
    for (size_t i = 0; i < p->nr; i++)
        if (p->k[i].why == KEEP_LOW)
            tell(v, RULE_LOW_MEMORY, &p->k[i]);
}
