/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guest-physical memory: host backing for what the plan calls RAM, and the p2m changes that Xen makes while the
 * guest runs. Knows nothing of the engine; the engine is told through the mapper.
 */
#ifndef HVMBED_MACHINE_MEMORY_H
#define HVMBED_MACHINE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "base/span.h"
#include "layout/plan.h"

/* Pages that are not what the plan says: Xen has put them there, or taken them away, at run time. */
struct page_override {
    struct span at;    /* page-aligned */
    uint8_t *page;     /* the host's first page, NULL: nothing is there now; not owned */
    const char *owner; /* static: "shared info" … */
    uint8_t allow;     /* ALLOW_* */
    bool lazy;         /* the mapper was not told of it: accesses are served by memory_read and memory_write */
};

/* Told where pages have changed, so that it can map them anew; implemented by the machine over the engine. */
struct memory_mapper {
    void (*changed)(void *self, struct span at);
    void *self;
};

/* Told of what memory_write() has written: by Xen and devices, on the guest's behalf. NULL: nobody is. */
struct memory_listener {
    void (*wrote)(void *self, uint64_t gpa, size_t n);
    void *self;
};

#define MEMORY_DIRTY_MAX 8
struct memory_pages; /* pages.h */

struct memory {
    const struct plan *plan;
    uint8_t *base; /* hva of gpa 0; one sparse reservation, so hva = base + gpa below @size */
    uint64_t size;
    uint64_t reserved;          /* all of it: what lies above @size, if anything, memory_at() knows */
    struct page_override *over; /* sorted, disjoint; neighbours that are alike are one; owned */
    size_t nr_over, cap_over;
    /* Changed, and the mapper not told yet: what cannot wait, and new pages where there were none. */
    struct span dirty[MEMORY_DIRTY_MAX], late[MEMORY_DIRTY_MAX];
    size_t nr_dirty, nr_late;
    uint64_t late_pages; /* new pages so far */
    struct memory_mapper mapper;
    struct memory_listener listener;
    struct memory_pages *pages; /* content comes page by page; NULL: all of it was there from the beginning */
};

/* Reserves (never touches) the address space, writes the plan's bytes and the fill pattern. */
bool memory_init(struct memory *m, const struct plan *plan, uint64_t fill, struct diag *d);
void memory_exit(struct memory *m);

/* Where the host keeps what the plan has at @gpa; never NULL below the plan's top. */
uint8_t *memory_at(const struct memory *m, uint64_t gpa);
/* How many bytes from @gpa on lie side by side there. */
uint64_t memory_run(const struct memory *m, uint64_t gpa);
/* The same of one page, for somebody who will write there without telling: Xen, which puts a page there itself. */
uint8_t *memory_own(const struct memory *m, uint64_t gpa);

/* The host page behind @gpa, or NULL when no RAM is there now. */
uint8_t *memory_hva(const struct memory *m, uint64_t gpa);
/* Is there RAM? The same question, without a look at what it holds. */
bool memory_has(const struct memory *m, uint64_t gpa);
/* At most MEMORY_PEEK_MAX bytes, in one page: a look that almost always finds nothing. False: no RAM. */
#define MEMORY_PEEK_MAX 32u
bool memory_peek(const struct memory *m, uint64_t gpa, void *dst, size_t n);
/* Likewise: is there RAM that holds other bytes than these? */
bool memory_lacks(const struct memory *m, uint64_t gpa, const void *bytes, size_t n);
/* Whole-range copies; false (and nothing copied) when any byte is not RAM. */
bool memory_read(const struct memory *m, uint64_t gpa, void *dst, size_t n);
bool memory_write(struct memory *m, uint64_t gpa, const void *src, size_t n);

/* Free RAM as it is before the guest writes there: the pattern, at no cost. */
bool memory_fill(const struct memory *m, struct span at, uint64_t fill);

/*
 * Xen's p2m: put host pages at @at (what was there is gone), or leave a hole; @owner says what that is. False when out
 * of memory. The mapper is told by memory_apply(), which is only for outside the engine's run.
 */
bool memory_put(struct memory *m, struct span at, uint8_t *pages, uint8_t allow, const char *owner);
/* Likewise, of pages that hardly anybody touches and that come off one by one: only where the plan has no RAM. */
bool memory_put_lazily(struct memory *m, struct span at, uint8_t *pages, uint8_t allow, const char *owner);
bool memory_drop(struct memory *m, struct span at, const char *owner);
/* The same for one page; what is dropped is MEMORY_REMOVED. */
#define MEMORY_REMOVED "removed from the p2m"
bool memory_put_page(struct memory *m, uint64_t gpa, uint8_t *page, uint8_t allow, const char *owner);
bool memory_drop_page(struct memory *m, uint64_t gpa);
void memory_apply(struct memory *m);
/* New pages too: telling of them can wait, as long as accesses to them are served by memory_read and memory_write. */
void memory_apply_all(struct memory *m);
/* Forgets all overrides; the caller has taken the table and frees it. */
struct page_override *memory_take_overrides(struct memory *m, size_t *nr);

/* The override that holds @gpa, or NULL. O(log n). */
const struct page_override *memory_override(const struct memory *m, uint64_t gpa);
/* The first one that begins above @gpa, or NULL. */
const struct page_override *memory_next_override(const struct memory *m, uint64_t gpa);

#endif
