/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A boot is watched, and its stretches are taken down. */
#include <stdlib.h>
#include <string.h>

#include "check/code/insn.h"
#include "machine/demand.h"
#include "machine/pages.h"
#include "machine/walk.h"
#include "warm/stretch_parts.h"

#define BLOCKS_MAX (1u << 15)
#define ACCESSES_MAX (1u << 18)
/* Shorter ones are not worth coming out for. */
#define STRETCH_MIN 256u
#define PAGES_MAX 512u
#define ENTRIES_MAX 128u

struct seen_block {
    struct cpu_regs r; /* before it ran */
    uint32_t size;
    size_t access;         /* the number of the first access in it */
    uint64_t instructions; /* counted before it */
    uint64_t marks;
};

struct access {
    uint64_t gpa, value;
    uint8_t size;
    bool store;
};

struct watching {
    struct seen_block *block;
    struct access *access;
    size_t nr_blocks, nr_accesses;
};

void stretch_free(struct stretch *k)
{
    free(k->bytes);
    free(k->read);
    free(k->write);
    free(k->clean);
    free(k->touched);
    free(k->entry);
    free(k->edge);
    *k = (struct stretch){.nr_last = 0};
}

void watching_free(struct stretches *s)
{
    if (s->watching != NULL) {
        free(s->watching->block);
        free(s->watching->access);
    }
    free(s->watching);
    s->watching = NULL;
}

/* --- watching ----------------------------------------------------------------------------------------------------- */

static void on_block(void *self, uint64_t pc, uint32_t size)
{
    struct stretches *s = self;
    struct watching *w = s->watching;
    if (w->nr_blocks == BLOCKS_MAX)
        return;
    struct seen_block *b = &w->block[w->nr_blocks++];
    engine_regs(s->m->engine, &b->r);
    b->r.rip = pc;
    b->size = size;
    b->access = w->nr_accesses;
    b->instructions = engine_instructions(s->m->engine);
    b->marks = s->marks;
}

static void note(struct stretches *s, bool store, uint64_t gpa, unsigned size, uint64_t value)
{
    struct watching *w = s->watching;
    if (w->nr_accesses == ACCESSES_MAX) {
        stretches_mark(s); /* what goes on from here is not known */
        return;
    }
    w->access[w->nr_accesses++] = (struct access){gpa, value, (uint8_t)size, store};
}

static void on_load(void *self, uint64_t gpa, unsigned size, uint64_t value)
{
    note(self, false, gpa, size, value);
}

static void on_store(void *self, uint64_t gpa, unsigned size, uint64_t value)
{
    note(self, true, gpa, size, value);
}

void stretches_watch(struct stretches *s)
{
    static const struct engine_spy spy = {.block = on_block, .load = on_load, .store = on_store};
    struct watching *w = calloc(1, sizeof *w);
    s->watching = w;
    if (w == NULL)
        return;
    w->block = malloc(BLOCKS_MAX * sizeof *w->block);
    w->access = malloc(ACCESSES_MAX * sizeof *w->access);
    if (w->block == NULL || w->access == NULL) {
        watching_free(s);
        return;
    }
    engine_spy(s->m->engine, &spy, s);
}

/* --- what it read and wrote --------------------------------------------------------------------------------------- */

enum { READ = 1, WRITTEN = 2 };

struct page_use {
    uint64_t gpa;
    uint8_t use[PAGE_SIZE], first[PAGE_SIZE], now[PAGE_SIZE];
};

struct taking {
    const struct stretches *s;
    struct stretch *k;
    struct page_use *page;
    size_t nr, last;
    bool failed;
};

static struct page_use *page_of(struct taking *t, uint64_t gpa)
{
    if (t->last < t->nr && t->page[t->last].gpa == gpa)
        return &t->page[t->last];
    for (t->last = 0; t->last < t->nr; t->last++)
        if (t->page[t->last].gpa == gpa)
            return &t->page[t->last];
    if (t->nr == PAGES_MAX || gpa >= t->s->m->memory.size || !stretch_may_use(t->s->m, gpa)) {
        t->failed = true;
        return NULL;
    }
    struct page_use *p = &t->page[t->nr++];
    p->gpa = gpa;
    memset(p->use, 0, sizeof p->use);
    return p;
}

static void take_byte(struct taking *t, uint64_t gpa, uint8_t value, bool store)
{
    struct page_use *p = page_of(t, page_down(gpa));
    const size_t i = gpa % PAGE_SIZE;
    if (p == NULL)
        return;
    if (store) {
        p->use[i] |= WRITTEN;
        p->now[i] = value;
    } else if ((p->use[i] & WRITTEN) != 0) {
        t->failed |= p->now[i] != value; /* somebody else has written there */
    } else {
        t->failed |= (p->use[i] & READ) != 0 && p->first[i] != value;
        p->use[i] |= READ;
        p->first[i] = value;
    }
}

