/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is looked at once, at the hand-off to DXE: the HOB list, the page tables, Xen's state and the bytes that had to
 * stay. One function a check, one row a check in handoff.c; what is known and harmless is rows in known.c.
 */
#ifndef HVMBED_CHECK_HANDOFF_HANDOFF_H
#define HVMBED_CHECK_HANDOFF_HANDOFF_H

#include "check/internal.h"

/* The hand-off as the checks see it. */
struct view {
    struct monitor *mon;
    const struct machine *m;
    const struct hob_list *hobs;
    const struct hob *xen_info; /* NULL: firmware without Xen code */
    struct cpu_regs regs;
    uint64_t pc; /* what findings are about: the code that runs next */
    bool later;  /* not the first look: what is found as it was before is not told again */
};

/*
 * A finding of @rule about @at (guest-physical) and, unless NULL, the HOB @h; or an entry among the known differences
 * when known.c has a row for it. The text goes behind the HOB's. True when it is a finding.
 */
bool handoff_tell(struct view *v, enum rule_id rule, const struct hob *h, struct span at, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
/* The finding that was just told: not the HOB's fields, but these bytes are to blame. */
void handoff_blame(struct view *v, struct span bytes);
/* Why a finding of @rule about @at is none; NULL when it is one. */
const char *known_why(const struct view *v, enum rule_id rule, struct span at);

#define HOB_LABEL_SIZE 192
/* "HOB 18 at 0x3aece670 (resource RAM 0x100000-0x3eeb4000)" */
void hob_label(const struct view *v, const struct hob *h, char out[HOB_LABEL_SIZE]);

/* Is it a resource of memory addresses of this kind? */
static inline bool hob_is_resource(const struct hob *h, unsigned kind)
{
    return h->type == HOB_RESOURCE && h->kind == kind && h->range.start < h->range.end;
}
static inline bool hob_is_allocation(const struct hob *h)
{
    return h->type == HOB_ALLOCATION && h->range.start < h->range.end;
}
/* The RAM resource that holds all of @at, NULL when none does. */
const struct hob *hob_ram_around(const struct view *v, struct span at);
/* The allocation that holds all of @at, freed pages aside; NULL when none does. */
const struct hob *hob_allocation_around(const struct view *v, struct span at);
/* Does DXE keep away from @at, since it is allocated or no RAM that it was given? */
bool hob_is_kept(const struct view *v, struct span at);

/* gpa of the RSDP that a PVH guest's start info gives; 0: none. */
uint64_t handoff_rsdp(const struct plan *p);

/* The checks: ram.c, alloc.c, parts.c, xen.c, tables.c, preserve.c */
void check_hob_list(struct view *v);
void check_published(struct view *v);
void check_hob_ram(struct view *v);
void check_hob_ram_missing(struct view *v);
void check_hob_vga(struct view *v);
void check_hob_reserved_missing(struct view *v);
void check_hob_overlap(struct view *v);
void check_hob_allocation(struct view *v);
void check_hob_allocation_overlap(struct view *v);
void check_hob_memory(struct view *v);
void check_hob_stack(struct view *v);
void check_hob_cpu(struct view *v);
void check_hob_volume(struct view *v);
void check_hob_xen(struct view *v);
void check_hypercall_page(struct view *v);
void check_bus_clock(struct view *v);
void check_xen_mapping(struct view *v);
void check_page_tables(struct view *v);
void check_descriptor_tables(struct view *v);
void check_interrupts(struct view *v);
void check_bytes_changed(struct view *v);
void check_low_memory(struct view *v);

#endif
