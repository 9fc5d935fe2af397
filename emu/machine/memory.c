/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "machine/memory.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/span.h"

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
        if (r->kind == PLAN_RAM && r->cls == CLASS_FREE && r->bytes == NULL)
            ok = fill_range(m, fd, r->at);
    }
    (void)close(fd);
    return ok;
}

bool memory_init(struct memory *m, const struct plan *plan, uint64_t fill, struct diag *d)
{
    *m = (struct memory){.plan = plan, .size = page_up(plan->top)};
    void *p = mmap(NULL, m->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED)
        return diag_fail(d, "", 0, "cannot reserve %llu MiB of address space for the guest: %s",
                         (unsigned long long)(m->size / MIB), strerror(errno));
    m->base = p;
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
    if (m->base != NULL)
        (void)munmap(m->base, m->size);
    m->base = NULL;
}

const struct page_override *memory_override(const struct memory *m, uint64_t gpa)
{
    for (size_t i = 0; i < m->nr_over; i++)
        if (m->over[i].gpa == page_down(gpa))
            return &m->over[i];
    return NULL;
}

uint8_t *memory_hva(const struct memory *m, uint64_t gpa)
{
    const struct page_override *o = memory_override(m, gpa);
    if (o != NULL)
        return o->page != NULL ? o->page + (gpa - o->gpa) : NULL;
    const struct plan_range *r = plan_find(m->plan, gpa);
    return r != NULL && r->kind == PLAN_RAM ? m->base + gpa : NULL;
}

static bool is_ram(const struct memory *m, uint64_t gpa, size_t n)
{
    if (n == 0)
        return true;
    if (gpa >= m->size || n > m->size - gpa)
        return false;
    for (uint64_t p = page_down(gpa); p < gpa + n; p += PAGE_SIZE)
        if (memory_hva(m, p) == NULL)
            return false;
    return true;
}

/* Page by page: pages need not be neighbours on the host once Xen has moved some. */
static bool copy(const struct memory *m, uint64_t gpa, uint8_t *out, const uint8_t *in, size_t n)
{
    if (!is_ram(m, gpa, n))
        return false;
    for (size_t done = 0, piece; done < n; done += piece) {
        piece = (size_t)(PAGE_SIZE - (gpa + done) % PAGE_SIZE);
        if (piece > n - done)
            piece = n - done;
        uint8_t *hva = memory_hva(m, gpa + done);
        if (out != NULL)
            memcpy(out + done, hva, piece);
        else
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
    return copy(m, gpa, NULL, src, n);
}

static bool set_override(struct memory *m, struct page_override o)
{
    struct page_override *slot = NULL;
    for (size_t i = 0; i < m->nr_over; i++)
        if (m->over[i].gpa == o.gpa)
            slot = &m->over[i];
    if (slot == NULL) {
        if (m->nr_over == MEMORY_MAX_OVERRIDES)
            return false;
        slot = &m->over[m->nr_over++];
    }
    *slot = o;
    if (m->mapper.page_changed != NULL)
        m->mapper.page_changed(m->mapper.self, o.gpa);
    return true;
}

bool memory_put_page(struct memory *m, uint64_t gpa, uint8_t *page, uint8_t allow, const char *owner)
{
    return gpa < m->size && set_override(m, (struct page_override){page_down(gpa), page, owner, allow});
}

bool memory_drop_page(struct memory *m, uint64_t gpa)
{
    return gpa < m->size && set_override(m, (struct page_override){page_down(gpa), NULL, "removed from the p2m", 0});
}
