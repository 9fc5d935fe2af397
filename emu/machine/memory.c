/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "machine/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/span.h"
#include "machine/pages.h"

#define PATTERN_SIZE (2 * MIB)

/*
 * Guest RAM must cost nothing until it is touched, poison or not: the pattern is one small file, mapped again and
 * again, copied by the kernel when the guest writes.
 */
static int pattern_file(uint64_t fill)
{
    int fd = memfd_create("hvmbed-fill", MFD_CLOEXEC);
    if (fd < 0)
        return -1;
    uint64_t *p = MAP_FAILED;
    if (ftruncate(fd, PATTERN_SIZE) == 0)
        p = mmap(NULL, PATTERN_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED) {
        (void)close(fd);
        return -1;
    }
    for (size_t i = 0; i < PATTERN_SIZE / sizeof *p; i++)
        p[i] = fill;
    (void)munmap(p, PATTERN_SIZE);
    return fd;
}

static bool fill_range(const struct memory *m, int fd, struct span at)
{
    /* Pages at the edges are shared with neighbours that have bytes of their own: those come later and win. */
    for (uint64_t gpa = page_down(at.start), end = page_up(at.end); gpa < end;) {
        uint64_t n = PATTERN_SIZE - gpa % PATTERN_SIZE;
        if (n > end - gpa)
            n = end - gpa;
        if (mmap(m->base + gpa, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE, fd,
                 (off_t)(gpa % PATTERN_SIZE)) == MAP_FAILED)
            return false;
        gpa += n;
    }
    return true;
}

static bool fill_free_ram(const struct memory *m, uint64_t fill)
{
    int fd = pattern_file(fill);
    if (fd < 0)
        return false;
    bool ok = true;
    for (size_t i = 0; ok && i < m->plan->nr; i++) {
        const struct plan_range *r = &m->plan->r[i];
        if (r->kind == PLAN_RAM && (r->cls == CLASS_FREE || r->cls == CLASS_NULL) && r->bytes == NULL)
            ok = fill_range(m, fd, r->at);
    }
    (void)close(fd);
    return ok;
}

bool memory_fill(const struct memory *m, struct span at, uint64_t fill)
{
    if (fill == 0)
        return true;
    int fd = pattern_file(fill);
    if (fd < 0)
        return false;
    bool ok = fill_range(m, fd, at);
    (void)close(fd);
    return ok;
}

bool memory_init(struct memory *m, const struct plan *plan, uint64_t fill, struct diag *d)
{
    *m = (struct memory){.plan = plan, .size = page_up(plan->top), .reserved = page_up(plan->top)};
    void *p = mmap(NULL, m->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED)
        return diag_fail(d, "", 0, "cannot reserve %llu MiB of address space for the guest: %s",
                         (unsigned long long)(m->size / MIB), strerror(errno));
    m->base = p;
    /* Looking for headers touches thousands of pages that nobody has written to: a fault each is half of a boot's time. */
    (void)madvise(p, m->size, MADV_HUGEPAGE);
    if (fill != 0 && !fill_free_ram(m, fill)) {
        int err = errno;
        memory_exit(m);
        return diag_fail(d, "", 0, "cannot fill the guest's memory: %s", strerror(err));
    }
    for (size_t i = 0; i < plan->nr; i++) {
        const struct plan_range *r = &plan->r[i];
        if (r->kind != PLAN_RAM || r->bytes == NULL)
            continue;
        memcpy(m->base + r->at.start, r->bytes, r->nbytes);
        if (fill != 0)
            memset(m->base + r->at.start + r->nbytes, 0, span_size(r->at) - r->nbytes);
    }
    return true;
}

void memory_exit(struct memory *m)
{
    pages_exit(m);
    if (m->base != NULL)
        (void)munmap(m->base, m->reserved);
    m->base = NULL;
    free(m->over);
    m->over = NULL;
    m->nr_over = m->cap_over = 0;
}

