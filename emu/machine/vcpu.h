/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest's processors, as Xen keeps book of them: who is up, and where those start that have not run yet. All of
 * them take turns on one physical processor, so that there is one clock and one order of events. Pure: whoever changes
 * something here sets @changed, and the run loop looks.
 */
#ifndef HVMBED_MACHINE_VCPU_H
#define HVMBED_MACHINE_VCPU_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/cpu.h"

#define VCPUS_MAX 128u /* X:xen/include/public/hvm/hvm_info_table.h: HVM_MAX_VCPUS */

/* X:xen/include/xen/sched.h: is_initialised and VPF_down. */
enum vcpu_state {
    VCPU_ABSENT, /* was never given a start state, or had an INIT: waits for SIPI or VCPUOP_initialise */
    VCPU_DOWN,   /* has a state and does not run */
    VCPU_UP
};

struct vcpu {
    enum vcpu_state state;
    bool blocked; /* up, in HLT, until an interrupt wakes it */
    bool halted;  /* its last act was HLT */
    bool fresh;   /* runs from @entry when its turn comes */
    bool started; /* has been up since vcpus_forget_starts() */
    bool by_sipi; /* @entry is where a SIPI sent it */
    struct cpu_entry entry;
};

struct vcpus {
    unsigned nr;
    unsigned current;         /* the one that executes: whose registers, LAPIC and MSRs an access means */
    bool changed;             /* one has come up or gone down */
    bool yield;               /* the current one gives the rest of its turn away */
    struct vcpu v[VCPUS_MAX]; /* what is behind @nr is nobody's */
};

/* vCPU 0 is up, the others wait for SIPI. */
void vcpus_init(struct vcpus *p, unsigned nr);

/* INIT (X:xen/arch/x86/hvm/vlapic.c:vlapic_init_sipi_one). False: there was nothing to reset. */
bool vcpus_reset(struct vcpus *p, unsigned i);
/* SIPI (the same, and hvm.c:hvm_vcpu_reset_state): it comes up in real mode at @vector << 12, when it was reset. */
void vcpus_sipi(struct vcpus *p, unsigned i, uint8_t vector);
/* VCPUOP_initialise: down, but may come up at @entry. */
void vcpus_prepare(struct vcpus *p, unsigned i, const struct cpu_entry *entry);
void vcpus_up(struct vcpus *p, unsigned i);
void vcpus_down(struct vcpus *p, unsigned i);
/* The current one executed HLT (hvm.c:hvm_hlt): with interrupts off it is down. */
void vcpus_halt(struct vcpus *p, bool interrupts);

/* An interrupt waits for one in HLT. */
void vcpus_wake(struct vcpus *p, unsigned i);

unsigned vcpus_online(const struct vcpus *p); /* up, blocked or not */
unsigned vcpus_runnable(const struct vcpus *p);
/* Whose turn it is after the current one; the current one when no other can run, @nr when none can. */
unsigned vcpus_next(const struct vcpus *p);

/* The firmware begins: who was started before that does not count. */
void vcpus_forget_starts(struct vcpus *p);
unsigned vcpus_started(const struct vcpus *p);

static inline unsigned vcpu_apic_id(unsigned i)
{
    return 2 * i; /* X:vlapic.c:vlapic_reset, X:cpuid.c:guest_cpuid */
}

#endif
