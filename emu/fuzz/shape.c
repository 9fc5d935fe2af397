/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the firmware made of a layout, as properties: where it put PEI's memory, and which HOBs it built. A layout with a
 * new one is worth keeping even when no new code ran.
 */
#include "check/fingerprint.h"
#include "fuzz/coverage.h"

enum shape {
    SHAPE_ENDING = 1,
    SHAPE_FINDING,
    SHAPE_KNOWN,
    SHAPE_RESOURCE,
    SHAPE_RESOURCES,
    SHAPE_ALLOCATIONS,
    SHAPE_PEI_BOTTOM,
    SHAPE_PEI_TOP,
    SHAPE_PEI_SIZE,
    SHAPE_WIDTH,
    SHAPE_NEIGHBOURS,
};

static void set(struct coverage_map *map, enum shape what, uint64_t a, uint64_t b)
{
    uint64_t h = ((uint64_t)what * 1000003 + a) * 0x9E3779B97F4A7C15ULL;
    h = ((h ^ h >> 29) + b) * 0xBF58476D1CE4E5B9ULL;
    const size_t i = COVERAGE_EDGES + (size_t)((h ^ h >> 32) % COVERAGE_SHAPES);
    if (map->cell[i] == 0)
        coverage_count(map, i, 1);
}

/* 0, 1, 2, 3-4, 5-8 …: the order of magnitude. */
static unsigned magnitude(uint64_t n)
{
    unsigned bits = 0;
    for (; n > 1; n = (n + 1) / 2)
        bits++;
    return bits;
}

/* In which range @gpa lies, and how near to its ends. */
static void set_place(struct coverage_map *map, enum shape what, const struct machine *m, uint64_t gpa)
{
    const struct plan_range *r = plan_find(m->plan, gpa);
    if (r == NULL) {
        set(map, what, 0, 0);
        return;
    }
    const unsigned below = magnitude((gpa - r->at.start) >> 16), above = magnitude((r->at.end - gpa) >> 16);
    set(map, what, 1 + (uint64_t)r->cls * PLAN_HOLE + r->kind, below < 2 ? below : above < 2 ? 2 + above : 4);
}

static void set_pei(struct coverage_map *map, const struct verdict *v, const struct machine *m)
{
    struct span at = v->published;
    const struct hob *first = hob_find(&v->hobs, HOB_HANDOFF, NULL);
    if (v->ending == END_HANDOFF && first != NULL)
        at = (struct span){first->phit.memory_bottom, first->phit.memory_top};
    if (at.start >= at.end)
        return;
    set_place(map, SHAPE_PEI_BOTTOM, m, at.start);
    set_place(map, SHAPE_PEI_TOP, m, at.end - 1);
    set(map, SHAPE_PEI_SIZE, magnitude(span_size(at) >> 20), 0);
}

static void set_hobs(struct coverage_map *map, const struct verdict *v)
{
    unsigned resources = 0, allocations = 0, of_kind[16] = {0}, last = 0;
    for (size_t i = 0; i < v->hobs.nr; i++) {
        const struct hob *h = &v->hobs.h[i];
        allocations += h->type == HOB_ALLOCATION;
        if (h->type == HOB_CPU)
            set(map, SHAPE_WIDTH, h->mem_bits, 0);
        if (h->type != HOB_RESOURCE)
            continue;
        resources++;
        of_kind[h->kind % 16]++;
        set(map, SHAPE_NEIGHBOURS, last, h->kind);
        last = 1 + h->kind;
    }
    set(map, SHAPE_RESOURCES, magnitude(resources), 0);
    set(map, SHAPE_ALLOCATIONS, magnitude(allocations), 0);
    for (unsigned i = 0; i < 16; i++)
        if (of_kind[i] != 0)
            set(map, SHAPE_RESOURCE, i, of_kind[i] < 8 ? of_kind[i] : 8 + magnitude(of_kind[i]));
}

void coverage_shape(struct coverage_map *map, const struct verdict *v, const struct machine *m)
{
    set(map, SHAPE_ENDING, v->ending, v->phase);
    for (size_t i = 0; i < v->findings.nr; i++)
        set(map, SHAPE_FINDING, v->findings.f[i].rule, v->findings.f[i].cls);
    for (size_t i = 0; i < v->nr_known; i++)
        set(map, SHAPE_KNOWN, v->known[i].rule, magnitude(v->known[i].count));
    set_pei(map, v, m);
    set_hobs(map, v);
}
