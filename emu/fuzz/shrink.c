/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Delta debugging over what a guest file can say: keys go back to what they are without being said, entries of the
 * table go, numbers become round. A step is kept when it costs less and still shows the fault, so that this ends.
 */
#include "fuzz/shrink.h"

#include <string.h>

#include "fuzz/shrink_steps.h"
#include "layout/settle.h"
#include "layout/write.h"

struct work {
    struct layout *l;
    const struct shrink_options *o;
    struct shrink_result *r;
};

/* The non-zero hexadecimal digits of a number, and a little for their places. */
static uint64_t digits(uint64_t v)
{
    uint64_t n = 0;
    for (; v != 0; v >>= 4)
        n += (v & 15) != 0 ? 4 : 1;
    return n;
}

static uint64_t cost_of_table(const struct e820_map *m)
{
    uint64_t n = 100;
    for (unsigned i = 0; i < m->nr; i++)
        n += 40 + digits(m->e[i].at.start) + digits(m->e[i].at.end) + m->e[i].type + (m->e[i].at.end > 4 * GIB ? 4 : 0);
    return n;
}

/* Of guests as people have them. */
static const uint64_t sizes[] = {256 * MIB, 512 * MIB, GIB, 2 * GIB, 4 * GIB, 8 * GIB};

static uint64_t cost_of_memory(const struct layout *l)
{
    uint64_t n = l->memory / GIB + digits(l->maxmem != l->memory ? l->maxmem : 0);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        if (l->memory == sizes[i])
            return n;
    return n + 20 + digits(l->memory / MIB);
}

uint64_t shrink_cost(const struct layout *l)
{
    struct layout usual;
    shrink_usual(l, &usual);
    uint64_t n = (l->has_e820 ? cost_of_table(&l->e820) : 0) + cost_of_memory(l) +
                 digits(l->has_cmos_low_ram ? l->cmos_low_ram : 0) + digits(l->fill) +
                 digits(l->slack_pages != SLACK_AMPLE ? l->slack_pages : 0) + l->vcpus;
    n += shrink_keys_said(l, &usual) * 30;
    for (unsigned i = 0; i < l->nr_rdms; i++)
        n += 40 + digits(l->rdm[i].at.start) + digits(l->rdm[i].at.end);
    for (unsigned i = 0; i < l->nr_cpuid; i++)
        n += 40;
    return n;
}

/* Takes @to when it is simpler and still shows it. */
static bool try(struct work *w, const struct layout *to)
{
    struct layout l = *to;
    struct guest_memory g;
    if (w->r->spent || !layout_settle(&l) || layout_same(&l, w->l) || shrink_cost(&l) >= shrink_cost(w->l) ||
        !layout_resolve(&l, w->o->image_size, &g, NULL))
        return false;
    if (w->r->runs == w->o->runs) {
        w->r->spent = true;
        return false;
    }
    w->r->runs++;
    if (!w->o->keeps(w->o->self, &l))
        return false;
    *w->l = l;
    return true;
}

/* Everything that is not the table, CMOS or RAM; then key by key. */
static bool shrink_keys(struct work *w)
{
    bool any = false;
    for (size_t i = 0; i < nr_shrink_keys; i++) {
        struct layout l = *w->l, usual;
        shrink_usual(w->l, &usual);
        shrink_keys_table[i].reset(&l, &usual);
        any = try(w, &l) || any;
    }
    return any;
}

/* Pieces of half the list, of a quarter … of one. */
static bool drop_entries(struct work *w)
{
    bool any = false;
    for (unsigned size = (w->l->e820.nr + 1) / 2; w->l->has_e820 && size > 0; size /= 2)
        for (unsigned at = 0; at < w->l->e820.nr;) {
            struct layout l = *w->l;
            const unsigned n = at + size < l.e820.nr ? size : l.e820.nr - at;
            memmove(&l.e820.e[at], &l.e820.e[at + n], (l.e820.nr - at - n) * sizeof l.e820.e[0]);
            l.e820.nr -= n;
            if (try(w, &l))
                any = true;
            else
                at += size;
        }
    return any;
}

