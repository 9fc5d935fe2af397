/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What resource HOBs declare against what the E820 table has. */
#include <stdlib.h>

#include "base/marks.h"
#include "check/handoff/handoff.h"
#include "xen/abi.h"

static const char *type_name(const struct e820_entry *e)
{
    const char *name = e != NULL ? e820_type_name(e->type) : NULL;
    return e == NULL ? "nothing" : name != NULL ? name : "an unknown type";
}

/* What the table calls RAM and is not populated is a layout's fault, not the firmware's: `layout lint` tells of it. */
static bool is_ram(const struct e820_entry *e)
{
    return e != NULL && e->type == E820_TYPE_RAM;
}

static void tell_no_ram(struct view *v, const struct hob *h, struct span bad)
{
    const struct e820_entry *e = e820_find(&v->m->guest->e820, bad.start);
    const struct plan_range *r = plan_find(v->m->plan, bad.start);
    const char *owner = r != NULL ? r->owner : "nothing";
    if (e != NULL)
        handoff_tell(v, RULE_HOB_RAM, h, bad, "%#llx-%#llx is no RAM: the E820 has %s %#llx-%#llx; it is %s",
                     (unsigned long long)bad.start, (unsigned long long)bad.end, type_name(e),
                     (unsigned long long)e->at.start, (unsigned long long)e->at.end, owner);
    else
        handoff_tell(v, RULE_HOB_RAM, h, bad, "%#llx-%#llx is no RAM: the E820 has nothing there; it is %s",
                     (unsigned long long)bad.start, (unsigned long long)bad.end, owner);
}

void check_hob_ram(struct view *v)
{
    const struct e820_index table = e820_index(&v->m->guest->e820);
    for (size_t i = 0; i < v->hobs->nr; i++) {
        const struct hob *h = &v->hobs->h[i];
        if (!hob_is_resource(h, HOB_RESOURCE_RAM))
            continue;
        struct span bad = {0, 0};
        for (uint64_t p = h->range.start, edge; p < h->range.end; p = edge) {
            edge = h->range.end;
            if (!is_ram(e820_look(&table, p, &edge)))
                bad = (struct span){bad.start < bad.end ? bad.start : p, edge};
            else if (bad.start < bad.end)
                break;
        }
        if (bad.start < bad.end) /* one a HOB is enough: the first */
            tell_no_ram(v, h, bad);
    }
}

static bool is_io(const struct hob *h)
{
    return h->kind == HOB_RESOURCE_IO || h->kind == HOB_RESOURCE_IO_RESERVED;
}

static bool declares_ram(const struct hob *h)
{
    return hob_is_resource(h, HOB_RESOURCE_RAM);
}

static bool declares_memory(const struct hob *h)
{
    return hob_is_resource(h, h->kind) && !is_io(h);
}

/* What HOBs declare: in order, and apart. */
struct declared {
    struct span *at;
    size_t nr;
};

/* Where the ranges of what @declares says begin, in order; NULL: out of memory. The caller frees. */
static struct mark *gather_starts(const struct view *v, bool (*declares)(const struct hob *h), size_t *nr)
{
    struct mark *start = malloc((2 * v->hobs->nr + 1) * sizeof *start);
    *nr = 0;
    for (size_t i = 0; start != NULL && i < v->hobs->nr; i++)
        if (declares(&v->hobs->h[i]))
            start[(*nr)++] = (struct mark){v->hobs->h[i].range.start, i};
    if (start != NULL)
        marks_sort(start, start + v->hobs->nr, *nr);
    return start;
}

/* Of what @declares says; at NULL: out of memory. The caller frees. */
static struct declared gather(const struct view *v, bool (*declares)(const struct hob *h))
{
    size_t nr;
    struct mark *start = gather_starts(v, declares, &nr);
    struct declared d = {.at = malloc((nr + 1) * sizeof *d.at)};
    for (size_t i = 0; start != NULL && d.at != NULL && i < nr; i++) {
        const struct span at = v->hobs->h[start[i].which].range;
        struct span *last = d.nr != 0 ? &d.at[d.nr - 1] : NULL;
        if (last == NULL || at.start > last->end)
            d.at[d.nr++] = at;
        else if (at.end > last->end)
            last->end = at.end;
    }
    free(start);
    return d;
}

/* The first part of @at that is not @d; empty when there is none. */
static struct span undeclared(const struct declared *d, struct span at)
{
    size_t lo = 0, hi = d->nr; /* the first that ends above its start */
    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;
        if (d->at[mid].end <= at.start)
            lo = mid + 1;
        else
            hi = mid;
    }
    if (lo < d->nr && d->at[lo].start <= at.start)
        at.start = d->at[lo++].end;
    if (lo < d->nr && d->at[lo].start < at.end)
        at.end = d->at[lo].start;
    return at;
}

