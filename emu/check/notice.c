/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the guest does to Xen and to devices that no good one does, and how a first stage leaves things. */
#include <stdio.h>
#include <string.h>

#include "base/span.h"
#include "check/explain/explain.h"
#include "check/internal.h"

static const enum rule_id rule_of[] = {
    [NOTICE_BAR_DISPLACES] = RULE_BAR_OVER_RAM,
    [NOTICE_BAR_HIDDEN] = RULE_BAR_OVER_RAM,
    [NOTICE_HYPERCALL] = RULE_HYPERCALL_REFUSED,
    [NOTICE_RING] = RULE_XENSTORE_RING,
    [NOTICE_PV_RING] = RULE_PV_RING,
};

void notice_taken(struct monitor *mon, const struct machine_notice *n)
{
    const bool about_ram = n->at.start != n->at.end;
    const struct plan_range *r = about_ram ? plan_find(mon->m->plan, n->at.start) : NULL;
    bool again;
    struct finding *f = record(mon, rule_of[n->kind], n->pc, r, &again);
    if (f == NULL || again)
        return;
    if (about_ram) {
        f->gpa = f->gva = n->at.start;
        f->touched = n->at;
        (void)snprintf(f->text, sizeof f->text, "%s came over RAM at %#llx-%#llx%s", n->owner,
                       (unsigned long long)n->at.start, (unsigned long long)n->at.end,
                       n->kind == NOTICE_BAR_DISPLACES ? ", which is gone" : ", which hides it");
    } else {
        (void)snprintf(f->text, sizeof f->text, "%s", n->text);
    }
    if (n->kind == NOTICE_HYPERCALL)
        find_stub_caller(mon, f);
}

/* The first gpa of @at where memory is not what the image has there; 0 for none. It ends at 1 MiB, and at 4 GiB. */
static uint64_t first_difference(const struct monitor *mon, struct span at)
{
    const struct image *im = mon->options.image;
    const uint64_t end = at.end <= MIB ? MIB : 4 * GIB;
    uint8_t page[PAGE_SIZE];
    for (uint64_t gpa = at.start; gpa < at.end; gpa += sizeof page) {
        const size_t n = at.end - gpa < sizeof page ? (size_t)(at.end - gpa) : sizeof page;
        if (!memory_read(&mon->m->memory, gpa, page, n) || memcmp(page, im->bytes + im->size - (end - gpa), n) != 0)
            return gpa;
    }
    return 0;
}

void notice_entry(struct monitor *mon)
{
    const struct image *im = mon->options.image;
    const struct plan *p = mon->m->plan;
    for (size_t i = 0; im != NULL && i < p->nr; i++) {
        const struct plan_range *r = &p->r[i];
        if (r->cls != CLASS_IMAGE || span_size(r->at) > im->size)
            continue;
        const uint64_t gpa = first_difference(mon, r->at);
        bool again;
        struct finding *f = gpa != 0 ? record(mon, RULE_IMAGE_NOT_LOADED, engine_pc(mon->m->engine), r, &again) : NULL;
        if (f == NULL)
            continue;
        f->gpa = f->gva = gpa;
        (void)snprintf(f->text, sizeof f->text,
                       "the first stage entered the firmware, but from %#llx on (%s) memory is not the image",
                       (unsigned long long)gpa, r->owner);
        return;
    }
}

void notice_limits(struct monitor *mon)
{
    if (mon->m->xen.p2m.refused != 0)
        end_run(mon, END_UNSUPPORTED, "the guest has Xen put more pages above its memory than the bed has room for");
}
