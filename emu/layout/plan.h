/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The plan: one table of guest-physical ranges, each with its bytes, its owner and who may do what to it in
 * which phase. Hand-offs fill it in layers (a later layer lies on top), plan_seal() flattens it. The machine
 * maps it, the checks read it, the report draws it. Pure.
 */
#ifndef HVMBED_LAYOUT_PLAN_H
#define HVMBED_LAYOUT_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/access.h"
#include "base/diag.h"
#include "base/span.h"

/* The phases of a boot, in order. A rule may change from one to the next. */
enum phase {
    PHASE_SEC,    /* from the first instruction */
    PHASE_PEI,    /* PEI core and PEIMs on temporary RAM: the firmware reads the hand-off now */
    PHASE_MEMORY, /* PEI memory installed: the layout has been read */
    PHASE_DXE,    /* from the DXE core's entry */
    PHASE_COUNT,
    PHASE_LOADER = PHASE_COUNT, /* before all others, where a first stage such as hvmloader runs: no rights apply */
};
const char *phase_name(enum phase p); /* "SEC", "PEI", "PEI-mem", "DXE" */

enum plan_kind {
    PLAN_RAM,    /* backed by memory */
    PLAN_DEVICE, /* accesses go to a device model */
    PLAN_HOLE,   /* nothing there: reads all ones, writes vanish */
};

/* Why a range is what it is (xen-facts E.1's classes); names the rule that a bad access breaks. */
enum plan_class {
    CLASS_FREE,      /* firmware's to use */
    CLASS_NULL,      /* free, but where only null pointers lead, until somebody allocates it in DXE */
    CLASS_LIVE,      /* holds what the firmware must read first, then free */
    CLASS_PRESERVED, /* to be handed on to the OS unharmed */
    CLASS_RESERVED,  /* Xen's, or reserved by the E820 */
    CLASS_IMAGE,     /* the firmware's own image */
    CLASS_DEVICE,    /* device registers */
    CLASS_HOLE,      /* not populated */
    CLASS_COUNT
};
const char *plan_class_name(enum plan_class c);

struct plan_range {
    struct span at;
    enum plan_kind kind;
    enum plan_class cls;
    const char *owner;          /* static string: "hvmloader info block", "OVMF image" … */
    uint8_t allow[PHASE_COUNT]; /* ALLOW_* in each phase */
    uint8_t *bytes;             /* what it starts with, or NULL for the layout's fill; the plan's own copy */
    size_t nbytes;              /* <= span_size(at); the rest starts as zero */
    bool borrowed;              /* the bytes are the caller's, or another range's of the same plan */
};

struct plan {
    struct plan_range *r; /* after plan_seal: sorted, disjoint, covers [0, top) without gaps */
    size_t nr, cap;
    uint64_t top; /* bytes of guest-physical address space */
    bool sealed;
};

void plan_init(struct plan *p, uint64_t top);
void plan_exit(struct plan *p);

/* Default rights of a class in every phase (a table; CLASS_LIVE becomes writable in PHASE_MEMORY). */
void plan_class_rights(enum plan_class c, uint8_t allow[PHASE_COUNT]);

/*
 * Puts a range on top of what is there, with its class's default rights. @bytes (may be NULL) are copied.
 * Returns the layer, valid until the next call, so that the caller can change its rights; NULL with @d when the
 * range is empty, wraps, or exceeds the top.
 */
struct plan_range *plan_put(struct plan *p, struct span at, enum plan_kind kind, enum plan_class cls, const char *owner,
                            const void *bytes, size_t nbytes, struct diag *d);

/* The same without a copy: @bytes must outlive the plan. */
struct plan_range *plan_lend(struct plan *p, struct span at, enum plan_kind kind, enum plan_class cls,
                             const char *owner, const void *bytes, size_t nbytes, struct diag *d);

/*
 * Flattens the layers. Where a layer without bytes lies on RAM with bytes, the lower bytes stay (a rule laid
 * over content). Holes fill what nobody claimed.
 */
bool plan_seal(struct plan *p, struct diag *d);

/* The range that holds @gpa (sealed plans only), or NULL above the top. O(log n). */
const struct plan_range *plan_find(const struct plan *p, uint64_t gpa);

/* The same, which mostly is @r (NULL: nobody knows) or one of those behind it. */
const struct plan_range *plan_find_from(const struct plan *p, const struct plan_range *r, uint64_t gpa);

/* The table for people, one line a range. */
void plan_write(const struct plan *p, FILE *out);

#endif