/* Is it as it was when it ran, and judged before the beginning? */
static bool is_settled(const struct machine *m, uint64_t gpa)
{
    return demand_judged(m, gpa) && pages_kept(&m->memory, page_down(gpa)) &&
           !pages_written_since(&m->memory, page_down(gpa));
}

/* Its blocks are code that reads and writes nothing else. */
static void take_code(struct taking *t, const struct seen_block *b)
{
    struct machine *m = t->s->m;
    uint8_t code[PAGE_SIZE];
    const struct span at = {b->r.rip, b->r.rip + b->size};
    if (b->size > sizeof code || !is_settled(m, at.start) || !is_settled(m, at.end - 1) ||
        !machine_read(m, at.start, code, b->size) || !insn_all_plain(code, b->size, CODE_64)) {
        t->failed = true;
        return;
    }
    for (uint32_t i = 0; i < b->size; i++)
        take_byte(t, at.start + i, code[i], false);
}

static void take_tables(struct taking *t, const struct page_use *p, const struct paging *paging)
{
    struct stretch *k = t->k;
    struct walk w;
    if (!walk_gva(&t->s->m->memory, paging, p->gpa, &w) || w.gpa != p->gpa) {
        t->failed = true;
        return;
    }
    for (unsigned i = 0; i < w.nr; i++) {
        size_t n = 0;
        while (n < k->nr_entries && k->entry[n].gpa != w.step[i].entry_gpa)
            n++;
        if (n < k->nr_entries)
            continue;
        if (n == ENTRIES_MAX || !stretch_may_use(t->s->m, w.step[i].entry_gpa)) {
            t->failed = true;
            return;
        }
        k->entry[k->nr_entries++] =
            (struct stretch_entry){w.step[i].entry_gpa, w.step[i].entry & ~(uint64_t)ENTRY_NOTED};
    }
}

/* The bytes of @p that are used as @use says, from @bytes, as runs. */
static size_t take_runs(const struct page_use *p, uint8_t use, const uint8_t *bytes, struct stretch_bytes *to,
                        uint8_t *blob, uint32_t *used)
{
    size_t nr = 0;
    for (size_t i = 0; i < PAGE_SIZE; i++) {
        if ((p->use[i] & use) == 0)
            continue;
        if (i == 0 || (p->use[i - 1] & use) == 0)
            to[nr++] = (struct stretch_bytes){.gpa = p->gpa + i, .at = *used};
        to[nr - 1].n++;
        blob[(*used)++] = bytes[i];
    }
    return nr;
}

static size_t count_runs(const struct page_use *p, uint8_t use, size_t *bytes)
{
    size_t nr = 0;
    for (size_t i = 0; i < PAGE_SIZE; i++) {
        *bytes += (p->use[i] & use) != 0;
        nr += (p->use[i] & use) != 0 && (i == 0 || (p->use[i - 1] & use) == 0);
    }
    return nr;
}

static bool is_clean(const struct taking *t, const struct page_use *p)
{
    return !pages_written_since(&t->s->m->memory, p->gpa);
}

static void take_memory(struct taking *t)
{
    struct stretch *k = t->k;
    struct paging paging;
    size_t bytes = 0, reads = 0, writes = 0;
    for (size_t i = 0; i < t->nr; i++) {
        if (!is_clean(t, &t->page[i]))
            reads += count_runs(&t->page[i], READ, &bytes);
        writes += count_runs(&t->page[i], WRITTEN, &bytes);
    }
    k->bytes = malloc(bytes + 1);
    k->read = calloc(reads + 1, sizeof *k->read);
    k->write = calloc(writes + 1, sizeof *k->write);
    k->clean = calloc(t->nr + 1, sizeof *k->clean);
    k->touched = calloc(t->nr + 1, sizeof *k->touched);
    k->entry = calloc(ENTRIES_MAX, sizeof *k->entry);
    if (k->bytes == NULL || k->read == NULL || k->write == NULL || k->clean == NULL || k->touched == NULL ||
        k->entry == NULL) {
        t->failed = true;
        return;
    }
    uint32_t used = 0;
    machine_paging(t->s->m, &paging);
    for (size_t i = 0; i < t->nr; i++) {
        const struct page_use *p = &t->page[i];
        take_tables(t, p, &paging);
        if (is_clean(t, p)) {
            k->clean[k->nr_clean++] = p->gpa;
        } else {
            k->touched[k->nr_touched++] = p->gpa;
            k->nr_read += take_runs(p, READ, p->first, k->read + k->nr_read, k->bytes, &used);
        }
        k->nr_write += take_runs(p, WRITTEN, p->now, k->write + k->nr_write, k->bytes, &used);
    }
}

