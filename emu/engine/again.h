/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by again.c, again_keep.c and edges.c only. */
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
#define WAYS 2u
struct slot {
    uint64_t pc;
    uint32_t checked; /* the run in which it was last looked at */
    uint32_t instructions;
    struct known_block *k;
    bool offered;         /* engine_offer() */
    bool fills;           /* its fill is one */
    uint32_t next[WAYS];  /* those that lately came after it, in this run or before; itself where none has yet */
    uint32_t times[WAYS]; /* how often, since that was last told */
};

struct byte_chunk {
    struct byte_chunk *next;
    size_t used;
    uint8_t b[BYTES_CHUNK];
};

struct again {
    struct slot *slot; /* in the order of their first translation, which is about that in which they run */
    size_t nr, room;
    uint32_t *index;   /* by pc, open addressing: 1 and the number of a slot; 0: free */
    size_t cap;        /* of index: a power of 2, more than there are slots */
    struct slot *last; /* the block that runs, or ran last; NULL: none, or one at @last_pc that is not remembered */
    uint64_t last_pc;
    uint32_t *taken; /* edges.c: times that are not 0, each by its slot and way: room for all */
    size_t nr_taken;
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

/* Where in the index @pc is, or belongs. */
static inline uint32_t *again_place(const struct again *a, uint64_t pc)
{
    size_t i = (size_t)((pc * 0x9E3779B97F4A7C15u) >> 32) & (a->cap - 1);
    while (a->index[i] != 0 && a->slot[a->index[i] - 1].pc != pc)
        i = (i + 1) & (a->cap - 1);
    return &a->index[i];
}

/* The block at @pc; NULL: it is not remembered. */
static inline struct slot *again_find(const struct again *a, uint64_t pc)
{
    const uint32_t i = *again_place(a, pc);
    return i != 0 ? &a->slot[i - 1] : NULL;
}

/* edges.c. The block @s, or one at @pc that is not remembered (NULL), ran @times in a row after what ran before. */
void edges_follow(struct engine *e, struct slot *s, uint64_t pc, uint64_t times);
void edges_done(struct engine *e, const struct engine_done *done);
/* The first since it was last told. */
void edges_note(struct engine *e, const struct slot *from, unsigned way);
/* What was counted is forgotten; the next block comes after none. */
void edges_drop(struct again *a);

#endif