/* The first override that ends above @gpa; nr_over when there is none. */
static size_t first_above(const struct memory *m, uint64_t gpa)
{
    size_t lo = 0, hi = m->nr_over;
    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;
        if (m->over[mid].at.end <= gpa)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

const struct page_override *memory_override(const struct memory *m, uint64_t gpa)
{
    const size_t i = first_above(m, gpa);
    return i < m->nr_over && m->over[i].at.start <= gpa ? &m->over[i] : NULL;
}

const struct page_override *memory_next_override(const struct memory *m, uint64_t gpa)
{
    size_t i = first_above(m, gpa);
    if (i < m->nr_over && m->over[i].at.start <= gpa)
        i++;
    return i < m->nr_over ? &m->over[i] : NULL;
}

uint8_t *memory_at(const struct memory *m, uint64_t gpa)
{
    return m->base + (m->pages != NULL ? pages_place(m, gpa) : gpa);
}

uint64_t memory_run(const struct memory *m, uint64_t gpa)
{
    return gpa < m->size ? m->size - gpa : PAGES_FOLD - gpa % PAGES_FOLD;
}

uint8_t *memory_own(const struct memory *m, uint64_t gpa)
{
    const struct span page = {page_down(gpa), page_down(gpa) + PAGE_SIZE};
    if (m->pages != NULL) {
        pages_want(m, page);
        pages_writing(m, page);
    }
    return memory_at(m, gpa);
}

uint8_t *memory_hva(const struct memory *m, uint64_t gpa)
{
    const struct page_override *o = memory_override(m, gpa);
    if (o != NULL)
        return o->page != NULL ? o->page + (gpa - o->at.start) : NULL;
    const struct plan_range *r = plan_find(m->plan, gpa);
    if (r == NULL || r->kind != PLAN_RAM)
        return NULL;
    if (m->pages != NULL)
        pages_want(m, (struct span){page_down(gpa), page_down(gpa) + PAGE_SIZE});
    return memory_at(m, gpa);
}

bool memory_has(const struct memory *m, uint64_t gpa)
{
    const struct page_override *o = memory_override(m, gpa);
    if (o != NULL)
        return o->page != NULL;
    const struct plan_range *r = plan_find(m->plan, gpa);
    return r != NULL && r->kind == PLAN_RAM;
}

bool memory_peek(const struct memory *m, uint64_t gpa, void *dst, size_t n)
{
    if (m->pages == NULL || memory_override(m, gpa) != NULL)
        return memory_read(m, gpa, dst, n);
    if (!memory_has(m, gpa))
        return false;
    pages_peek(m, gpa, dst, n);
    return true;
}

bool memory_lacks(const struct memory *m, uint64_t gpa, const void *bytes, size_t n)
{
    uint8_t there[MEMORY_PEEK_MAX];
    if (m->pages == NULL || memory_override(m, gpa) != NULL)
        return memory_read(m, gpa, there, n) && memcmp(there, bytes, n) != 0;
    return memory_has(m, gpa) && pages_lack(m, gpa, bytes, n);
}

static bool is_ram(const struct memory *m, uint64_t gpa, size_t n)
{
    if (gpa > UINT64_MAX - PAGE_SIZE || n > UINT64_MAX - PAGE_SIZE - gpa)
        return false;
    for (uint64_t p = page_down(gpa); p < gpa + n; p += PAGE_SIZE)
        if (memory_hva(m, p) == NULL)
            return false;
    return true;
}

/* Page by page: pages need not be neighbours on the host once Xen has moved some. */
static bool copy(const struct memory *m, uint64_t gpa, uint8_t *out, const uint8_t *in, size_t n)
{
    const bool one_page = n <= PAGE_SIZE - gpa % PAGE_SIZE; /* then its own look-up tells */
    if (!one_page && !is_ram(m, gpa, n))
        return false;
    for (size_t done = 0, piece; done < n; done += piece) {
        piece = (size_t)(PAGE_SIZE - (gpa + done) % PAGE_SIZE);
        if (piece > n - done)
            piece = n - done;
        uint8_t *hva = memory_hva(m, gpa + done);
        if (hva == NULL)
            return false;
        if (in != NULL && m->pages != NULL && hva == memory_at(m, gpa + done))
            pages_writing(m, (struct span){gpa + done, gpa + done + piece});
        if (out != NULL)
            memcpy(out + done, hva, piece);
        else if (in != NULL)
            memcpy(hva, in + done, piece);
    }
    return true;
}

bool memory_read(const struct memory *m, uint64_t gpa, void *dst, size_t n)
{
    return copy(m, gpa, dst, NULL, n);
}
bool memory_write(struct memory *m, uint64_t gpa, const void *src, size_t n)
{
    if (!copy(m, gpa, NULL, src, n))
        return false;
    if (m->listener.wrote != NULL)
        m->listener.wrote(m->listener.self, gpa, n);
    return true;
}

/* --- overrides ---------------------------------------------------------------------------------------------------- */

/* The part of @o that lies in @at. */
static struct page_override part(const struct page_override *o, struct span at)
{
    struct page_override p = *o;
    p.page = o->page != NULL ? o->page + (at.start - o->at.start) : NULL;
    p.at = at;
    return p;
}

static bool joins(const struct page_override *a, const struct page_override *b)
{
    return a->at.end == b->at.start && a->owner == b->owner && a->allow == b->allow && a->lazy == b->lazy &&
           (a->page != NULL ? b->page == a->page + span_size(a->at) : b->page == NULL);
}

/* Behind the last of @list, or as its end. */
static size_t append(struct page_override *list, size_t n, struct page_override o)
{
    if (n == 0 || !joins(&list[n - 1], &o)) {
        list[n] = o;
        return n + 1;
    }
    list[n - 1].at.end = o.at.end;
    return n;
}

static bool room_for(struct memory *m, size_t more)
{
    if (m->nr_over + more <= m->cap_over)
        return true;
    const size_t cap = 2 * (m->nr_over + more);
    struct page_override *over = realloc(m->over, cap * sizeof *over);
    if (over == NULL)
        return false;
    m->over = over;
    m->cap_over = cap;
    return true;
}

/* Too many at once become one: to map anew what has not changed does no harm. */
static void note_change(struct span *list, size_t *nr, struct span at)
{
    for (size_t i = 0; i < *nr; i++) {
        struct span *d = &list[i];
        const bool last = i + 1 == MEMORY_DIRTY_MAX;
        if (!last && (at.start > d->end || at.end < d->start))
            continue;
        d->start = at.start < d->start ? at.start : d->start;
        d->end = at.end > d->end ? at.end : d->end;
        return;
    }
    list[(*nr)++] = at;
}

static bool set_override(struct memory *m, struct page_override o)
{
    struct page_override new[4];
    size_t n = 0, first = first_above(m, o.at.start), end = first;
    const struct page_override *old = memory_override(m, o.at.start);
    const bool unseen = o.lazy || (o.page == NULL && old != NULL && old->lazy && old->at.end >= o.at.end);
    const bool late = o.page != NULL && span_size(o.at) == PAGE_SIZE && memory_hva(m, o.at.start) == NULL;
    if (o.at.start >= o.at.end || !room_for(m, 2))
        return false;
    while (end < m->nr_over && m->over[end].at.start < o.at.end)
        end++;
    const struct page_override *head = &m->over[first], *tail = &m->over[end];
    if (first < end && head->at.start < o.at.start)
        n = append(new, n, part(head, (struct span){head->at.start, o.at.start}));
    else if (first > 0 && joins(&m->over[first - 1], &o))
        n = append(new, n, m->over[--first]);
    n = append(new, n, o);
    if (end > 0 && end > first && tail[-1].at.end > o.at.end)
        n = append(new, n, part(&tail[-1], (struct span){o.at.end, tail[-1].at.end}));
    else if (end < m->nr_over && joins(&new[n - 1], tail))
        n = append(new, n, m->over[end++]);
    memmove(m->over + first + n, m->over + end, (m->nr_over - end) * sizeof *m->over);
    memcpy(m->over + first, new, n * sizeof *m->over);
    m->nr_over = m->nr_over - (end - first) + n;
    if (unseen)
        return true; /* a hole for the mapper before and after */
    if (late) {
        m->late_pages++;
        note_change(m->late, &m->nr_late, o.at);
    } else {
        note_change(m->dirty, &m->nr_dirty, o.at);
    }
    return true;
}

bool memory_put(struct memory *m, struct span at, uint8_t *pages, uint8_t allow, const char *owner)
{
    return set_override(m, (struct page_override){at, pages, owner, allow, false});
}

bool memory_put_lazily(struct memory *m, struct span at, uint8_t *pages, uint8_t allow, const char *owner)
{
    return set_override(m, (struct page_override){at, pages, owner, allow, true});
}

bool memory_drop(struct memory *m, struct span at, const char *owner)
{
    return set_override(m, (struct page_override){at, NULL, owner, 0, false});
}

static struct span page_of(uint64_t gpa)
{
    return (struct span){page_down(gpa), page_down(gpa) + PAGE_SIZE};
}

bool memory_put_page(struct memory *m, uint64_t gpa, uint8_t *page, uint8_t allow, const char *owner)
{
    return memory_put(m, page_of(gpa), page, allow, owner);
}

bool memory_drop_page(struct memory *m, uint64_t gpa)
{
    return memory_drop(m, page_of(gpa), MEMORY_REMOVED);
}

static void tell(struct memory *m, const struct span *list, size_t *nr)
{
    for (size_t i = 0; i < *nr; i++)
        if (m->mapper.changed != NULL)
            m->mapper.changed(m->mapper.self, list[i]);
    *nr = 0;
}

void memory_apply(struct memory *m)
{
    tell(m, m->dirty, &m->nr_dirty);
}

void memory_apply_all(struct memory *m)
{
    tell(m, m->dirty, &m->nr_dirty);
    tell(m, m->late, &m->nr_late);
}

struct page_override *memory_take_overrides(struct memory *m, size_t *nr)
{
    struct page_override *over = m->over;
    *nr = m->nr_over;
    m->over = NULL;
    m->nr_over = m->cap_over = 0;
    for (size_t i = 0; i < *nr; i++)
        note_change(m->dirty, &m->nr_dirty, over[i].at);
    return over;
}