/* --- a stretch ---------------------------------------------------------------------------------------------------- */

#define EDGES_MAX 1024u

static bool add_edge(struct stretch *k, uint64_t from, uint64_t to)
{
    size_t i = 0;
    while (i < k->nr_edges && (k->edge[i].from != from || k->edge[i].to != to))
        i++;
    if (i == EDGES_MAX)
        return false;
    if (i == k->nr_edges)
        k->edge[k->nr_edges++] = (struct engine_edge){from, to, 0};
    k->edge[i].times++;
    return true;
}

static bool take_blocks(struct stretch *k, const struct seen_block *b, size_t nr)
{
    k->edge = calloc(EDGES_MAX, sizeof *k->edge);
    for (size_t i = 1; k->edge != NULL && i < nr; i++)
        if (!add_edge(k, b[i - 1].r.rip, b[i].r.rip))
            return false;
    k->nr_last = nr < ENGINE_RING ? nr : ENGINE_RING;
    for (size_t i = 0; i < k->nr_last; i++)
        k->last[i] = b[nr - k->nr_last + i].r.rip;
    return k->edge != NULL;
}

static bool is_new(const struct seen_block *b, size_t i)
{
    size_t k = 0;
    while (k < i && (b[k].r.rip != b[i].r.rip || b[k].size != b[i].size))
        k++;
    return k == i;
}

/* From block @from to before block @to. */
static bool take(struct stretches *s, size_t from, size_t to, struct stretch *k)
{
    const struct watching *w = s->watching;
    const struct seen_block *b = w->block + from, *end = w->block + to;
    struct taking t = {.s = s, .k = k, .page = malloc(PAGES_MAX * sizeof *t.page)};
    *k = (struct stretch){
        .in = b->r, .out = end->r, .blocks = to - from, .instructions = end->instructions - b->instructions};
    t.failed = t.page == NULL || !take_blocks(k, b, to - from);
    for (size_t i = 0; i < to - from && !t.failed; i++)
        if (is_new(b, i))
            take_code(&t, &b[i]);
    for (size_t i = b->access; i < end->access && !t.failed; i++)
        for (unsigned n = 0; n < w->access[i].size; n++)
            take_byte(&t, w->access[i].gpa + n, (uint8_t)(w->access[i].value >> 8 * n), w->access[i].store);
    for (size_t i = 0; i < t.nr && !t.failed; i++)
        t.failed = engine_has_code(s->m->engine, t.page[i].gpa) && memchr(t.page[i].use, WRITTEN, PAGE_SIZE) != NULL;
    if (!t.failed)
        take_memory(&t);
    free(t.page);
    if (t.failed)
        stretch_free(k);
    return !t.failed;
}

/* The block behind the call that block @i begins; 0: there is none, or somebody is asked on the way. */
static size_t end_of_call(const struct watching *w, size_t i)
{
    const uint64_t rsp = w->block[i].r.gpr[CPU_RSP];
    size_t end = i;
    if (i == 0 || rsp >= w->block[i - 1].r.gpr[CPU_RSP])
        return 0;
    while (end < w->nr_blocks && w->block[end].r.gpr[CPU_RSP] <= rsp)
        if (w->block[end++].marks != w->block[i].marks)
            return 0;
    return end < w->nr_blocks && w->block[end].r.gpr[CPU_RSP] == rsp + 8 && w->block[end].marks == w->block[i].marks
               ? end
               : 0;
}

void stretches_learn(struct stretches *s)
{
    const struct watching *w = s->watching;
    if (w == NULL)
        return;
    s->tries++;
    s->phase = s->m->phase;
    const bool wide = engine_code64(s->m->engine); /* firmware that has a PEI of 32 bits is not worth it */
    for (size_t i = 0; wide && i < w->nr_blocks && s->nr < STRETCHES_MAX; i++) {
        const size_t end = end_of_call(w, i);
        if (end == 0 || end - i < STRETCH_MIN || !take(s, i, end, &s->stretch[s->nr]))
            continue;
        engine_offer(s->m->engine, w->block[i].r.rip);
        s->nr++;
        i = end - 1;
    }
    s->learnt = s->nr != 0; /* of a boot that ended early there may be nothing to know */
    watching_free(s);
}
