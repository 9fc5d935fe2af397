/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What of a run is to be written down. Pure. */
#ifndef HVMBED_TRACE_FILTER_H
#define HVMBED_TRACE_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "layout/plan.h"

enum trace_kind {
    TRACE_PHASE,     /* a phase begins */
    TRACE_MODULE,    /* a module runs for the first time */
    TRACE_PORT,      /* IN, OUT */
    TRACE_MMIO,      /* an access to a device, or to nothing */
    TRACE_MSR,       /* RDMSR, WRMSR */
    TRACE_CPUID,     /* */
    TRACE_TSC,       /* RDTSC */
    TRACE_HYPERCALL, /* */
    TRACE_INTERRUPT, /* is delivered */
    TRACE_EXCEPTION, /* */
    TRACE_BLOCK,     /* of code, each time it runs */
    TRACE_INSN,      /* an instruction */
    TRACE_READ,      /* memory */
    TRACE_WRITE,
    TRACE_KINDS
};
const char *trace_kind_name(enum trace_kind k); /* "phase", "module", "port" … */

#define TRACE_LIST_MAX 16u

struct trace_filter {
    unsigned kinds;  /* a bit each */
    unsigned phases; /* a bit each, PHASE_LOADER's too; 0: all */
    char module[TRACE_LIST_MAX][64];
    unsigned nr_modules; /* 0: all code */
    struct span range[TRACE_LIST_MAX];
    unsigned nr_ranges;   /* 0: all addresses */
    uint64_t from, until; /* instructions counted */
    uint64_t limit;       /* lines */
};

#define TRACE_FILTER_HELP "kind=, phase=, module=, range=, window=, limit="
void trace_filter_defaults(struct trace_filter *f);
/*
 * "kind=block,read", "phase=PEI,PEI-mem", "module=PeiCore", "range=0x1000-0x2000", "window=1000-2000", "limit=500". Lists and
 * repeated ones add up; the first kind= takes the place of the default. False when it is none of these.
 */
bool trace_filter_add(struct trace_filter *f, const char *text);

static inline bool trace_wants(const struct trace_filter *f, enum trace_kind k)
{
    return (f->kinds >> k & 1) != 0;
}
/* Something of this kind, done by code of @module ("" for none) at @pc, to @gpa where it is an access to memory. */
bool trace_matches(const struct trace_filter *f, enum trace_kind k, enum phase phase, const char *module, uint64_t at,
                   uint64_t instructions);

#endif
