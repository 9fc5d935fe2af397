/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The same code in many runs. The library tells of a block when it translates it, once; a run that finds it translated
 * by an earlier one must be told all the same. So blocks are remembered with what a run from reset would have seen of
 * them, and the callback that counts each block looks whether it runs for the first time in this run. That is also when
 * its bytes are compared with those that it was translated from: whoever changes memory between two runs need not know
 * what is code. Within a run the library keeps code and stores coherent.
 */
#include <stdlib.h>
#include <string.h>

#include "base/span.h"
#include "engine/again.h"

#define FILL_MIN 16u /* steps that are worth the trouble */

bool again_grow(struct again *a)
{
    const size_t room = a->room != 0 ? 2 * a->room : 1u << 13, cap = 2 * room;
    const size_t last = a->last != NULL ? (size_t)(a->last - a->slot) : 0;
    struct slot *slot = realloc(a->slot, room * sizeof *slot);
    if (slot != NULL)
        a->slot = slot;
    if (a->last != NULL)
        a->last = &a->slot[last];
    uint32_t *taken = realloc(a->taken, WAYS * room * sizeof *taken);
    if (taken != NULL)
        a->taken = taken;
    uint32_t *index = slot != NULL && taken != NULL ? calloc(cap, sizeof *index) : NULL;
    if (index == NULL)
        return false;
    free(a->index);
    a->index = index;
    a->room = room;
    a->cap = cap;
    for (size_t i = 0; i < a->nr; i++)
        *again_place(a, a->slot[i].pc) = (uint32_t)i + 1;
    return true;
}

/* Until again_free(). */
static void *take(struct again *a, size_t n)
{
    n = (n + 15) & ~(size_t)15;
    if (a->chunks == NULL || a->chunks->used + n > BYTES_CHUNK) {
        struct byte_chunk *c = malloc(sizeof *c);
        if (c == NULL)
            return NULL;
        c->used = 0;
        c->next = a->chunks;
        a->chunks = c;
    }
    void *p = a->chunks->b + a->chunks->used;
    a->chunks->used += n;
    return p;
}

struct slot *again_insert(struct again *a, uint64_t pc)
{
    struct slot *s = again_find(a, pc);
    if (s != NULL)
        return s;
    struct known_block *k = a->nr < a->room || again_grow(a) ? take(a, sizeof *k) : NULL;
    if (k == NULL)
        return NULL;
    const uint32_t i = (uint32_t)a->nr++;
    *k = (struct known_block){.pc = pc};
    a->slot[i] = (struct slot){.pc = pc, .k = k, .next = {i, i}};
    *again_place(a, pc) = i + 1;
    return &a->slot[i];
}

static void doubt(struct again *a, const char *why)
{
    if (a->doubt == NULL)
        a->doubt = why;
}

bool again_keep_bytes(struct again *a, struct known_block *k, const uint8_t *code)
{
    if (k->room < k->size) {
        k->bytes = take(a, k->size);
        k->room = k->bytes != NULL ? k->size : 0;
    }
    if (k->bytes != NULL)
        memcpy(k->bytes, code, k->size);
    return k->bytes != NULL;
}

