/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the plan becomes pages (machine/mapping.h): against a page-by-page reading of the same plan. */
#include "guest_kit.h"

#include "machine/mapping.h"

static struct guest t;
static struct plan plan;
static struct cpu_entry entry;

struct page {
    bool ram;
    unsigned allow;
};

static struct page page_of(enum phase phase, bool guarded, uint64_t gpa)
{
    struct page p = {false, ALLOW_R | ALLOW_W | ALLOW_X};
    for (size_t i = 0; i < plan.nr; i++) {
        const struct plan_range *r = &plan.r[i];
        if (!span_overlaps(r->at, (struct span){gpa, gpa + PAGE_SIZE}))
            continue;
        p.ram |= r->kind == PLAN_RAM;
        p.allow &= guarded ? r->allow[phase] : p.allow;
    }
    return p;
}

static bool alike(struct page a, struct page b)
{
    return a.ram == b.ram && (!a.ram || a.allow == b.allow);
}

/* Where the pages from @gpa on first differ from it: at some range's end. */
static uint64_t run_end(enum phase phase, bool guarded, uint64_t gpa)
{
    const struct page here = page_of(phase, guarded, gpa);
    for (size_t i = 0; i < plan.nr; i++)
        for (unsigned k = 0; k < 2; k++) {
            const uint64_t at = page_down(plan.r[i].at.end) + k * PAGE_SIZE;
            if (at > gpa && at < plan.top && !alike(here, page_of(phase, guarded, at)))
                return at;
        }
    return plan.top;
}

/* Into runs that are as long as they can be, and no longer. */
static void looked_at(enum guest_type type, unsigned ragged)
{
    guest_init(&t, type, 64, 0, AMPLE, 2);
    for (unsigned i = 0; i < ragged; i++) { /* reserved, at both ends and within pages */
        struct e820_map *m = &t.g.e820;
        unsigned k = 0;
        while (m->e[k].type != E820_TYPE_RAM || m->e[k].at.end < 32 * MIB)
            k++;
        const uint64_t end = m->e[k].at.end, start = 0x1000800 + 0x10000 * i;
        m->e[k].at.end = start;
        assert_true(e820_add(m, start, start + (i == 0 ? 0x100 : 0x1000 * i), E820_TYPE_RESERVED));
        assert_true(e820_add(m, start + (i == 0 ? 0x100 : 0x1000 * i), end, E820_TYPE_RAM));
    }
    guest_plan(&t, &plan, &entry);
    for (enum phase phase = PHASE_SEC; phase < PHASE_COUNT; phase++)
        for (unsigned guarded = 0; guarded < 2; guarded++)
            for (uint64_t gpa = 0, end; gpa < plan.top; gpa = end) {
                const struct mapping_run run = mapping_run_at(&plan, phase, guarded != 0, gpa, UINT64_MAX);
                const struct page page = page_of(phase, guarded != 0, gpa);
                end = run_end(phase, guarded != 0, gpa);
                if (run.at.start != gpa || run.at.end != end)
                    fail_msg("phase %d: %#llx-%#llx, not %#llx", phase, (unsigned long long)gpa,
                             (unsigned long long)run.at.end, (unsigned long long)end);
                assert_true(run.ram == page.ram && (!run.ram || run.allow == page.allow));
                const uint64_t cut = gpa + PAGE_SIZE;
                assert_int_equal(mapping_run_at(&plan, phase, guarded != 0, gpa, cut).at.end, cut);
                assert_int_equal(mapping_run_at(&plan, phase, guarded != 0, gpa, end).at.end, end);
            }
    plan_exit(&plan);
}

static void runs(void **state)
{
    (void)state;
    for (unsigned ragged = 0; ragged < 4; ragged++) {
        looked_at(GUEST_HVM, ragged);
        looked_at(GUEST_PVH, ragged);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(runs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