/* Two neighbours made one. */
static bool join_entries(struct work *w)
{
    bool any = false;
    for (unsigned i = 0; w->l->has_e820 && i + 1 < w->l->e820.nr;) {
        struct layout l = *w->l;
        struct e820_entry *e = &l.e820.e[i];
        e->at.end = e[1].at.end;
        if (e[1].at.start < e->at.start)
            e->at.start = e[1].at.start;
        memmove(e + 1, e + 2, (l.e820.nr - i - 2) * sizeof *e);
        l.e820.nr--;
        if (e->at.start < e->at.end && try(w, &l))
            any = true;
        else
            i++;
    }
    return any;
}

static bool plain_types(struct work *w)
{
    bool any = false;
    for (unsigned i = 0; w->l->has_e820 && i < w->l->e820.nr; i++) {
        struct layout l = *w->l;
        if (l.e820.e[i].type <= E820_TYPE_RESERVED)
            continue;
        l.e820.e[i].type = E820_TYPE_RESERVED;
        any = try(w, &l) || any;
    }
    return any;
}

/* A number at @v in a layout whose copy is @l: rounded, roughly first. */
static bool round_number(struct work *w, struct layout *l, uint64_t *v)
{
    const uint64_t was = *v;
    static const uint64_t units[] = {GIB, 256 * MIB, 64 * MIB, 16 * MIB, MIB, 64 * KIB, 4 * KIB};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        for (unsigned up = 0; up < 2; up++) {
            *v = was - was % units[i] + (up != 0 ? units[i] : 0);
            if (*v != was && try(w, l))
                return true;
        }
    *v = was;
    return false;
}

static bool round_table(struct work *w)
{
    bool any = false;
    for (unsigned i = 0; w->l->has_e820 && i < 2 * w->l->e820.nr; i++) {
        struct layout l = *w->l;
        struct e820_entry *e = &l.e820.e[i / 2];
        uint64_t *edge = i % 2 != 0 ? &e->at.end : &e->at.start;
        any = round_number(w, &l, edge) || any;
    }
    for (unsigned i = 0; i < 2 * w->l->nr_rdms; i++) {
        struct layout l = *w->l;
        any = round_number(w, &l, i % 2 != 0 ? &l.rdm[i / 2].at.end : &l.rdm[i / 2].at.start) || any;
    }
    return any;
}

static bool drop_lists(struct work *w)
{
    bool any = false;
    for (unsigned i = w->l->nr_rdms; i-- > 0;) {
        struct layout l = *w->l;
        memmove(&l.rdm[i], &l.rdm[i + 1], (l.nr_rdms - i - 1) * sizeof l.rdm[0]);
        l.nr_rdms--;
        any = try(w, &l) || any;
    }
    for (unsigned i = w->l->nr_cpuid; i-- > 0;) {
        struct layout l = *w->l;
        memmove(&l.cpuid[i], &l.cpuid[i + 1], (l.nr_cpuid - i - 1) * sizeof l.cpuid[0]);
        l.nr_cpuid--;
        any = try(w, &l) || any;
    }
    return any;
}

static bool shrink_memory(struct work *w)
{
    bool any = false;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0] && !any; i++) {
        struct layout l = *w->l;
        l.memory = l.maxmem = sizes[i];
        any = try(w, &l);
    }
    struct layout l = *w->l;
    l.memory = l.maxmem = l.maxmem / 2;
    any = try(w, &l) || any;
    l = *w->l;
    any = round_number(w, &l, &l.maxmem) || any;
    l = *w->l;
    l.memory = l.maxmem;
    return try(w, &l) || any;
}

static bool shrink_cmos(struct work *w)
{
    struct layout l = *w->l;
    return l.has_cmos_low_ram && round_number(w, &l, &l.cmos_low_ram);
}

/* The table that Xen would come with in place of the one that is said. */
static bool shrink_table(struct work *w)
{
    struct layout l = *w->l;
    if (!l.has_e820)
        return false;
    l.has_e820 = false;
    return try(w, &l);
}

void shrink(struct layout *l, const struct shrink_options *o, struct shrink_result *r)
{
    static bool (*const passes[])(struct work * w) = {
        shrink_keys,   shrink_table, drop_lists,  drop_entries, join_entries,
        shrink_memory, plain_types,  shrink_cmos, round_table,
    };
    struct work w = {l, o, r};
    *r = (struct shrink_result){0};
    for (bool again = true; again && !r->spent;) {
        again = false;
        for (size_t i = 0; i < sizeof passes / sizeof passes[0]; i++)
            again = passes[i](&w) || again;
    }
}
