/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hypervisor as one guest sees it: CPUID, MSRs, hypercalls, shared info. State of one domain; no globals. */
#ifndef HVMBED_XEN_XEN_H
#define HVMBED_XEN_XEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"
#include "layout/layout.h"
#include "machine/clock.h"
#include "machine/memory.h"
#include "machine/vcpu.h"
#include "xen/console.h"
#include "xen/evtchn.h"
#include "xen/gnttab.h"
#include "xen/p2m.h"
#include "xen/vbd.h"
#include "xen/xenstore.h"

enum hypercall_flavour { HYPERCALL_VMCALL, HYPERCALL_VMMCALL };

/* Guest-linear copies in the current page tables; given by the machine. False when a byte is not mapped RAM. */
struct guest_access {
    bool (*read)(void *self, uint64_t gva, void *dst, size_t n);
    bool (*write)(void *self, uint64_t gva, const void *src, size_t n);
    void *self;
    void (*wrote)(void *self, uint64_t gpa, size_t n); /* a backend wrote to guest memory; may be NULL */
};

/* One hypercall as the registers had it. */
struct hypercall {
    uint64_t nr;
    uint64_t arg[5]; /* rdi,rsi,rdx,r10,r8 or ebx,ecx,edx,esi,edi */
    bool compat;     /* a 32-bit caller: compat structures, 32-bit result */
    unsigned cpl;
};

enum shutdown_reason {
    SHUTDOWN_RUNNING = -1,
    SHUTDOWN_OFF = 0,
    SHUTDOWN_REBOOT = 1,
    SHUTDOWN_SUSPEND = 2,
    SHUTDOWN_CRASHED = 3
};

#define XEN_HVM_NR_PARAMS_MAX 64
#define XEN_CALL_LOG_MAX 64

struct xen {
    const struct layout *layout;
    const struct guest_memory *guest;
    struct clock *clock;
    struct vcpus *vcpus;
    struct memory *memory;
    struct guest_access access;
    const struct limits *limits; /* NULL: the defaults */
    struct limits_reached met;   /* but for those of xen_limits_met() */
    uint64_t param[XEN_HVM_NR_PARAMS_MAX];
    uint8_t *shared_info;     /* one host page, owned */
    uint64_t shared_info_gpa; /* where it is mapped, or XEN_UNMAPPED */
    struct p2m p2m;           /* counts pages while a loader runs */
    struct evtchns evtchns;
    struct gnttab gnttab;
    struct pv_console console;
    struct xenstore store;
    struct vbd vbd[VBDS_MAX];
    unsigned nr_vbds;
    int shutdown;        /* enum shutdown_reason, set by sched_op and vcpu_op */
    char refusal[128];   /* why the last call's arguments make no sense, or "" */
    char complaint[160]; /* what is wrong with memory shared with a backend that it has made act, or "" */
    uint64_t calls;      /* made so far */
    struct {
        uint16_t nr;
        uint16_t cmd;
        int64_t result;
    } log[XEN_CALL_LOG_MAX];                  /* the first ones, for the report */
    uint64_t msr_hypercall_page;              /* gpa last written to the hypercall-page MSR, 0 for never */
    struct msr_state *msr;                    /* owned */
    uint64_t viridian_os, viridian_hypercall; /* the Hyper-V MSRs GUEST_OS_ID and HYPERCALL */
};
#define XEN_UNMAPPED UINT64_MAX

bool xen_init(struct xen *x, const struct layout *l, const struct guest_memory *g, struct clock *clock,
              struct vcpus *vcpus, struct memory *memory, struct guest_access access);
void xen_exit(struct xen *x);
/* Adds those of its limits that this guest has met. */
void xen_limits_met(const struct xen *x, struct limits_reached *out);
/*
 * HVM: this guest starts with its loader, not after it. Before the first instruction, once after xen_init: MSRs, HVM
 * parameters and shared info become as Xen makes them, the store answers, and pages are counted (p2m.h). False: out
 * of memory, or no page for the store.
 */
bool xen_begin_loader(struct xen *x);
/* The loader is done: the hypercall page that it asked for is none of the firmware's. */
void xen_end_loader(struct xen *x);

/* Xen leaves and the processor leaves of the layout; nothing from the host. @out: eax, ebx, ecx, edx. */
void xen_cpuid(const struct xen *x, uint32_t leaf, uint32_t subleaf, uint32_t out[4]);
/* The same of that vCPU of a guest that is not there yet, but for what the viridian interface has in the place of Xen's leaves. */
void xen_cpuid_of(const struct layout *l, unsigned vcpu, uint32_t leaf, uint32_t subleaf, uint32_t out[4]);

/* False: #GP(0), as Xen answers unknown or forbidden MSRs. EFER, FS/GS base and the like are the engine's, not ours. */
bool xen_rdmsr(struct xen *x, uint32_t index, uint64_t *value);
bool xen_wrmsr(struct xen *x, uint32_t index, uint64_t value);
/* The MTRRs of fresh HVM vCPUs, before hvmloader sets them: off, all clear. After xen_init. */
void msr_reset_state(struct xen *x);

/* Has vCPU 0 events to look at (vcpu_info.evtchn_upcall_pending, which the guest clears)? */
bool xen_upcall_pending(const struct xen *x);

/* Does this guest's CPU have this instruction? The other one is #UD. */
bool xen_flavour_ok(const struct xen *x, enum hypercall_flavour f);
/* Runs a hypercall to its end; the value for rax/eax. Called outside the engine's run: it may change the p2m. */
int64_t xen_hypercall(struct xen *x, const struct hypercall *c);

#endif
