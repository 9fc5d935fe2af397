/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by again.c and again_keep.c only. */
#ifndef HVMBED_ENGINE_AGAIN_H
#define HVMBED_ENGINE_AGAIN_H

#include "engine/internal.h"

#define BYTES_CHUNK (1u << 20)

/* REP STOS alone: the block that it makes of each step but the first. */
enum fill_insn { NO_FILL, FILL_8, FILL_64 };

struct known_block {
    uint64_t pc;
    uint32_t size;
    uint32_t changed;    /* the run in which its bytes became others than before */
    bool before;         /* it had run when engine_keep() was called */
    uint32_t room;       /* of @bytes */
    uint8_t *bytes;      /* that it was translated from */
    const uint8_t *code; /* where they lie now; NULL: not mapped one to one */
    struct code_segment segment;
    enum fill_insn fill;
};

/* Of a block, what is wanted each time it runs. */
struct slot {
    uint64_t pc;
    uint32_t checked; /* the run in which it was last looked at */
    uint32_t instructions;
    struct known_block *k; /* NULL: the slot is free */
    bool offered;          /* engine_offer() */
    bool fills;            /* its fill is one */
};

struct byte_chunk {
    struct byte_chunk *next;
    size_t used;
    uint8_t b[BYTES_CHUNK];
};

struct again {
    struct slot *slot; /* by pc; open addressing */
    size_t nr, cap;    /* cap is a power of 2 */
    struct slot *last;
    struct byte_chunk *chunks;
    uint32_t run;      /* its number; what does not change the work to be counted flushes begin another */
    bool before_holds; /* nothing has dropped all translated code since engine_go_back() */
    uint64_t stop_before;
    uint64_t fill_after; /* the block before which it is not worth trying again */
    const char *doubt;
    uint32_t *ran; /* of each page that may hold code: the run in which code last ran there; sparse */
    /* Of each, likewise: the filling in which the TLB last got it as data. A flush begins another. */
    uint32_t *data;
    uint32_t filling;
    size_t sites; /* MSR sites that engine_keep() found */

    uc_context *context; /* what engine_keep() kept */
    struct code_segment segment;
    uint64_t instructions, blocks, block_pc, ring_from;
    uint64_t ring[ENGINE_RING];
    uint64_t paging[4];
};

/* again.c. False, NULL: out of memory; nothing has changed. */
bool again_grow(struct again *a);
struct slot *again_insert(struct again *a, uint64_t pc);
bool again_keep_bytes(struct again *a, struct known_block *k, const uint8_t *code);
void again_free_chunks(struct byte_chunk *c);

#endif
