/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the processor runs on: page tables, descriptor tables and the stack, in memory that nobody else is given. */
#include "check/leave/leave.h"
#include "machine/pagemap.h"

#define TOLD_MAX 4u

struct audit {
    struct leave *l;
    unsigned free, faults;
};

/* Is some of @at free memory? What boot services and loaders have is theirs as long as this matters. */
static bool is_free(const struct leave *l, struct span at)
{
    for (size_t i = 0; i < l->map->nr; i++)
        if (l->map->r[i].type == EFI_CONVENTIONAL && span_overlaps(l->map->r[i].at, at))
            return true;
    return false;
}

static void on_table(void *self, uint64_t gpa)
{
    struct audit *a = self;
    const struct span at = {gpa, gpa + PAGE_SIZE};
    if (is_free(a->l, at) && a->free++ < TOLD_MAX)
        leave_tell(a->l, RULE_PROCESSOR_TABLES, at, at, "the page table at %#llx is in memory that the map calls free",
                   (unsigned long long)gpa);
}

static void on_fault(void *self, const struct pagemap_fault *f)
{
    struct audit *a = self;
    const struct span entry = {f->entry_gpa, f->entry_gpa + 8};
    /* A page of 1 GiB is named by its address: known.c has a row for some. */
    const struct span at = f->level == 3 ? (struct span){f->gva, f->gva + GIB} : entry;
    if (a->faults < TOLD_MAX &&
        leave_tell(a->l, RULE_PROCESSOR_TABLES, at, entry, "the level %u entry at %#llx, %#llx, for gva %#llx: %s",
                   f->level, (unsigned long long)f->entry_gpa, (unsigned long long)f->entry, (unsigned long long)f->gva,
                   f->why))
        a->faults++;
}

static void on_run(void *self, const struct pagemap_run *r)
{
    (void)self;
    (void)r;
}

void check_processor_tables(struct leave *l)
{
    struct {
        const char *name;
        uint64_t base;
        uint32_t limit;
    } t[] = {{.name = "GDT"}, {.name = "IDT"}, {"stack", l->v.regs.gpr[CPU_RSP], 7}};
    struct audit a = {.l = l};
    (void)look_at_tables(l->v.mon, &(struct pagemap_visitor){on_run, on_fault, on_table, &a, 0});
    engine_gdt(l->v.m->engine, &t[0].base, &t[0].limit);
    engine_idt(l->v.m->engine, &t[1].base, &t[1].limit);
    for (unsigned i = 0; i < sizeof t / sizeof t[0]; i++) {
        const struct span at = {t[i].base, t[i].base + t[i].limit + 1};
        if (is_free(l, at))
            leave_tell(l, RULE_PROCESSOR_TABLES, at, (struct span){0, 0},
                       "the %s, %#llx-%#llx, is in memory that the map calls free", t[i].name,
                       (unsigned long long)at.start, (unsigned long long)at.end);
    }
}
