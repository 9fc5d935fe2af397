/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest-physical address space as the library sees it: RAM by host pointer, everything else by callback. */
#include <stdlib.h>
#include <string.h>

#include "base/span.h"
#include "engine/internal.h"

static uint32_t to_prot(unsigned allow)
{
    /* Executable always: the library keeps translated code coherent with stores only where it may execute. */
    return UC_PROT_EXEC | (allow & ALLOW_R ? UC_PROT_READ : 0u) | (allow & ALLOW_W ? UC_PROT_WRITE : 0u);
}

bool engine_map_ram(struct engine *e, uint64_t gpa, uint64_t size, uint8_t *hva, unsigned allow)
{
    /* A region mapped read-only takes the stores that a hook lets pass; one made so afterwards drops them. */
    return uc_mem_map_ptr(e->uc, gpa, size, UC_PROT_ALL, hva) == UC_ERR_OK &&
           ((allow & ALLOW_W) != 0 || uc_mem_protect(e->uc, gpa, size, to_prot(allow)) == UC_ERR_OK);
}

static uint64_t on_mmio_read(uc_engine *uc, uint64_t offset, unsigned size, void *user)
{
    const struct io_region *r = user;
    (void)uc;
    return r->e->client->mmio_read(r->e->self, r->base + offset, size);
}

static void on_mmio_write(uc_engine *uc, uint64_t offset, unsigned size, uint64_t value, void *user)
{
    const struct io_region *r = user;
    (void)uc;
    r->e->client->mmio_write(r->e->self, r->base + offset, size, value);
}

bool engine_map_io(struct engine *e, uint64_t gpa, uint64_t size)
{
    struct io_region *r = calloc(1, sizeof *r);
    if (r == NULL)
        return false;
    *r = (struct io_region){.e = e, .base = gpa, .size = size, .next = e->io};
    if (uc_mmio_map(e->uc, gpa, size, on_mmio_read, r, on_mmio_write, r) != UC_ERR_OK) {
        free(r);
        return false;
    }
    /* Without rights each access passes engine_forbidden() first, for whose sake the library brings RIP up to date. */
    (void)uc_mem_protect(e->uc, gpa, size, UC_PROT_NONE);
    e->io = r;
    return true;
}

void engine_free_regions(struct engine *e)
{
    while (e->io != NULL) {
        struct io_region *next = e->io->next;
        free(e->io);
        e->io = next;
    }
}

/* It comes first then: who asks a device something goes on asking it. */
bool engine_is_io(struct engine *e, uint64_t gpa)
{
    for (struct io_region **link = &e->io, *r; (r = *link) != NULL; link = &r->next) {
        if (gpa - r->base >= r->size)
            continue;
        *link = r->next;
        r->next = e->io;
        e->io = r;
        return true;
    }
    return false;
}

/* The library would split a region and lose where its halves begin: take it out whole, put the rest back. */
static bool cut_io(struct engine *e, struct span hole)
{
    for (struct io_region **link = &e->io; *link != NULL; link = &(*link)->next) {
        struct io_region *r = *link;
        struct span at = {r->base, r->base + r->size};
        if (!span_overlaps(at, hole))
            continue;
        *link = r->next;
        free(r);
        if (uc_mem_unmap(e->uc, at.start, span_size(at)) != UC_ERR_OK)
            return false;
        if (at.start < hole.start && !engine_map_io(e, at.start, hole.start - at.start))
            return false;
        return at.end <= hole.end || engine_map_io(e, hole.end, at.end - hole.end);
    }
    return uc_mem_unmap(e->uc, hole.start, span_size(hole)) == UC_ERR_OK;
}

/* Where the first of the I/O regions at or above @gpa begins, at most @end. */
static uint64_t next_io(const struct engine *e, uint64_t gpa, uint64_t end)
{
    for (const struct io_region *r = e->io; r != NULL; r = r->next)
        if (r->base + r->size > gpa && r->base < end)
            end = r->base > gpa ? r->base : gpa;
    return end;
}

bool engine_unmap(struct engine *e, uint64_t gpa, uint64_t size)
{
    for (uint64_t end = gpa + size, stop; gpa < end; gpa = stop) {
        stop = next_io(e, gpa, end);
        if (stop == gpa) {
            const struct io_region *r = e->io;
            while (gpa - r->base >= r->size)
                r = r->next;
            stop = r->base + r->size < end ? r->base + r->size : end;
            if (!cut_io(e, (struct span){gpa, stop}))
                return false;
        } else if (uc_mem_unmap(e->uc, gpa, stop - gpa) != UC_ERR_OK) {
            return false;
        }
    }
    return true;
}

bool engine_protect(struct engine *e, uint64_t gpa, uint64_t size, unsigned allow)
{
    return uc_mem_protect(e->uc, gpa, size, to_prot(allow)) == UC_ERR_OK;
}

void engine_read_anew(struct engine *e)
{
    (void)uc_ctl_flush_tlb(e->uc);
}

bool engine_protect_data(struct engine *e, uint64_t gpa, uint64_t size, unsigned allow)
{
    return uc_mem_protect(e->uc, gpa, size, to_prot(allow) & ~(uint32_t)UC_PROT_EXEC) == UC_ERR_OK;
}

void engine_note_code(struct engine *e, const struct engine_block *b)
{
    for (uint64_t page = b->pc >> PAGE_SHIFT; page <= (b->pc + b->size - 1) >> PAGE_SHIFT; page++)
        if (page < CODE_PAGES && (e->code_pages[page / 8] >> page % 8 & 1) == 0) {
            e->code_pages[page / 8] |= (uint8_t)(1u << page % 8);
            e->nr_code_pages++;
        }
}

bool engine_has_code(const struct engine *e, uint64_t gpa)
{
    const uint64_t page = gpa >> PAGE_SHIFT;
    return page < CODE_PAGES && (e->code_pages[page / 8] >> page % 8 & 1) != 0;
}

size_t engine_code_pages(const struct engine *e)
{
    return e->nr_code_pages;
}

void engine_forget_code(struct engine *e)
{
    memset(e->code_pages, 0, CODE_PAGES / 8);
    e->nr_code_pages = 0;
}

void engine_wrote(struct engine *e, uint64_t gpa, uint64_t size)
{
    /* Translated blocks are found by linear address; firmware in SEC and PEI runs identity-mapped. */
    for (uint64_t at = gpa, end; at < gpa + size; at = end) {
        end = page_down(at) + PAGE_SIZE < gpa + size ? page_down(at) + PAGE_SIZE : gpa + size;
        if (engine_has_code(e, at) && again_wrote(e, at))
            (void)uc_ctl_remove_cache(e->uc, at, end);
    }
}
