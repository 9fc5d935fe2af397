/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a guest or a file makes grow has an end. All ends that have a name, as one table: what --limit sets, reports tell and
 * docs/limits.md lists. Rooms that keep to one get its value as an argument, and know nothing of the table.
 */
#ifndef HVMBED_BASE_LIMITS_H
#define HVMBED_BASE_LIMITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"

/* The defaults that rooms name, too. */
#define LIMIT_FINDINGS_DEFAULT 256u
#define LIMIT_FINDINGS_MOST 4096u
#define LIMIT_LOG_DEFAULT (4u << 20) /* a whole DEBUG boot to the shell says less than 1 MiB */
#define LIMIT_MODULES_DEFAULT 512u
#define LIMIT_MODULES_MOST 16384u
#define LIMIT_HOBS_DEFAULT 4096u        /* real lists have about a hundred */
#define LIMIT_TABLES_DEFAULT 300000u    /* 48 bits in 2 MiB pages need 262,657 */
#define LIMIT_READS_DEFAULT (1u << 20)  /* see struct machine, nr_again */
#define LIMIT_PAGES_DEFAULT 0x4000u     /* no loader has Xen put any there */
#define LIMIT_XENSTORE_DEFAULT 1000u    /* X:tools/xenstore/xenstored_core.c:quota_nb_entry_per_domain */
#define LIMIT_WATCHES_DEFAULT 128u      /* quota_nb_watch_per_domain */
#define LIMIT_TRANSACTIONS_DEFAULT 10u  /* quota_max_transaction */
#define LIMIT_DISK_DEFAULT (1ull << 30) /* bytes of a disk, in memory */
#define LIMIT_DISK_LEAST 4096u          /* what is kept at once */
#define LIMIT_HANDLES_DEFAULT 4096u
#define LIMIT_INTERFACES_DEFAULT 256u
#define LIMIT_PROTOCOLS_DEFAULT 512u
#define LIMIT_DRIVERS_DEFAULT 512u
#define LIMIT_NODES_DEFAULT 50000u          /* OvmfPkgX64 has about 700 */
#define LIMIT_DEPTH_DEFAULT 24u             /* OVMF's modules lie 7 deep */
#define LIMIT_DEPTH_MOST 64u                /* it is walked by recursion */
#define LIMIT_UNPACKED_DEFAULT (128u << 20) /* OVMF has 14 MiB */

enum limit_id {
    /* what a guest makes grow */
    LIMIT_FINDINGS,
    LIMIT_LOG,
    LIMIT_TRACE,
    LIMIT_MODULES,
    LIMIT_DRIVERS,
    LIMIT_HOBS,
    LIMIT_TABLES,
    LIMIT_READS,
    LIMIT_PAGES,
    LIMIT_XENSTORE,
    LIMIT_WATCHES,
    LIMIT_TRANSACTIONS,
    LIMIT_DISK,
    LIMIT_HANDLES,
    LIMIT_INTERFACES,
    LIMIT_PROTOCOLS,
    /* what a file does */
    LIMIT_NODES,
    LIMIT_DEPTH,
    LIMIT_UNPACKED,
    /* what the process may use; enforced by the kernel, or by its parent */
    LIMIT_MEMORY,
    LIMIT_CPU,
    LIMIT_REPORT,
    LIMITS
};

enum limit_of { LIMIT_OF_GUEST = 1, LIMIT_OF_IMAGE = 2, LIMIT_OF_PROCESS = 4 };

struct limit_row {
    const char *name;     /* in --limit NAME=VALUE */
    const char *what;     /* that it counts: "findings that differ" */
    uint64_t standard;    /* where nothing was said */
    uint64_t least, most; /* what may be said; both 0: no option sets it */
    enum limit_of of;
};
extern const struct limit_row limit_rows[LIMITS];

struct limits {
    uint64_t max[LIMITS]; /* what was said; 0: nothing */
};
/* @l NULL: nothing was said of any. */
uint64_t limit(const struct limits *l, enum limit_id id);
static inline bool limit_is_fixed(enum limit_id id)
{
    return limit_rows[id].most == 0;
}

/* May what comes of a boot depend on it? */
static inline bool limit_decides(enum limit_id id)
{
    return limit_rows[id].of == LIMIT_OF_GUEST && id != LIMIT_TRACE && !limit_is_fixed(id);
}

/* "findings=1000", "log=64K": K, M and G are powers of 1024. One whose kind is in @of (enum limit_of). False with @d. */
bool limits_set(struct limits *l, const char *text, unsigned of, struct diag *d);

/* What was said in @from, where @l says nothing. */
void limits_complete(struct limits *l, const struct limits *from);

/* Those that were met: there was more than the report tells, or the guest was refused something. */
struct limits_reached {
    uint64_t at[LIMITS]; /* the value that it had; 0: it was not */
};
static inline void limit_reach(struct limits_reached *r, enum limit_id id, const struct limits *l, bool reached)
{
    if (reached)
        r->at[id] = limit(l, id);
}
void limits_merge(struct limits_reached *to, const struct limits_reached *from);
bool limits_any(const struct limits_reached *r);

/* "--limit findings=N", what raises it; "" where nothing does. */
#define LIMIT_OPTION_SIZE 40
void limit_option(enum limit_id id, char out[LIMIT_OPTION_SIZE]);
/* "findings=256 was reached (findings that differ); --limit findings=N raises it": a line for people. */
#define LIMIT_TEXT_SIZE 200
void limit_text(enum limit_id id, uint64_t value, char out[LIMIT_TEXT_SIZE]);

#endif
