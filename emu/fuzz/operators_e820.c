/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables, CMOS and RAM as no hvmloader makes them: what firmware must not rely on. */
#include <string.h>

#include "fuzz/operators.h"

/* The table that the guest would be told, to be changed. */
static struct e820_map *table(struct mutation *m)
{
    if (!m->l->has_e820) {
        m->l->e820 = m->g.e820;
        m->l->has_e820 = true;
    }
    return &m->l->e820;
}

static uint32_t choose_type(struct chooser *c)
{
    static const uint32_t types[] = {E820_TYPE_RESERVED, E820_TYPE_RESERVED, E820_TYPE_NVS,  E820_TYPE_ACPI,
                                     E820_TYPE_UNUSABLE, E820_TYPE_RAM,      E820_TYPE_PMEM, 12};
    return types[choose(c, sizeof types / sizeof types[0])];
}

/* Takes @at out of every entry. */
static void cut(struct e820_map *t, struct span at)
{
    struct e820_map r = {0};
    for (unsigned i = 0; i < t->nr; i++) {
        const struct e820_entry *e = &t->e[i];
        if (!span_overlaps(e->at, at)) {
            (void)e820_add(&r, e->at.start, e->at.end, e->type);
            continue;
        }
        if (e->at.start < at.start)
            (void)e820_add(&r, e->at.start, at.start, e->type);
        if (e->at.end > at.end)
            (void)e820_add(&r, at.end, e->at.end, e->type);
    }
    *t = r;
}

static struct span choose_span(struct mutation *m)
{
    const uint64_t at = choose_place(m), size = choose_size(m->c);
    if (choose(m->c, 2) == 0)
        return (struct span){at, at + size};
    return (struct span){at > size ? at - size : 0, at};
}

static void put(struct e820_map *t, struct span s, uint32_t type)
{
    if (s.start >= s.end)
        return;
    cut(t, s);
    (void)e820_add(t, s.start, s.end, type);
}

static bool is_ram(const struct e820_map *t, struct span at)
{
    uint64_t ram = 0;
    for (unsigned i = 0; i < t->nr; i++) {
        const struct e820_entry *e = &t->e[i];
        if (!span_overlaps(e->at, at))
            continue;
        if (e->type != E820_TYPE_RAM)
            return false;
        ram += (e->at.end < at.end ? e->at.end : at.end) - (e->at.start > at.start ? e->at.start : at.start);
    }
    return ram >= span_size(at);
}

void spare_fixed(struct mutation *m)
{
    const struct mutate_options *o = m->o;
    bool lacking = false;
    for (size_t i = 0; m->l->has_e820 && i < o->nr_spared; i++)
        lacking = lacking || !is_ram(&m->l->e820, o->spared[i]);
    if (!lacking || choose(m->c, MUTATE_UNSPARED) == 0)
        return;
    for (size_t i = 0; i < o->nr_spared; i++)
        if (!is_ram(&m->l->e820, o->spared[i]))
            put(&m->l->e820, o->spared[i], E820_TYPE_RAM);
    e820_sort(&m->l->e820);
}

static void carve_range(struct mutation *m)
{
    const struct span s = choose_span(m);
    put(table(m), s, choose_type(m->c));
    if (choose_percent(m->c, 80))
        e820_sort(&m->l->e820);
}

static void dig_hole(struct mutation *m)
{
    const struct span s = choose_span(m);
    if (s.start < s.end)
        cut(table(m), s);
}

static void drop_entry(struct mutation *m)
{
    struct e820_map *t = table(m);
    if (t->nr < 2)
        return;
    const unsigned i = (unsigned)choose(m->c, t->nr);
    memmove(&t->e[i], &t->e[i + 1], (t->nr - i - 1) * sizeof t->e[0]);
    t->nr--;
}

static void move_edge(struct mutation *m)
{
    struct e820_map *t = table(m);
    if (t->nr == 0)
        return;
    struct e820_entry *e = &t->e[choose(m->c, t->nr)];
    uint64_t *edge = choose(m->c, 2) == 0 ? &e->at.start : &e->at.end;
    const uint64_t step = choose_size(m->c);
    if (choose_percent(m->c, 25))
        *edge = choose_place(m);
    else
        *edge = choose(m->c, 2) == 0 ? *edge + step : *edge - step;
}

static void change_type(struct mutation *m)
{
    struct e820_map *t = table(m);
    if (t->nr != 0)
        t->e[choose(m->c, t->nr)].type = choose_type(m->c);
}

static void change_order(struct mutation *m)
{
    struct e820_map *t = table(m);
    const bool all = choose_percent(m->c, 20);
    for (unsigned i = 0; i + 1 < t->nr; i++) {
        const unsigned a = all ? i : (unsigned)choose(m->c, t->nr),
                       b = all ? t->nr - 1 - i : (unsigned)choose(m->c, t->nr);
        if (all && a >= b)
            break;
        const struct e820_entry e = t->e[a];
        t->e[a] = t->e[b];
        t->e[b] = e;
        if (!all && choose_percent(m->c, 60))
            break;
    }
}

