/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A finding: one broken rule, where, by whom. And the verdict that a run ends with. */
#ifndef HVMBED_CHECK_FINDING_H
#define HVMBED_CHECK_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "check/rule.h"
#include "engine/cpu.h"
#include "image/fv.h"
#include "layout/plan.h"
#include "machine/walk.h"

enum access_kind { ACCESS_NONE, ACCESS_READ, ACCESS_WRITE, ACCESS_EXEC };

/* Where an address lies, in a module. */
struct code_place {
    uint64_t gva;
    char module[64];           /* "PeiCore", "SEC", a GUID, or "" when unknown */
    uint64_t base;             /* of the module in memory */
    uint64_t offset;           /* gva - base */
    char guid[GUID_TEXT_SIZE]; /* of the module's file in its volume, or "" */
};

struct fault_info {
    unsigned vector;
    uint32_t error_code;
    bool has_error_code;
    uint64_t cr2;     /* vector 14 only */
    struct walk walk; /* vector 14 only */
};

struct finding {
    enum rule_id rule;
    enum severity severity; /* the rule's, or what -W/-E made of it */
    enum phase phase;
    unsigned vcpu; /* the processor; of accesses that were folded, that of the first */
    enum access_kind access;
    uint64_t gpa;        /* of the first access */
    uint64_t gva;        /* when it differs and is known, else = gpa */
    unsigned size;       /* bytes */
    uint64_t value;      /* written */
    uint64_t count;      /* how many accesses of the same kind by the same instruction were folded into this one */
    struct span touched; /* the range they span */
    struct span range;   /* the plan's range that was broken */
    const char *owner;   /* that range's owner */
    enum plan_class cls;
    struct code_place at; /* the instruction */
    bool has_caller;
    struct code_place caller; /* return address of the call that led here (control transfers) */
    bool has_fault;
    struct fault_info fault;
    struct cpu_regs regs;
    char text[256]; /* one sentence for people, specific: filled by the check that found it */
};

#define FINDINGS_MAX 256

struct findings {
    struct finding f[FINDINGS_MAX];
    size_t nr;
    uint64_t dropped; /* beyond FINDINGS_MAX: said in the report */
};

enum ending {
    END_HANDOFF,     /* reached the DXE hand-off */
    END_FINDING,     /* a finding stopped the run */
    END_BUDGET,      /* inconclusive: the work budget is spent */
    END_UNSUPPORTED, /* inconclusive: the firmware needs something that the bed does not emulate (named) */
    END_ENGINE,      /* the engine failed: a defect in the bed */
};
const char *ending_name(enum ending e);

struct module {
    char name[64];
    uint64_t base;
    uint32_t size;
    char guid[GUID_TEXT_SIZE]; /* of its file in the volume that it runs from or was loaded from, or "" */
};
#define MODULES_MAX 64

enum unpacked { UNPACKED_NOT, UNPACKED_BY_GUEST, UNPACKED_BY_HOST };

struct verdict {
    enum ending ending;
    char detail[256];       /* for budget, unsupported, engine: what exactly */
    enum phase phase;       /* reached */
    uint64_t instructions;  /* counted work, see machine/work.h */
    uint64_t charged;       /* instructions charged for the decompressor, not counted */
    enum unpacked unpacked; /* who did its work */
    uint64_t virtual_ns;
    /* at the hand-off */
    uint64_t hob_list;  /* gpa of the PHIT */
    uint64_t dxe_entry; /* gva of the DXE core's entry point */
    uint64_t rsp;
    uint32_t mp_processors;            /* that MpInitLib counted; 0: not known (mp_hob.c) */
    unsigned vcpus_started;            /* processors that the firmware had running, with the first one */
    struct code_place dxe;             /* where that entry point lies: the DXE core */
    struct module module[MODULES_MAX]; /* in order of first execution */
    size_t nr_modules;
    struct findings findings;
    const char *debug_log;
    size_t debug_log_size;
    bool debug_log_truncated;
};

/* Worst severity among the findings, or -1 for none. */
int findings_worst(const struct findings *f);
/* design: 0 reached and clean, 1 a finding, 3 inconclusive, 70 a defect in the bed. */
int verdict_exit_code(const struct verdict *v);

#endif
