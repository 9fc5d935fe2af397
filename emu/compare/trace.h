/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a run did, small enough to keep: a hash for each window of blocks, and everything exactly where it is asked for.
 * Two runs of the same image that hash alike went the same way.
 */
#ifndef HVMBED_COMPARE_TRACE_H
#define HVMBED_COMPARE_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "check/monitor.h"

#define TRACE_WINDOW 4096u /* blocks */

/* Hashes of one window. */
struct trace_window {
    uint64_t blocks;      /* of all blocks up to its end */
    uint64_t accesses;    /* of the loads and stores in it */
    uint64_t nr_accesses; /* how many those are */
};

struct trace_block {
    uint64_t pc;
    uint32_t size; /* bytes; 0: no block but the decompressor's output, @pc is its hash */
    unsigned vcpu;
};

struct trace_access {
    uint64_t block; /* index of the block that made it */
    uint64_t pc, gpa, value;
    uint8_t size;
    bool store;
};

/* What to keep beside the blocks' hashes. */
struct trace_want {
    bool accesses;          /* hash loads and stores too */
    uint64_t blocks_window; /* keep this window's blocks; UINT64_MAX: of none */
    const bool *log;        /* log accesses of the windows where this is true; NULL: of none */
    size_t nr_log;
    const uint64_t *heads; /* gpa of words of 8 bytes: who stores to them last is told; not with @log NULL */
    size_t nr_heads;
    uint64_t stop; /* stop before the block of this index; UINT64_MAX: run to the end */
};
#define TRACE_HEADS_MAX 64u
#define TRACE_NEVER UINT64_MAX

struct trace {
    struct trace_want want;
    struct monitor *mon;
    bool failed;   /* out of memory: what is here is not all */
    bool unpacked; /* the decompressor's output has been hashed */

    uint64_t blocks; /* seen so far */
    struct trace_window now;
    struct trace_window *window; /* all complete ones, and after trace_end() the rest */
    size_t nr, cap;

    struct trace_block exact[TRACE_WINDOW]; /* of want.blocks_window */
    size_t nr_exact;
    uint64_t head_pc[TRACE_HEADS_MAX]; /* of the last store to want.heads; 0 for none */

    /* Each logged access is handed to @each; it may keep it. */
    void (*each)(void *self, const struct trace_access *a);
    void *each_self;

    bool stopped; /* at want.stop; @regs are those before that block */
    struct cpu_regs regs;
    uint64_t stopped_at;
    enum phase phase;
    unsigned vcpu;
};

/* Before the run; @mon must be initialised. Freed with trace_free(). */
void trace_begin(struct trace *t, const struct trace_want *want, struct monitor *mon);
/* After the run. */
void trace_end(struct trace *t);
void trace_free(struct trace *t);

/* The first window in which the runs went different ways; TRACE_NEVER when they did the same. */
uint64_t trace_differ(const struct trace *a, const struct trace *b);

#endif
