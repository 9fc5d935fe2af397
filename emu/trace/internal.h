/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files of this room only. */
#ifndef HVMBED_TRACE_INTERNAL_H
#define HVMBED_TRACE_INTERNAL_H

#include "trace/tracer.h"

#define BLOCK_MAX 4096u

struct tracer {
    struct monitor monitor; /* first: what the machine gives its watcher */
    struct trace_filter filter;
    FILE *out;
    uint64_t lines;
    bool cut;  /* the limit was reached */
    bool over; /* the boot has ended */

    const struct machine_watcher *checks; /* the monitor's own */
    struct machine_watcher watcher;
    struct engine_client client; /* the machine's own, tapped */
    bool spying;

    enum phase phase; /* that was told */
    bool begun;
    size_t nr_modules; /* that were told */
    uint64_t work;     /* instructions, when the block that runs began */

    /* The block that runs, as far as its instructions were told. */
    uint8_t code[BLOCK_MAX];
    uint64_t code_at;
    size_t code_size, code_told;
    enum code_width width;
    bool far; /* its last instruction that was told may have loaded CS */
};

/* As many bytes of it as count. */
static inline uint64_t tracer_value(uint64_t value, unsigned size)
{
    return size < 8 ? value & (((uint64_t)1 << 8 * size) - 1) : value;
}

/* line.c */
/* One line, when the filter lets it through: something done by the code at @pc, to @at (or @pc where it is no access). */
void tracer_line(struct tracer *t, enum trace_kind k, uint64_t pc, uint64_t at, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
/* A phase or a module that has begun since. */
void tracer_notice(struct tracer *t);

/* code.c */
void tracer_spy(struct tracer *t);
void tracer_unspy(struct tracer *t);
/* The instructions of the block that runs, up to the one at @pc. */
void tracer_code_until(struct tracer *t, uint64_t pc);

/* exits.c: the client's functions that are tapped. */
void tracer_tap(struct tracer *t);

#endif
