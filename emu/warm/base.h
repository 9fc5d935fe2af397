/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files of this room only: the beginning that boots have in common. */
#ifndef HVMBED_WARM_BASE_H
#define HVMBED_WARM_BASE_H

#include "base/span.h"
#include "warm/stretch.h"
#include "warm/warm.h"

/* Address space for all layouts that come; what a guest has beyond it is folded. */
#define BASE_RESERVE (1024 * GIB)
/* More than that no process has: a machine of its own could not be had either, so it is not to be booted at all. */
#define BASE_REACH (65536 * GIB)

enum exit_kind {
    EXIT_IO_READ,
    EXIT_IO_WRITE,
    EXIT_MMIO_READ,
    EXIT_MMIO_WRITE,
    EXIT_CPUID,
    EXIT_TSC,
    EXIT_RDMSR,
    EXIT_WRMSR,
    EXIT_SERVED /* none: between two runs timers and interrupts were looked at, interrupts_serve() */
};

/* What the guest asked of a device or Xen, and was told. */
struct exit {
    uint8_t kind, size, phase;
    bool forbidden; /* the plan did not allow it */
    bool refused;   /* #GP(0) */
    uint32_t subleaf;
    uint64_t what; /* port, gpa, leaf, MSR; how the run before had ended */
    uint64_t value[2];
    uint64_t cycles; /* virtual time before */
};

struct exit_log {
    struct exit *e;
    size_t nr, cap;
    bool recording;
    bool open;      /* it holds what cannot be done again: a hypercall, or memory is out */
    bool looked;    /* the firmware has begun to look at the layout */
    uint64_t look;  /* in which block, counted */
    bool forbidden; /* while an exit is served */
    const struct machine_watcher *watcher;
    void *watcher_self;
};

enum base_state {
    BASE_NEW,      /* nobody knows yet where the firmware looks at the layout */
    BASE_LOOKED,   /* a boot has shown it */
    BASE_KEPT,     /* the state before that is kept */
    BASE_HOPELESS, /* it cannot be kept */
};

/* One beginning: all that it depends on, and the machine that goes back to it. */
struct base {
    struct machine machine; /* first: the engine's client is a machine to others */
    bool on;                /* the machine is */
    struct engine_client client;
    enum base_state state;
    const struct handoff *handoff;
    struct cpu_entry entry;
    uint64_t fill;
    bool unchecked;
    unsigned tries;  /* boots that did not show it */
    unsigned misses; /* layouts, one after the other, that it did not serve */
    bool answered;   /* the last base_go_back() failed since a device or CPUID answers something else */
    uint64_t used;   /* when it last served: warm.c's count of runs */
    uint64_t look;   /* the number of the block in which it looks */
    struct exit_log log;
    enum phase phase;
    struct clock clock;
    struct pause_loop spin;
    uint64_t exits;
    uint64_t work_seen;
    unsigned nr_again;
    bool again_cut;
    struct monitor monitor;         /* as it was there */
    bool asked;                     /* in this boot: Xen, or what CMOS says about memory */
    const struct warm_trace *trace; /* who is to be told what it executes; NULL: nobody */
    void *trace_self;
    struct verdict verdict;
    struct stretches *stretches; /* NULL: none yet */
};

/* base.c. Is it one for this boot, as far as can be told without trying? */
bool base_serves(const struct base *b, const struct boot_case *c);
/* The same but for what memory holds. */
bool base_same_start(const struct base *b, const struct boot_case *c);
/* @b is zero before. @like: a beginning of the same image, that may have shown where it looks at the layout; or NULL. */
void base_init(struct base *b, const struct boot_case *c, const struct base *like);
void base_off(struct base *b);
/* A machine at reset, whose exits are recorded. False with @d. */
bool base_begin(struct base *b, const struct boot_case *c, struct diag *d);
/* Boots it, with @mon ready: the first time to find out where the firmware looks at the layout, then to keep that. */
void base_run(struct base *b, struct monitor *mon);
/*
 * What is kept is the machine before its first instruction: it has touched nothing, so it serves each layout that is entered
 * the same way, whatever its memory holds, and only spares a boot the engine and the code that it knows. False with @d.
 */
bool base_at_reset(struct base *b, const struct boot_case *c, struct monitor *mon, struct diag *d);
/* NULL: the machine is where it was kept, in the layout of @c. Else why that is not possible (static). */
const char *base_go_back(struct base *b, const struct boot_case *c);
/* After a run from there: might a boot from reset have gone another way? NULL for no, else why (static). */
const char *base_doubt(const struct base *b);
/* Findings of before name memory of @plan. */
void base_quote(struct verdict *v, const struct plan *plan);

/* Of the run that is about to begin. */
void base_trace(struct base *b, const struct warm_trace *t, void *self);

/* record.c */
void record_client(struct base *b);
void record_served(struct base *b); /* once the machine is there */
/*
 * Does it all again with the devices of b->machine, which are fresh. NULL when all the answers are the same, and the
 * devices are then as in a boot that had begun at reset; else what is different (static).
 */
const char *record_replay(struct base *b);
void record_free(struct exit_log *log);

#endif
