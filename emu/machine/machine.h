/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The assembled machine: memory as planned, devices, Xen, time and the CPU. It runs the guest and tells the watcher
 * what happens; it judges nothing.
 */
#ifndef HVMBED_MACHINE_MACHINE_H
#define HVMBED_MACHINE_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"
#include "dev/bus.h"
#include "dev/platform.h"
#include "engine/engine.h"
#include "layout/layout.h"
#include "layout/plan.h"
#include "machine/clock.h"
#include "machine/memory.h"
#include "machine/spin.h"
#include "machine/vcpu.h"
#include "machine/walk.h"
#include "xen/handoff.h"
#include "xen/xen.h"

struct machine;

/* What the guest did to Xen or a device that no good one does. */
enum machine_notice_kind {
    NOTICE_BAR_DISPLACES, /* a BAR that lies in the p2m came where RAM was: that is gone */
    NOTICE_BAR_HIDDEN,    /* a BAR came where RAM is, and cannot be reached */
    NOTICE_HYPERCALL,     /* Xen refused a hypercall whose arguments make no sense */
    NOTICE_RING,          /* xenstored gave the guest up */
    NOTICE_PV_RING,       /* a backend cannot make sense of a ring, or of a grant */
};
struct machine_notice {
    enum machine_notice_kind kind;
    uint64_t pc;       /* linear address of the instruction */
    struct span at;    /* the RAM; empty when the notice is not about memory */
    const char *owner; /* static: of the BAR, or NULL */
    const char *text;  /* what exactly, or NULL */
};

/* Why the guest came out, or was interrupted. */
enum machine_exit {
    EXITED_PORT_READ,
    EXITED_PORT_WRITE,
    EXITED_MMIO_READ,
    EXITED_MMIO_WRITE,
    EXITED_CPUID,
    EXITED_RDTSC,
    EXITED_RDMSR,
    EXITED_WRMSR,
    EXITED_HYPERCALL,
    EXITED_INTERRUPT,
    MACHINE_EXITS
};

/* What a watcher may want to know. Any may be NULL. Called while the guest runs unless said otherwise. */
struct machine_watcher {
    /* An access that the plan forbids in this phase. @range is what it hit. True: let a write to RAM take place. */
    bool (*forbidden)(void *self, enum engine_fault kind, uint64_t gpa, unsigned size, uint64_t value,
                      const struct plan_range *range);
    void (*new_block)(void *self, const struct engine_block *b);
    /* True: it is to be delivered through the guest's IDT, and the run goes on. */
    bool (*exception)(void *self, const struct engine_exception *x);
    /* Between two runs: that could not be done, nor the double fault after it; or an interrupt could not be. */
    void (*triple_fault)(void *self, const struct engine_exception *x);
    /* An address that engine_break() was told of is about to be executed. */
    void (*breakpoint)(void *self, uint64_t pc);
    void (*tick)(void *self, uint64_t pc);
    /* The engine's watchdog has barked; paused() follows. */
    void (*alarm)(void *self);
    void (*noticed)(void *self, const struct machine_notice *n);
    /* Between two runs: the current processor is about to take interrupt @vector. */
    void (*interrupted)(void *self, unsigned vector);
    /* At any exit to a device, Xen or CPUID. */
    void (*exited)(void *self, enum machine_exit kind);
    /* After a hypercall; @result as Xen gives it. */
    void (*called)(void *self, const struct hypercall *c, int64_t result);
    /* Xen or a device has written to guest memory. */
    void (*wrote)(void *self, uint64_t gpa, size_t n);
    /* Between two runs of the CPU: the memory map, the phase and counting may be changed here. */
    void (*paused)(void *self);
};

struct machine {
    const struct limits *limits; /* NULL: the defaults */
    const struct layout *layout;
    const struct guest_memory *guest;
    const struct plan *plan;
    struct memory memory;
    struct clock clock;
    struct pause_loop spin;
    uint64_t exits; /* to devices, Xen and CPUID, so far */
    struct vcpus vcpus;
    struct bus bus;
    struct platform platform;
    struct xen xen;
    struct engine *engine;
    struct demand *demand; /* demand.h; NULL: all is mapped from the beginning */
    enum phase phase;
    bool guarded; /* the plan's rights are enforced; not while a first stage runs, nor to measure what they cost */
    bool loading; /* a first stage runs: the firmware has not been entered yet */
    bool guard_firmware; /* enforce them once it is */

