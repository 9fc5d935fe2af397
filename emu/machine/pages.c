/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "machine/pages.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/hugepages.h"
#include "base/le.h"

enum {
    HERE = 1,
    KEPT = 2,
    SAVED = 4,
    WRITTEN = 8,
    CHANGED = 16, /* kept, and no more what the plan gave */
    RESIDENT = 32 /* costs the host memory, here or not */
};
/* Each layout has its memory elsewhere: beyond so many pages (64 MiB) the host gets back those of layouts gone by. */
#define RESIDENT_MAX (1u << 14)
#define FOLDED_MAX (1u << 12)
#define RESERVE_MIN (4 * GIB)
/* SEC unpacks its volumes below this (E:OvmfPkg/OvmfXen.fdf, PcdOvmfDxeMemFvBase and what follows): all of it is written once. */
#define UNPACKED_BELOW (32 * MIB)

/* Of a kept page that has been written: what it was. */
struct saved {
    uint64_t gpa;
    uint8_t *bytes;
};

/* What somebody has looked at without wanting more. */
struct peek {
    uint64_t gpa;
    uint8_t n, bytes[MEMORY_PEEK_MAX];
    bool others; /* it was not these that were there */
};

/* A piece of memory beyond the reservation's first part, and which piece of the second it is. */
struct folded {
    uint64_t gpa;
    size_t slot;
};

struct memory_pages {
    uint8_t *state; /* of each page; sparse */
    size_t nr_pages;
    struct folded *folded; /* sorted; FOLDED_MAX */
    size_t nr_folded;
    bool crowded; /* more than that was touched */
    uint64_t fill;
    uint64_t *here; /* pages that are to be forgotten: those that have content and are not kept */
    size_t nr_here, cap_here;
    uint64_t *resident; /* pages that were here since the last release */
    size_t nr_resident, cap_resident;
    struct saved *saved;
    size_t nr_saved, cap_saved;
    struct peek *peek; /* sorted by address */
    size_t nr_peeks, cap_peeks;
    bool settled; /* what is common to all boots is known: looks are not remembered any more */
    bool failed;  /* out of memory: nothing can be forgotten any more */
};

/* --- beyond the reservation --------------------------------------------------------------------------------------- */

