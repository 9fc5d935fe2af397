/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The processor's tables as DXE takes them over: paging, descriptors, interrupts. */
#include "check/handoff/handoff.h"
#include "machine/pagemap.h"

/* More faults than this are more of the same. */
#define TOLD_MAX 4u
#define PTE_PAGE 0x80u
#define PTE_ADDRESS 0x000fffffc0000000ULL /* of a page of 1 GiB */
#define RFLAGS_IF 0x200u

struct audit {
    struct view *v;
    unsigned faults, elsewhere, unkept, unwritable;
    uint64_t covered; /* 1:1 from 0 to here */
    struct paging_summary *sum;
};

static void on_fault(void *self, const struct pagemap_fault *f)
{
    struct audit *a = self;
    struct span at = {f->entry_gpa, f->entry_gpa + 8};
    /* A page of 1 GiB at its own address is named by that address: known.c has a row for some. */
    if (f->level == 3 && (f->entry & PTE_PAGE) != 0 && (f->entry & PTE_ADDRESS) == f->gva)
        at = (struct span){f->gva, f->gva + GIB};
    if (a->faults < TOLD_MAX &&
        handoff_tell(a->v, RULE_PAGE_TABLES, NULL, at, "the level %u entry at %#llx, %#llx, for gva %#llx: %s",
                     f->level, (unsigned long long)f->entry_gpa, (unsigned long long)f->entry,
                     (unsigned long long)f->gva, f->why)) {
        handoff_blame(a->v, (struct span){f->entry_gpa, f->entry_gpa + 8});
        a->faults++;
    }
}

static void on_table(void *self, uint64_t gpa)
{
    struct audit *a = self;
    const struct span at = {gpa, gpa + PAGE_SIZE};
    a->sum->tables++;
    if (!hob_is_kept(a->v, at) && a->unkept++ < TOLD_MAX &&
        handoff_tell(a->v, RULE_PAGE_TABLES, NULL, at, "the page table at %#llx is in RAM that no HOB allocates",
                     (unsigned long long)gpa))
        handoff_blame(a->v, at);
}

/* The entry that maps @gva is to blame. */
static void blame_entry(const struct audit *a, uint64_t gva)
{
    struct paging p;
    struct walk w;
    machine_paging(a->v->m, &p);
    if (walk_gva(&a->v->m->memory, &p, gva, &w) && w.nr != 0)
        handoff_blame(a->v, (struct span){w.step[w.nr - 1].entry_gpa, w.step[w.nr - 1].entry_gpa + 8});
}

/* Is the gva the gpa, as far as canonical addresses allow? The upper half's are sign-extended. */
static bool is_own(const struct pagemap_run *r)
{
    return r->gva == r->gpa || (r->gva >> 47 == 0x1FFFF && (r->gva & ((1ULL << 48) - 1)) == r->gpa);
}

static void on_run(void *self, const struct pagemap_run *r)
{
    struct audit *a = self;
    a->sum->mapped += r->size;
    if (r->writable && r->executable) {
        a->sum->wx += r->size;
        a->sum->wx_runs++;
    }
    const struct span at = {r->gpa, r->gpa + r->size};
    const uint64_t end = r->gva + r->size;
    if (!is_own(r)) {
        if (a->elsewhere++ < TOLD_MAX &&
            handoff_tell(a->v, RULE_PAGE_TABLES, NULL, at,
                         "gva %#llx-%#llx leads to %#llx, where DXE expects memory at its own address",
                         (unsigned long long)r->gva, (unsigned long long)end, (unsigned long long)r->gpa))
            blame_entry(a, r->gva);
        return;
    }
    if (r->gva <= a->covered && end > a->covered)
        a->covered = end;
    /* DxeIpl protects the tables' own pool so (E:MdeModulePkg/Core/DxeIplPeim/X64/VirtualMemory.c). */
    if (!r->writable && !hob_is_kept(a->v, at) && a->unwritable++ < TOLD_MAX &&
        handoff_tell(a->v, RULE_PAGE_TABLES, NULL, at, "RAM at %#llx-%#llx that is free is mapped read-only",
                     (unsigned long long)at.start, (unsigned long long)at.end))
        blame_entry(a, r->gva);
}

bool look_at_tables(struct monitor *mon, const struct pagemap_visitor *visitor)
{
    struct paging p;
    struct pagemap_visitor all = *visitor;
    all.most = limit(mon->m->limits, LIMIT_TABLES);
    machine_paging(mon->m, &p);
    const bool whole = pagemap_visit(&mon->m->memory, &p, &all);
    limit_reach(&mon->v->reached, LIMIT_TABLES, mon->m->limits, !whole);
    return whole;
}

void check_page_tables(struct view *v)
{
    struct paging p;
    struct audit a = {.v = v, .sum = &v->mon->v->paging};
    machine_paging(v->m, &p);
    if (!look_at_tables(v->mon, &(struct pagemap_visitor){on_run, on_fault, on_table, &a, 0}))
        handoff_tell(v, RULE_PAGE_TABLES, NULL, (struct span){p.cr3, p.cr3 + PAGE_SIZE},
                     "there are more than %llu page tables", (unsigned long long)limit(v->m->limits, LIMIT_TABLES));
    for (size_t i = 0; i < v->hobs->nr; i++) {
        const struct hob *h = &v->hobs->h[i];
        if (hob_is_resource(h, HOB_RESOURCE_RAM) && h->range.end > a.covered)
            handoff_tell(v, RULE_PAGE_TABLES, h, h->range, "the page tables map memory 1:1 only up to %#llx",
                         (unsigned long long)a.covered);
    }
}

void check_descriptor_tables(struct view *v)
{
    struct {
        const char *name;
        uint64_t base;
        uint32_t limit;
    } t[2] = {{.name = "GDT"}, {.name = "IDT"}};
    engine_gdt(v->m->engine, &t[0].base, &t[0].limit);
    engine_idt(v->m->engine, &t[1].base, &t[1].limit);
    for (unsigned i = 0; i < 2; i++) {
        const struct span at = {t[i].base, t[i].base + t[i].limit + 1};
        if (!hob_is_kept(v, at))
            handoff_tell(v, RULE_DESCRIPTOR_TABLES, NULL, at, "the %s, %#llx-%#llx, is in RAM that no HOB allocates",
                         t[i].name, (unsigned long long)at.start, (unsigned long long)at.end);
    }
}

void check_interrupts(struct view *v)
{
    if ((v->regs.rflags & RFLAGS_IF) != 0)
        handoff_tell(v, RULE_INTERRUPTS, NULL, (struct span){v->mon->v->dxe_entry, v->mon->v->dxe_entry + 1},
                     "RFLAGS.IF is set when DXE is entered");
}