/* The largest entry of RAM, in pieces: what there is stays the same. */
static void split_ram(struct mutation *m)
{
    struct e820_map *t = table(m);
    static const unsigned counts[] = {2, 3, 8, 16, 17, 32, 64, 120, 127, 128};
    unsigned pieces = counts[choose(m->c, sizeof counts / sizeof counts[0])], most = 0;
    for (unsigned i = 1; i < t->nr; i++)
        if (t->e[i].type == E820_TYPE_RAM && span_size(t->e[i].at) > span_size(t->e[most].at))
            most = i;
    if (t->nr == 0 || t->nr >= E820_MAX)
        return;
    if (pieces > E820_MAX + 1 - t->nr)
        pieces = E820_MAX + 1 - t->nr;
    struct e820_entry *e = &t->e[most];
    const uint64_t end = e->at.end, piece = page_down(span_size(e->at) / pieces);
    const bool gaps = choose_percent(m->c, 30);
    if (piece < 2 * PAGE_SIZE)
        return;
    uint64_t at = e->at.start + piece;
    e->at.end = at - (gaps ? PAGE_SIZE : 0);
    for (unsigned i = 2; i <= pieces; i++, at += piece)
        (void)e820_add(t, at, i == pieces ? end : at + piece - (gaps ? PAGE_SIZE : 0), t->e[most].type);
    if (choose_percent(m->c, 80))
        e820_sort(t);
}

/* RAM that is not there. */
static void promise_ram(struct mutation *m)
{
    const uint64_t at = choose(m->c, 2) == 0 ? m->g.low_end : choose_place(m);
    const uint64_t size = choose_size(m->c);
    put(table(m), (struct span){at, at + size}, E820_TYPE_RAM);
    e820_sort(&m->l->e820);
}

/* The top of RAM in the table alone: populated RAM above it is left out, or reserved. */
static void lower_ram(struct mutation *m)
{
    const struct span top = {0, m->g.low_end};
    const uint64_t size = choose_size(m->c) + (choose(m->c, 3) == 0 ? choose_size(m->c) : 0);
    if (size >= top.end - 2 * MIB)
        return;
    cut(table(m), (struct span){top.end - size, top.end});
    if (choose(m->c, 2) == 0)
        (void)e820_add(&m->l->e820, top.end - size, top.end, choose_type(m->c));
    e820_sort(&m->l->e820);
}

static void set_cmos(struct mutation *m)
{
    if (m->l->has_cmos_low_ram && choose_percent(m->c, 30)) {
        m->l->has_cmos_low_ram = false;
        return;
    }
    const uint64_t end = m->g.low_end, step = (64 * KIB) << choose(m->c, 12);
    m->l->has_cmos_low_ram = true;
    m->l->cmos_low_ram = choose_percent(m->c, 25) ? choose_place(m)
                         : choose(m->c, 2) == 0   ? end + step
                         : end > step + 16 * MIB  ? end - step
                                                  : end;
}

static void set_fill(struct mutation *m)
{
    static const uint64_t fills[] = {
        0,
        UINT64_MAX,
        2,
        0xC2C2C2C2C2C2C2C2,
        0xAFAFAFAFAFAFAFAF,
        0x4856505800000000, /* "XPVH" in the upper half: where PVH leaves its mark */
        0x564D4F48564D5858,
        0xCCCCCCCCCCCCCCCC,
        0x5D2C81F3A94E6B07}; /* of no meaning: each other pattern costs a boot from reset */
    m->l->fill = fills[choose(m->c, sizeof fills / sizeof fills[0])];
}

static void forget_table(struct mutation *m)
{
    m->l->has_e820 = false;
}

static void take_table(struct mutation *m)
{
    if (m->other == NULL || !m->other->has_e820)
        return;
    m->l->e820 = m->other->e820;
    m->l->has_e820 = true;
}

static void take_cmos(struct mutation *m)
{
    if (m->other == NULL)
        return;
    m->l->has_cmos_low_ram = m->other->has_cmos_low_ram;
    m->l->cmos_low_ram = m->other->cmos_low_ram;
}

const struct mutate_operator table_operators[] = {
    {"carve", 12, false, carve_range},    {"hole", 4, false, dig_hole},       {"drop", 2, false, drop_entry},
    {"edge", 8, false, move_edge},        {"type", 2, false, change_type},    {"order", 3, false, change_order},
    {"split", 3, false, split_ram},       {"promise", 3, false, promise_ram}, {"lower", 6, false, lower_ram},
    {"cmos", 6, true, set_cmos},          {"fill", 2, false, set_fill},       {"forget-table", 1, false, forget_table},
    {"take-table", 2, false, take_table}, {"take-cmos", 1, true, take_cmos},
};
const size_t nr_table_operators = sizeof table_operators / sizeof table_operators[0];