/* Firmware rounds RAM inwards to pages, and keeps out of A0000-100000 (a row in known.c where that is RAM). */
void check_hob_ram_missing(struct view *v)
{
    const struct e820_map *m = &v->m->guest->e820;
    const struct declared ram = gather(v, declares_ram);
    for (unsigned i = 0; ram.at != NULL && i < m->nr; i++) {
        if (m->e[i].type != E820_TYPE_RAM)
            continue;
        struct span at = {page_up(m->e[i].at.start), page_down(m->e[i].at.end)};
        while (at.start < at.end) {
            struct span lost = undeclared(&ram, at);
            if (lost.start >= lost.end)
                break;
            /* Known differences begin at these places, too. */
            if (lost.start < 0xA0000 && lost.end > 0xA0000)
                lost.end = 0xA0000;
            else if (lost.start < MIB && lost.end > MIB)
                lost.end = MIB;
            handoff_tell(v, RULE_HOB_RAM_MISSING, NULL, lost,
                         "no HOB declares %#llx-%#llx, which the E820 has as RAM %#llx-%#llx",
                         (unsigned long long)lost.start, (unsigned long long)lost.end,
                         (unsigned long long)m->e[i].at.start, (unsigned long long)m->e[i].at.end);
            at.start = lost.end;
        }
    }
    free(ram.at);
}

/*
 * A PVH guest has RAM there, and firmware has to withhold it: when Linux has been started by EFI firmware it expects
 * that the memory at A0000 is not conventional, and panics if it is (E:77d35f5008). What pages the firmware keeps for
 * itself is not conventional either. Where the table has no RAM there, check_hob_ram() has told so.
 */
void check_hob_vga(struct view *v)
{
    const struct span vga = {VGA_HOLE_START, VGA_HOLE_END};
    for (size_t i = 0; i < v->hobs->nr; i++) {
        const struct hob *h = &v->hobs->h[i];
        if (!hob_is_resource(h, HOB_RESOURCE_RAM) || !span_overlaps(h->range, vga))
            continue;
        const struct span at = {h->range.start > vga.start ? h->range.start : vga.start,
                                h->range.end < vga.end ? h->range.end : vga.end};
        if (is_ram(e820_find(&v->m->guest->e820, at.start)) && hob_allocation_around(v, at) == NULL)
            handoff_tell(v, RULE_HOB_VGA, h, at, "%#llx-%#llx is where a PC has its VGA memory",
                         (unsigned long long)at.start, (unsigned long long)at.end);
    }
}

/* Whatever is no RAM in the table, to the byte: what firmware leaves out by habit is rows in known.c. */
void check_hob_reserved_missing(struct view *v)
{
    const struct e820_map *m = &v->m->guest->e820;
    const struct declared memory = gather(v, declares_memory);
    for (unsigned i = 0; memory.at != NULL && i < m->nr; i++) {
        const struct e820_entry *e = &m->e[i];
        for (struct span at = e->at; e->type != E820_TYPE_RAM && at.start < at.end;) {
            struct span lost = undeclared(&memory, at);
            if (lost.start >= lost.end)
                break;
            handoff_tell(v, RULE_HOB_RESERVED_MISSING, NULL, lost,
                         "no HOB declares %#llx-%#llx, which the E820 has as %s %#llx-%#llx",
                         (unsigned long long)lost.start, (unsigned long long)lost.end, type_name(e),
                         (unsigned long long)e->at.start, (unsigned long long)e->at.end);
            at.start = lost.end;
        }
    }
    free(memory.at);
}

static bool declares_resource(const struct hob *h)
{
    return h->type == HOB_RESOURCE;
}

/*
 * Which HOBs may overlap another, by number: those that reach the next by address, or that one before them reaches.
 * NULL: out of memory. The caller frees.
 */
static bool *find_neighbours(const struct view *v)
{
    size_t nr;
    struct mark *start = gather_starts(v, declares_resource, &nr);
    bool *near = calloc(v->hobs->nr + 1, sizeof *near);
    uint64_t end = 0; /* of all before */
    for (size_t i = 0; start != NULL && near != NULL && i < nr; i++) {
        const uint64_t this_end = v->hobs->h[start[i].which].range.end;
        near[start[i].which] = end > start[i].at || (i + 1 < nr && this_end > start[i + 1].at);
        end = this_end > end ? this_end : end;
    }
    free(start);
    return near;
}

void check_hob_overlap(struct view *v)
{
    bool *near = find_neighbours(v);
    for (size_t i = 0; near != NULL && i < v->hobs->nr; i++) {
        const struct hob *a = &v->hobs->h[i];
        for (size_t j = i + 1; near[i] && j < v->hobs->nr; j++) {
            const struct hob *b = &v->hobs->h[j];
            if (!near[j] || is_io(a) != is_io(b) || !span_overlaps(a->range, b->range))
                continue;
            struct span both = {a->range.start > b->range.start ? a->range.start : b->range.start,
                                a->range.end < b->range.end ? a->range.end : b->range.end};
            char first[HOB_LABEL_SIZE];
            hob_label(v, a, first);
            handoff_tell(v, RULE_HOB_OVERLAP, b, both, "overlaps %s", first);
        }
    }
    free(near);
}
