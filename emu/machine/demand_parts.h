/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by demand.c and demand_again.c only. */
#ifndef HVMBED_MACHINE_DEMAND_PARTS_H
#define HVMBED_MACHINE_DEMAND_PARTS_H

#include "machine/demand.h"
#include "machine/footprint.h"

struct piece {
    struct span at;
    bool ram;
    bool over; /* Xen has put it there, or taken it away */
    bool kept;
    bool away;      /* kept, and not mapped yet */
    bool hot;       /* kept, and written in each boot */
    bool exec;      /* code may run from it: stores are watched, which makes them slow */
    uint8_t allow;  /* in the machine's phase */
    uint8_t mapped; /* what the engine allows: less while writes are to be seen */
};

struct demand {
    struct piece *p; /* sorted, disjoint */
    size_t nr, cap;
    size_t ran;             /* where code was last said to run; a guess */
    struct footprint print; /* of what is kept */
    uint64_t *code;         /* pages of it that code had run from by then, in order */
    size_t nr_code;
    unsigned splits; /* of kept pieces, since they were joined */
    bool again;      /* this is not the first boot: what may be a doubt is done again by another machine */
    size_t heated;   /* how many of its pages had been written when they were last sorted out */
};

/* demand.c. The first piece that ends above @gpa. */
size_t demand_first_above(const struct demand *d, uint64_t gpa);
bool demand_insert(struct demand *d, const struct piece *piece);
/* The run of pages around @gpa in @w that @plan has mapped alike in this phase. */
struct piece demand_planned(const struct plan *plan, enum phase phase, bool guarded, uint64_t gpa, struct span w);
/* The same, and it stays so in every phase. */
struct piece demand_uniform(const struct machine *m, const struct plan *plan, uint64_t gpa, struct span w);
/* demand_touch(); RAM is not mapped yet when that is done @later. */
bool demand_add(struct machine *m, uint64_t gpa, bool later);
/* All of these: false when the engine refuses. */
bool demand_map(struct machine *m, struct piece *p);
bool demand_unmap(struct machine *m, size_t i);
bool demand_protect(struct machine *m, struct piece *p, uint8_t mapped);
/* Has code ever run from there? */
bool demand_has_code(const struct machine *m, struct span at);
/*
 * Where the guest writes in each boot nobody need be asked: pieces without code, all of which may be read and written. After
 * each change of pieces or rights.
 */
bool demand_quick(struct machine *m);
/* What the engine is to allow: writes to what is kept are seen. */
uint8_t demand_frozen(const struct piece *p);

#endif