/* The first folded piece that ends above @gpa. */
static size_t first_folded(const struct memory_pages *p, uint64_t gpa)
{
    size_t lo = 0, hi = p->nr_folded;
    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;
        if (p->folded[mid].gpa + PAGES_FOLD <= gpa)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static bool is_folded(const struct memory_pages *p, size_t i, uint64_t gpa)
{
    return i < p->nr_folded && p->folded[i].gpa <= gpa;
}

static uint64_t place_in(const struct memory *m, size_t slot, uint64_t gpa)
{
    return m->size + slot * PAGES_FOLD + gpa % PAGES_FOLD;
}

uint64_t pages_place(const struct memory *m, uint64_t gpa)
{
    struct memory_pages *p = m->pages;
    if (gpa < m->size)
        return gpa;
    const size_t i = first_folded(p, gpa);
    if (is_folded(p, i, gpa))
        return place_in(m, p->folded[i].slot, gpa);
    if (p->nr_folded == FOLDED_MAX) { /* somebody is in this place: the boot is not to be believed */
        p->crowded = true;
        return place_in(m, 0, gpa);
    }
    memmove(p->folded + i + 1, p->folded + i, (p->nr_folded - i) * sizeof *p->folded);
    p->folded[i] = (struct folded){gpa - gpa % PAGES_FOLD, p->nr_folded};
    return place_in(m, p->nr_folded++, gpa);
}

/* Nobody has touched what is folded and has no place. */
static uint8_t state_of(const struct memory *m, uint64_t gpa)
{
    const struct memory_pages *p = m->pages;
    if (gpa < m->size)
        return p->state[gpa >> PAGE_SHIFT];
    const size_t i = first_folded(p, gpa);
    return is_folded(p, i, gpa) ? p->state[place_in(m, p->folded[i].slot, gpa) >> PAGE_SHIFT] : 0;
}

static uint8_t *state(const struct memory *m, uint64_t gpa)
{
    return &m->pages->state[pages_place(m, gpa) >> PAGE_SHIFT];
}

/* --- content ------------------------------------------------------------------------------------------------------ */

bool pages_init(struct memory *m, const struct plan *plan, uint64_t fill, uint64_t size, struct diag *d)
{
    struct memory_pages *p = calloc(1, sizeof *p);
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    *m = (struct memory){.plan = plan, .size = page_up(size), .pages = p};
    void *base = MAP_FAILED, *s = MAP_FAILED;
    if (p != NULL)
        p->folded = calloc(FOLDED_MAX, sizeof *p->folded);
    for (; p != NULL && base == MAP_FAILED && m->size >= RESERVE_MIN; m->size /= 2) {
        m->reserved = m->size + FOLDED_MAX * PAGES_FOLD;
        base = mmap(NULL, m->reserved, PROT_READ | PROT_WRITE, flags, -1, 0);
    }
    m->size *= 2;
    if (base != MAP_FAILED) {
        m->base = base;
        hugepages_want(m->base, UNPACKED_BELOW);
        s = mmap(NULL, m->reserved >> PAGE_SHIFT, PROT_READ | PROT_WRITE, flags, -1, 0);
    }
    if (s == MAP_FAILED || p->folded == NULL) {
        const int err = errno;
        memory_exit(m);
        return diag_fail(d, "", 0, "cannot reserve %llu MiB of address space for the guest: %s",
                         (unsigned long long)(size / MIB), strerror(err));
    }
    p->state = s;
    p->nr_pages = m->reserved >> PAGE_SHIFT;
    p->fill = fill;
    return true;
}

void pages_exit(struct memory *m)
{
    struct memory_pages *p = m->pages;
    if (p == NULL)
        return;
    if (p->state != NULL)
        (void)munmap(p->state, p->nr_pages);
    for (size_t i = 0; i < p->nr_saved; i++)
        free(p->saved[i].bytes);
    free(p->saved);
    free(p->here);
    free(p->resident);
    free(p->peek);
    free(p->folded);
    free(p);
    m->pages = NULL;
}

static bool has_pattern(const struct plan_range *r)
{
    return r->kind == PLAN_RAM && r->cls == CLASS_FREE && r->bytes == NULL;
}

static void lay_bytes(const struct plan_range *r, uint64_t fill, struct span at, uint8_t *out)
{
    const uint64_t from = r->at.start > at.start ? r->at.start : at.start;
    const uint64_t end = r->at.end < at.end ? r->at.end : at.end;
    const uint64_t bytes_end = r->at.start + r->nbytes < end ? r->at.start + r->nbytes : end;
    const uint64_t filled = bytes_end > from ? bytes_end : from;
    if (filled > from)
        memcpy(out + (from - at.start), r->bytes + (from - r->at.start), filled - from);
    if (fill != 0 && end > filled)
        memset(out + (filled - at.start), 0, end - filled);
}

/* Is some of the page free, so that all of it holds the pattern where the plan has no bytes? @r is a range in that page. */
static bool is_patterned(const struct plan *plan, const struct plan_range *r, uint64_t page)
{
    const struct plan_range *const end = plan->r + plan->nr;
    bool pattern = false;
    while (r > plan->r && r->at.start > page)
        r--;
    for (; r < end && r->at.start < page + PAGE_SIZE; r++)
        pattern |= has_pattern(r);
    return pattern;
}

/* The pattern's bytes lie at multiples of eight. */
static void lay_pattern(uint64_t fill, uint64_t gpa, uint8_t *out, size_t n)
{
    const unsigned turn = 8 * (gpa % 8);
    const uint64_t word = turn != 0 ? fill >> turn | fill << (64 - turn) : fill;
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        memcpy(out + i, &word, 8);
    memcpy(out + i, &word, n - i);
}

/* @n bytes in one page, the same as memory_init() leaves there. @r is the range of the first; NULL: nothing is there. */
static void initial(const struct plan *plan, const struct plan_range *r, uint64_t fill, uint64_t gpa, uint8_t *out,
                    size_t n)
{
    const struct plan_range *const end = plan->r + plan->nr;
    const struct span at = {gpa, gpa + n};
    if (fill != 0 && r != NULL && is_patterned(plan, r, page_down(gpa)))
        lay_pattern(fill, gpa, out, n);
    else
        memset(out, 0, n);
    for (; r != NULL && r < end && r->at.start < at.end; r++)
        if (r->kind == PLAN_RAM && r->bytes != NULL)
            lay_bytes(r, fill, at, out);
}

void pages_initial(const struct memory *m, uint64_t gpa, uint8_t out[PAGE_SIZE])
{
    initial(m->plan, plan_find(m->plan, gpa), m->pages->fill, gpa, out, PAGE_SIZE);
}

/* Does @plan's page at @gpa begin as zeros, as those are that the host has just given? */
static bool is_zero(const struct plan *plan, uint64_t fill, uint64_t gpa)
{
    const struct plan_range *r = fill == 0 ? plan_find(plan, gpa) : NULL;
    return r != NULL && r->bytes == NULL && gpa + PAGE_SIZE <= r->at.end;
}

static bool note(uint64_t **list, size_t *nr, size_t *cap, uint64_t gpa)
{
    if (*nr == *cap) {
        const size_t more = *cap != 0 ? 2 * *cap : 1024;
        uint64_t *l = realloc(*list, more * sizeof *l);
        if (l == NULL)
            return false;
        *list = l;
        *cap = more;
    }
    (*list)[(*nr)++] = gpa;
    return true;
}

/* Pages that are not here any more; their content is made anew when they are wanted. */
static void release(struct memory *m)
{
    struct memory_pages *p = m->pages;
    for (size_t i = 0, n; i < p->nr_resident; i += n) {
        const uint64_t gpa = p->resident[i];
        for (n = 1; i + n < p->nr_resident && p->resident[i + n] == gpa + n * PAGE_SIZE &&
                    n < memory_run(m, gpa) >> PAGE_SHIFT;
             n++)
            if ((*state(m, p->resident[i + n]) & KEPT) != 0)
                break;
        if ((*state(m, gpa) & KEPT) != 0)
            n = 1;
        else
            (void)madvise(memory_at(m, gpa), n * PAGE_SIZE, MADV_DONTNEED);
        for (size_t k = 0; k < n; k++)
            *state(m, gpa + k * PAGE_SIZE) &= (uint8_t)~RESIDENT;
    }
    p->nr_resident = 0;
}

void pages_want(const struct memory *m, struct span at)
{
    struct memory_pages *p = m->pages;
    for (uint64_t gpa = at.start; gpa < at.end; gpa += PAGE_SIZE) {
        uint8_t *s = state(m, gpa);
        if ((*s & HERE) != 0)
            continue;
        if ((*s & RESIDENT) != 0 || !is_zero(m->plan, p->fill, gpa))
            pages_initial(m, gpa, memory_at(m, gpa));
        p->failed |= !note(&p->here, &p->nr_here, &p->cap_here, gpa);
        if ((*s & RESIDENT) == 0)
            p->failed |= !note(&p->resident, &p->nr_resident, &p->cap_resident, gpa);
        *s |= HERE | RESIDENT;
    }
}

static bool save(const struct memory *m, uint64_t gpa)
{
    struct memory_pages *p = m->pages;
    if (p->nr_saved == p->cap_saved) {
        const size_t cap = p->cap_saved != 0 ? 2 * p->cap_saved : 256;
        struct saved *saved = realloc(p->saved, cap * sizeof *saved);
        if (saved == NULL)
            return false;
        p->saved = saved;
        p->cap_saved = cap;
    }
    uint8_t *bytes = malloc(PAGE_SIZE);
    if (bytes == NULL)
        return false;
    memcpy(bytes, memory_at(m, gpa), PAGE_SIZE);
    p->saved[p->nr_saved++] = (struct saved){gpa, bytes};
    return true;
}

void pages_writing(const struct memory *m, struct span at)
{
    for (uint64_t gpa = page_down(at.start); gpa < at.end; gpa += PAGE_SIZE) {
        uint8_t *s = state(m, gpa);
        if ((*s & (KEPT | SAVED)) == KEPT) {
            m->pages->failed |= !save(m, gpa);
            *s |= SAVED;
        }
        *s |= WRITTEN;
    }
}

bool pages_failed(const struct memory *m)
{
    return m->pages->failed || m->pages->crowded;
}

void pages_keep(struct memory *m, struct span at)
{
    uint8_t first[PAGE_SIZE];
    pages_want(m, at);
    for (uint64_t gpa = at.start; gpa < at.end; gpa += PAGE_SIZE) {
        pages_initial(m, gpa, first);
        const bool same = memcmp(first, memory_at(m, gpa), PAGE_SIZE) == 0;
        *state(m, gpa) = (uint8_t)(HERE | KEPT | RESIDENT | (same ? 0 : CHANGED));
    }
}

void pages_restart(struct memory *m, const struct plan *plan, uint64_t fill)
{
    struct memory_pages *p = m->pages;
    for (size_t i = 0; i < p->nr_here; i++) {
        uint8_t *s = state(m, p->here[i]);
        if ((*s & KEPT) == 0)
            *s &= RESIDENT;
    }
    p->nr_here = 0;
    if (p->nr_resident > RESIDENT_MAX || p->nr_folded != 0)
        release(m);
    p->nr_folded = 0;
    p->crowded = false;
    for (size_t i = 0; i < p->nr_saved; i++)
        memcpy(memory_at(m, p->saved[i].gpa), p->saved[i].bytes, PAGE_SIZE);
    m->plan = plan;
    p->fill = fill;
    m->nr_over = 0;
    m->nr_dirty = m->nr_late = 0;
    m->late_pages = 0;
}

/* The first look at @gpa or above. */
static size_t first_peek(const struct memory_pages *p, uint64_t gpa)
{
    size_t lo = 0, hi = p->nr_peeks;
    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;
        if (p->peek[mid].gpa < gpa)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static void note_peek(struct memory_pages *p, uint64_t gpa, const void *bytes, size_t n, bool others)
{
    if (p->settled)
        return;
    const size_t at = first_peek(p, gpa);
    for (size_t i = at; i < p->nr_peeks && p->peek[i].gpa == gpa; i++)
        if (p->peek[i].n == n && p->peek[i].others == others && memcmp(p->peek[i].bytes, bytes, n) == 0)
            return;
    if (p->nr_peeks == p->cap_peeks) {
        const size_t cap = p->cap_peeks != 0 ? 2 * p->cap_peeks : 256;
        struct peek *peek = realloc(p->peek, cap * sizeof *peek);
        if (peek == NULL) {
            p->failed = true;
            return;
        }
        p->peek = peek;
        p->cap_peeks = cap;
    }
    struct peek *k = &p->peek[at];
    memmove(k + 1, k, (p->nr_peeks - at) * sizeof *k);
    p->nr_peeks++;
    *k = (struct peek){.gpa = gpa, .n = (uint8_t)n, .others = others};
    memcpy(k->bytes, bytes, n);
}

void pages_peek(const struct memory *m, uint64_t gpa, void *dst, size_t n)
{
    struct memory_pages *p = m->pages;
    if (gpa % PAGE_SIZE + n > PAGE_SIZE) {
        memset(dst, 0, n);
        n = PAGE_SIZE - gpa % PAGE_SIZE;
    }
    if (pages_here(m, gpa)) {
        memcpy(dst, memory_at(m, gpa), n);
        return;
    }
    initial(m->plan, plan_find(m->plan, gpa), p->fill, gpa, dst, n);
    note_peek(p, gpa, dst, n, false);
}

bool pages_lack(const struct memory *m, uint64_t gpa, const void *bytes, size_t n)
{
    uint8_t there[MEMORY_PEEK_MAX];
    const bool whole = gpa % PAGE_SIZE + n <= PAGE_SIZE;
    if (!whole || pages_here(m, gpa)) {
        pages_peek(m, gpa, there, n);
        return memcmp(there, bytes, n) != 0;
    }
    initial(m->plan, plan_find(m->plan, gpa), m->pages->fill, gpa, there, n);
    const bool lacks = memcmp(there, bytes, n) != 0;
    note_peek(m->pages, gpa, bytes, n, lacks);
    return lacks;
}

bool pages_peeks_hold(const struct memory *m, const struct plan *plan)
{
    const struct memory_pages *p = m->pages;
    const struct plan_range *r = NULL;
    for (size_t i = 0; i < p->nr_peeks; i++) {
        const struct peek *k = &p->peek[i];
        uint8_t bytes[MEMORY_PEEK_MAX];
        r = plan_find_from(plan, r, k->gpa);
        if (r == NULL || r->kind != PLAN_RAM)
            return false;
        initial(plan, r, p->fill, k->gpa, bytes, k->n);
        if ((memcmp(bytes, k->bytes, k->n) != 0) != k->others)
            return false;
    }
    return true;
}

void pages_no_more_peeks(struct memory *m)
{
    struct memory_pages *p = m->pages;
    size_t nr = 0;
    for (size_t i = 0; i < p->nr_peeks; i++)
        if (!pages_kept(m, p->peek[i].gpa))
            p->peek[nr++] = p->peek[i];
    p->nr_peeks = nr;
    p->settled = true;
}

bool pages_here(const struct memory *m, uint64_t gpa)
{
    return (state_of(m, gpa) & HERE) != 0;
}

bool pages_written(const struct memory *m, uint64_t gpa)
{
    const uint8_t s = state_of(m, gpa);
    return (s & KEPT) != 0 ? (s & (SAVED | CHANGED)) != 0 : (s & WRITTEN) != 0;
}

bool pages_written_since(const struct memory *m, uint64_t gpa)
{
    return (state_of(m, gpa) & (KEPT | SAVED)) == (KEPT | SAVED);
}

size_t pages_nr_written_since(const struct memory *m)
{
    return m->pages->nr_saved;
}

bool pages_kept(const struct memory *m, uint64_t gpa)
{
    return (state_of(m, gpa) & KEPT) != 0;
}

void pages_each(const struct memory *m, void (*fn)(void *self, uint64_t gpa), void *self)
{
    for (size_t i = 0; i < m->pages->nr_here; i++)
        if ((*state(m, m->pages->here[i]) & KEPT) == 0)
            fn(self, m->pages->here[i]);
}
