/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The page tables against what DXE says of memory. The GCD keeps the attributes that CpuDxe was asked for
 * (E:UefiCpuPkg/CpuDxe/CpuPageTable.c:RefreshGcdMemoryAttributesFromPaging): what is read-only there, not to be executed or
 * not to be touched must be so. And what the memory map calls free may be given to anybody, who will write to it.
 */
#include "check/leave/leave.h"
#include "machine/pagemap.h"

#define TOLD_MAX 4u
#define CR0_WP (1ULL << 16)

struct audit {
    struct leave *l;
    bool sound;   /* the page tables are where they may be, and not broken: else another rule has told of that */
    uint64_t end; /* of what can be written so far */
    unsigned allowed, refused; /* told of */
};

static bool is_mapped(const struct pagemap_run *r)
{
    (void)r;
    return true;
}
static bool is_writable(const struct pagemap_run *r)
{
    return r->writable;
}
static bool is_executable(const struct pagemap_run *r)
{
    return r->executable;
}

/* What an attribute forbids. */
static const struct {
    uint64_t attribute;
    const char *name, *done;
    bool (*allows)(const struct pagemap_run *r);
} rights[] = {
    {EFI_ATTRIBUTE_RP, "RP", "be read", is_mapped},
    {EFI_ATTRIBUTE_RO, "RO", "be written", is_writable},
    {EFI_ATTRIBUTE_XP, "XP", "be executed", is_executable},
};

/* Without CR0.WP the firmware, which is the supervisor, may write wherever it may read. */
static struct pagemap_run effective(const struct audit *a, const struct pagemap_run *r)
{
    struct pagemap_run run = *r;
    run.writable = run.writable || (a->l->v.regs.cr0 & CR0_WP) == 0;
    return run;
}

static void tell_allowed(struct audit *a, size_t n, const struct pagemap_run *run)
{
    const struct efi_range *r = &a->l->gcd->r[n];
    const struct span at = {run->gva > r->at.start ? run->gva : r->at.start,
                            run->gva + run->size < r->at.end ? run->gva + run->size : r->at.end};
    for (size_t i = 0; i < sizeof rights / sizeof rights[0] && at.start < at.end; i++) {
        if ((r->attributes & rights[i].attribute) == 0 || !rights[i].allows(run) || a->allowed >= TOLD_MAX)
            continue;
        a->allowed++;
        leave_tell(a->l, RULE_PAGE_ATTRIBUTES, at, r->bytes,
                   "the GCD's descriptor %zu, %#llx-%#llx, is %s, and the page tables let %#llx-%#llx %s", n,
                   (unsigned long long)r->at.start, (unsigned long long)r->at.end, rights[i].name,
                   (unsigned long long)at.start, (unsigned long long)at.end, rights[i].done);
    }
}

/* @gap cannot be written: is any of it free? */
static void tell_refused(struct audit *a, struct span gap)
{
    for (size_t i = 0; i < a->l->map->nr && a->refused < TOLD_MAX; i++) {
        const struct efi_range *r = &a->l->map->r[i];
        const struct span at = {gap.start > r->at.start ? gap.start : r->at.start,
                                gap.end < r->at.end ? gap.end : r->at.end};
        if (r->type != EFI_CONVENTIONAL || at.start >= at.end)
            continue;
        a->refused++;
        leave_tell(a->l, RULE_PAGE_ATTRIBUTES, at, r->bytes,
                   "free memory, descriptor %zu of the memory map, %#llx-%#llx: the page tables let %#llx-%#llx not be "
                   "written",
                   i, (unsigned long long)r->at.start, (unsigned long long)r->at.end, (unsigned long long)at.start,
                   (unsigned long long)at.end);
    }
}

static void on_run(void *self, const struct pagemap_run *r)
{
    struct audit *a = self;
    const struct pagemap_run run = effective(a, r);
    for (size_t n = 0; n < a->l->gcd->nr; n++)
        tell_allowed(a, n, &run);
    if (!a->sound || !run.writable || run.gva < a->end)
        return;
    tell_refused(a, (struct span){a->end, run.gva});
    a->end = run.gva + run.size;
}

void check_page_attributes(struct leave *l)
{
    struct audit a = {.l = l, .sound = !leave_told(l, RULE_PROCESSOR_TABLES, (struct span){0, UINT64_MAX})};
    if (look_at_tables(l->v.mon, &(struct pagemap_visitor){.run = on_run, .self = &a}) && a.sound)
        tell_refused(&a, (struct span){a.end, UINT64_MAX});
}
