/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What comparing boots with different RAM fills has found, for the report. */
#ifndef HVMBED_COMPARE_RESULT_H
#define HVMBED_COMPARE_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "check/finding.h"
#include "hob/hob.h"

#define COMPARE_FILLS_MAX 8u
#define COMPARE_HOBS_MAX 64u
#define COMPARE_BYTES_MAX 16u

/* A load or store that was not the same in two runs. */
struct compare_access {
    bool known;
    struct code_place at;
    uint64_t gpa[2], value[2]; /* in one run, and in the other */
    unsigned size;
    bool unwritten; /* the bytes that differ are what RAM was filled with */
};

struct compare_run {
    uint64_t fill;
    bool added;      /* not asked for: see compare_boots() */
    uint64_t blocks; /* counted ones */
    enum ending ending;
    enum phase phase;
};

/* Where one run went after the last common block. */
struct compare_side {
    bool ended; /* it ended there */
    struct code_place to;
    struct cpu_regs regs;
};

struct compare_flow {
    bool diverged;
    bool unpacked;          /* not control flow, but what the decompressor made */
    unsigned other;         /* the run that differs from the first */
    uint64_t block;         /* how many blocks went the same way */
    struct code_place from; /* the last instruction of the last of them */
    char insn[96];
    enum phase phase;
    unsigned vcpu; /* the processor */
    struct compare_side side[2];
    struct compare_access read;   /* the last load before it that differed */
    struct compare_access origin; /* the load of RAM that it came from */
};

/* A stretch of differing bytes in a HOB. */
struct compare_hob {
    unsigned index;
    uint64_t gpa; /* of the HOB, in the first of the two */
    uint16_t type, length;
    bool has_guid;
    struct guid guid;
    size_t offset, size;
    char what[HOB_TEXT_SIZE];            /* "resource RAM 0x0-0xa0000": the HOB, in the first of the two */
    char field[HOB_FIELD_SIZE];          /* "ResourceAttribute" */
    uint8_t bytes[2][COMPARE_BYTES_MAX]; /* the first of them */
    struct code_place maker;             /* what stored the HOB's header last; gva 0: unknown */
    struct compare_access write;         /* unknown: nothing has ever written these bytes */
    struct compare_access origin;        /* the load of RAM that it came from */
};

struct compare_result {
    unsigned nr_runs; /* 0: nothing was compared */
    struct compare_run run[COMPARE_FILLS_MAX];
    unsigned shown;  /* the run that the verdict is of */
    uint64_t blocks; /* that all runs have in common */
    struct compare_flow flow;
    bool hobs_compared;   /* more than one run came to the hand-off */
    unsigned hob_runs[2]; /* the two whose lists are compared */
    bool hobs_traced;     /* they went the same way, so that who wrote what is known */
    bool hobs_shape;      /* types or lengths of HOBs differ too */
    uint64_t hob_bytes;   /* that differ */
    struct compare_hob hob[COMPARE_HOBS_MAX];
    size_t nr_hobs;
    uint64_t hobs_dropped;
    char *debug_log, *console_log; /* of the run shown */
};

#endif