static enum fill_insn fill_of(const struct engine *e, const uint8_t *code, size_t n)
{
    static const struct {
        uint8_t n, op[3];
        enum fill_insn fill;
    } table[] = {{2, {0xf3, 0xaa}, FILL_8}, {3, {0xf3, 0x48, 0xab}, FILL_64}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (e->code.is_long && e->code.base == 0 && n >= table[i].n && memcmp(code, table[i].op, table[i].n) == 0)
            return table[i].fill;
    return NO_FILL;
}

void again_doubt(struct engine *e, const char *why)
{
    doubt(e->again, why);
}

bool again_is_data(struct engine *e, uint64_t gpa)
{
    struct again *a = e->again;
    const uint64_t page = gpa >> PAGE_SHIFT;
    if (page >= CODE_PAGES || a->ran[page] == a->run || engine_has_code(e, gpa))
        return false;
    a->data[page] = a->filling;
    return true;
}

/* From now on stores there are watched: what the TLB holds says otherwise where it came in as data. */
static void note_run(struct engine *e, uint64_t pc, uint32_t size)
{
    struct again *a = e->again;
    bool held = false;
    for (uint64_t page = pc >> PAGE_SHIFT; page <= (pc + size - 1) >> PAGE_SHIFT && page < CODE_PAGES; page++) {
        held |= a->data[page] == a->filling;
        a->ran[page] = a->run;
    }
    if (!held)
        return;
    a->filling++;
    (void)uc_ctl_flush_tlb(e->uc);
}

bool again_wrote(const struct engine *e, uint64_t gpa)
{
    const struct again *a = e->again;
    return a == NULL || e->block_hook == 0 || a->ran[gpa >> PAGE_SHIFT] == a->run;
}

void again_translated(struct engine *e, const struct engine_block *b)
{
    struct again *a = e->again;
    struct slot *s = again_insert(a, b->pc);
    if (s == NULL) {
        doubt(a, "out of memory");
        return;
    }
    struct known_block *k = s->k;
    const uint8_t *code = e->client->code_at(e->self, b->pc, b->size);
    const bool same = k->bytes != NULL && k->size == b->size && code != NULL && memcmp(k->bytes, code, b->size) == 0;
    k->size = b->size;
    s->instructions = b->instructions;
    k->code = code;
    k->segment = e->code;
    k->fill = code != NULL && b->instructions == 1 ? fill_of(e, code, b->size) : NO_FILL;
    s->fills = k->fill != NO_FILL;
    if (!same) {
        k->changed = a->run;
        s->checked = 0;
        if (code != NULL && !again_keep_bytes(a, k, code))
            doubt(a, "out of memory");
    }
    if (e->block_hook != 0)
        return;
    /* Nothing is counted, so nobody would look when it runs: all code was dropped before, and each block comes here. */
    s->checked = a->run;
    note_run(e, b->pc, b->size);
    e->client->ready(e->self, b->pc, b->size);
    e->client->new_block(e->self, b);
}

/* The block runs for the first time in this run. False: it is not to be counted now. */
static bool first_look(struct engine *e, struct slot *s, uint32_t size)
{
    struct again *a = e->again;
    struct known_block *k = s->k;
    if (k->code == NULL) {
        doubt(a, "code runs where gva and gpa differ");
    } else if (size != k->size || memcmp(k->code, k->bytes, k->size) != 0) {
        (void)uc_ctl_remove_cache(e->uc, k->pc, k->pc + (size > k->size ? size : k->size));
        e->pending = PENDING_AGAIN;
        (void)uc_emu_stop(e->uc);
        return false;
    }
    e->client->ready(e->self, k->pc, k->size);
    s->checked = a->run;
    note_run(e, k->pc, k->size);
    e->code = k->segment;
    if (k->before && a->before_holds && k->changed != a->run)
        return true;
    e->client->new_block(e->self, &(struct engine_block){k->pc, k->size, s->instructions});
    return e->pending == PENDING_NONE; /* told at its translation, it would not have begun either */
}

/*
 * Firmware clears megabytes by REP STOS, and each step is a block. All but the last are done here, and counted as if
 * they had run, where memory takes them without anybody to be asked and nobody looks.
 */
static __attribute__((noinline)) void fill(struct engine *e, struct slot *s)
{
    const unsigned width = s->k->fill == FILL_64 ? 8 : 1;
    const uint64_t left = engine_get(e, UC_X86_REG_RCX), event = e->next_event - e->blocks;
    struct again *a = e->again;
    uint64_t n = left < event ? left : event;
    if (n <= FILL_MIN || e->deadline != UINT64_MAX || e->trace != NULL || engine_spied(e) || e->store != NULL ||
        (engine_get(e, UC_X86_REG_RFLAGS) & 0x400) != 0)
        return;
    const uint64_t to = engine_get(e, UC_X86_REG_RDI), value = engine_get(e, UC_X86_REG_RAX);
    uint64_t bytes = (n - 2) * width; /* but for this step, and one more: the last sees what the next does */
    uint8_t *at = e->client->plain(e->self, to, &bytes);
    n = bytes / width;
    if (at == NULL || n <= FILL_MIN) {
        a->fill_after = e->blocks + FILL_MIN;
        return;
    }
    for (uint64_t i = 0; width == 8 && i < n; i++)
        memcpy(at + 8 * i, &value, 8);
    if (width == 1)
        memset(at, (int)(value & 0xFF), n);
    engine_put(e, UC_X86_REG_RDI, to + n * width);
    engine_put(e, UC_X86_REG_RCX, left - n);
    for (uint64_t i = 0; i < ENGINE_RING && i < n; i++)
        e->ring[(e->blocks + n - 1 - i) % ENGINE_RING] = s->pc;
    e->blocks += n;
    e->instructions += n * s->instructions;
    edges_follow(e, s, s->pc, n);
    if (e->spy != NULL)
        e->spy->repeated(e->spy_self, s->pc, n);
}

/* The first look at a block in this run, or another way to run it than to count it and let it. True: it is to be counted. */
static __attribute__((noinline)) bool look(struct engine *e, struct slot *s, uint64_t pc, uint32_t size)
{
    if (s->checked != e->again->run && !first_look(e, s, size))
        return false;
    if (s->offered && e->client->offered(e->self, pc)) {
        e->pending = PENDING_TAKEN;
        (void)uc_emu_stop(e->uc);
        return false;
    }
    return true;
}

/* What was never translated under the eyes of this file: the very first one. */
static __attribute__((noinline)) void count_unknown(struct engine *e, uint64_t pc, uint32_t size)
{
    edges_follow(e, NULL, pc, 1);
    if (e->spy != NULL)
        e->spy->block(e->spy_self, pc, size);
    engine_count_work(e, pc, (size + 3) / 4);
}

static __attribute__((noinline)) void stop_before(struct engine *e)
{
    e->pending = PENDING_REACHED;
    (void)uc_emu_stop(e->uc);
}

/* Thousands of times in each run: what is rare is in functions of its own, so that little is saved and restored. */
void again_block(uc_engine *uc, uint64_t pc, uint32_t size, void *user)
{
    struct engine *e = user;
    struct again *a = e->again;
    struct slot *const before = a->last, *s = NULL;
    unsigned way = WAYS;
    (void)uc;
    if (e->blocks >= a->stop_before) {
        stop_before(e);
        return;
    }
    if (before != NULL) { /* most blocks are followed by one that has followed them before */
        way = a->slot[before->next[0]].pc == pc ? 0 : a->slot[before->next[1]].pc == pc ? 1 : WAYS;
        if (way < WAYS)
            s = &a->slot[before->next[way]];
    }
    if (s == NULL)
        s = again_find(a, pc);
    else if (s == before && s->fills && e->blocks >= a->fill_after)
        fill(e, s);
    if (s == NULL) {
        count_unknown(e, pc, size);
        return;
    }
    a->last = s;
    if ((s->checked != a->run || s->offered) && !look(e, s, pc, size)) {
        a->last = before;
        return;
    }
    if (way == WAYS) {
        a->last = before;
        edges_follow(e, s, pc, 1);
    } else if (before->times[way]++ == 0) {
        edges_note(e, before, way);
    }
    if (e->spy != NULL)
        e->spy->block(e->spy_self, pc, size);
    engine_count_work(e, pc, s->instructions);
}

const uint8_t *again_code(const struct engine *e, uint64_t pc, size_t n)
{
    const struct slot *s = e->again != NULL ? e->again->last : NULL;
    return s != NULL && pc - s->pc < s->k->size && n <= s->k->size - (pc - s->pc) ? s->k->bytes + (pc - s->pc) : NULL;
}

void again_forget(struct engine *e, uint64_t pc)
{
    struct slot *s = e->again != NULL ? again_find(e->again, pc) : NULL;
    if (s != NULL)
        s->checked = 0;
}

/* All translated code is dropped: whatever runs is new. */
void again_flushed(struct engine *e)
{
    struct again *a = e->again;
    if (a == NULL)
        return;
    a->run++;
    a->before_holds = false;
}

void again_free_chunks(struct byte_chunk *c)
{
    while (c != NULL) {
        struct byte_chunk *next = c->next;
        free(c);
        c = next;
    }
}

static void free_all(struct again *a)
{
    again_free_chunks(a->chunks);
    if (a->context != NULL)
        (void)uc_context_free(a->context);
    free(a->slot);
    free(a->index);
    free(a->taken);
    free(a->ran);
    free(a->data);
    free(a);
}

bool engine_again(struct engine *e)
{
    const bool counting = e->block_hook != 0;
    struct again *a = calloc(1, sizeof *a);
    if (a == NULL)
        return false;
    a->ran = calloc(CODE_PAGES, sizeof *a->ran);
    a->data = calloc(CODE_PAGES, sizeof *a->data);
    if (a->ran == NULL || a->data == NULL || !again_grow(a)) {
        free_all(a);
        return false;
    }
    a->run = a->filling = 1;
    a->stop_before = UINT64_MAX;
    engine_count(e, false);
    e->again = a;
    e->translated = again_translated;
    engine_count(e, counting);
    return true;
}

void again_free(struct engine *e)
{
    if (e->again != NULL)
        free_all(e->again);
    e->again = NULL;
}

void engine_offer(struct engine *e, uint64_t pc)
{
    struct slot *s = again_find(e->again, pc);
    if (s != NULL)
        s->offered = true;
}

uint64_t engine_free_blocks(const struct engine *e)
{
    if (e->deadline != UINT64_MAX || e->trace != NULL || engine_spied(e) || e->store != NULL || e->load != NULL ||
        e->next_event <= e->blocks)
        return 0;
    const uint64_t free = e->next_event - e->blocks, left = e->again->stop_before - e->blocks;
    return free < left ? free : left;
}

void engine_count_blocks(struct engine *e, const struct engine_done *done)
{
    const size_t nr = done->nr_last;
    e->blocks += done->blocks;
    e->instructions += done->instructions;
    for (size_t i = 0; i < nr; i++)
        e->ring[(e->blocks - nr + i) % ENGINE_RING] = done->last[i];
    e->block_pc = done->last[nr - 1];
    edges_done(e, done);
}

void engine_stop_before(struct engine *e, uint64_t blocks)
{
    e->again->stop_before = blocks;
}

const char *engine_doubt(const struct engine *e)
{
    return e->again != NULL ? e->again->doubt : NULL;
}