    const struct machine_watcher *watcher;
    void *watcher_self;
    uint64_t timer_ns, timer_cycles; /* when the next timer asks; IRQ_NEVER, UINT64_MAX */
    bool interrupt_waits;            /* for the current processor */
    uint64_t upcall_via;             /* upcall.h: what is pulled for event channels; 0 for nothing */
    bool raised;                     /* an exception is to be delivered: */
    struct engine_exception exception;

    /* Between two runs: interrupts_serve() has something to do. NULL: nobody wants to know. */
    void (*serving)(struct machine *m, enum engine_end end);

    bool pausing; /* machine_pause(): come out, call paused(), go on */
    /*
     * How often the engine was told to ask again, at most LIMIT_READS: a loop over reserved memory need not be told in full,
     * after so many accesses no read of it is. (Which ones the engine would still tell of depends on its TLB, whose size
     * follows the host's clock.)
     */
    unsigned nr_again;
    bool again_cut;     /* there was a read more */
    const char *doubt;  /* static: what only a machine that has not booted before can do; NULL: nothing */
    bool stopping;      /* machine_stop(): come out for good */
    bool halted;        /* no processor can run any more */
    uint64_t work_seen; /* instructions already turned into time */
};

/* All pointers must outlive the machine. False with @d; nothing to clean up then. */
bool machine_init(struct machine *m, const struct layout *l, const struct guest_memory *g, const struct plan *plan,
                  const struct cpu_entry *entry, bool guarded, bool first_stage, struct diag *d);
/* What its guest may make grow, from now on and after machine_restart(), too; @l (NULL: the defaults) must outlive it. */
void machine_limit(struct machine *m, const struct limits *l);
/* Which of that it has met so far. */
void machine_limits_met(const struct machine *m, struct limits_reached *out);

/* What of a machine differs from one guest to the next. */
struct machine_guest {
    const struct layout *layout;
    const struct guest_memory *guest;
    const struct plan *plan;
};
/*
 * A machine for boots one after the other: @reserve bytes of address space for all their plans, mapped as they are
 * touched (demand.h), with blocks remembered (engine_again()). @client: machine_exits, or what passes on to it.
 */
bool machine_init_again(struct machine *m, const struct machine_guest *g, const struct cpu_entry *entry, bool guarded,
                        const struct engine_client *client, uint64_t reserve, struct diag *d);
/*
 * Another guest, with fresh devices and a fresh Xen; memory is as pages_restart() leaves it. What the engine has is the
 * caller's business. False: out of memory.
 */
bool machine_restart(struct machine *m, const struct machine_guest *g);

void machine_exit(struct machine *m);
void machine_watch(struct machine *m, const struct machine_watcher *w, void *self);

/*
 * Runs until machine_stop(), until HLT has stopped the last processor, or the engine fails (false: engine_error()). The
 * current processor is then the one that it ended with; of several that halted, vCPU 0.
 */
bool machine_run(struct machine *m);
/* What runs now, for people: the phase, or the first stage. */
enum phase machine_stage(const struct machine *m);
void machine_stop(struct machine *m);
void machine_pause(struct machine *m);

/* Can only the current processor run? */
bool machine_alone(const struct machine *m);

/* From paused() only: the first stage has entered the firmware. */
bool machine_firmware_entered(struct machine *m);
/* From paused() only: the next phase's rights take effect. */
bool machine_enter_phase(struct machine *m, enum phase p);

void machine_paging(const struct machine *m, struct paging *p);
bool machine_read(const struct machine *m, uint64_t gva, void *dst, size_t n);
bool machine_write(struct machine *m, uint64_t gva, const void *src, size_t n);
/* Work and time at one point, to come back to. */
struct machine_mark {
    uint64_t instructions, blocks, cycles;
};
void machine_mark(struct machine *m, struct machine_mark *mark);
/* Forgets what was counted, and the time that passed, since. */
void machine_rewind(struct machine *m, const struct machine_mark *mark);
/* Charges work that was done but not counted. */
void machine_charge(struct machine *m, uint64_t instructions);
uint64_t machine_virtual_ns(struct machine *m);

#endif
