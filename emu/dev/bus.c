/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dev/bus.h"

#include <stdlib.h>

bool bus_own(struct bus *b, void *self, void (*free_fn)(void *))
{
    if (b->nr_owned == BUS_MAX_CLAIMS)
        return false;
    b->owned[b->nr_owned].self = self;
    b->owned[b->nr_owned].free = free_fn;
    b->nr_owned++;
    return true;
}

static bool claim(struct claim *list, size_t *nr, struct span at, const struct device_ops *ops, void *self)
{
    if (*nr == BUS_MAX_CLAIMS || at.start >= at.end)
        return false;
    for (size_t i = 0; i < *nr; i++)
        if (span_overlaps(list[i].at, at))
            return false;
    list[*nr] = (struct claim){.at = at, .ops = ops, .self = self};
    ++*nr;
    return true;
}

bool bus_claim_io(struct bus *b, uint16_t first, uint16_t last, const struct device_ops *ops, void *self)
{
    return claim(b->io, &b->nr_io, (struct span){first, (uint64_t)last + 1}, ops, self);
}

bool bus_claim_mmio(struct bus *b, struct span at, const struct device_ops *ops, void *self)
{
    return claim(b->mmio, &b->nr_mmio, at, ops, self);
}

static const struct claim *find(const struct claim *list, size_t nr, uint64_t at)
{
    for (size_t i = 0; i < nr; i++)
        if (span_has(list[i].at, at))
            return &list[i];
    return NULL;
}

bool bus_add_window(struct bus *b, struct window *w)
{
    if (b->nr_windows == BUS_MAX_WINDOWS)
        return false;
    b->window[b->nr_windows++] = w;
    return true;
}

const struct window *bus_window_at(const struct bus *b, bool io, uint64_t at)
{
    for (size_t i = 0; i < b->nr_windows; i++)
        if (b->window[i]->io == io && span_has(b->window[i]->at, at))
            return b->window[i];
    return NULL;
}

/* The window that has all of an access to ports, where no claim comes first. */
static const struct window *port_window(const struct bus *b, const struct claim *c, uint16_t port, unsigned size)
{
    const struct window *w = c == NULL ? bus_window_at(b, true, port) : NULL;
    return w != NULL && (uint64_t)port + size <= w->at.end ? w : NULL;
}

/*
 * May the device have the access as it is? Otherwise each byte goes its own way, as the ISA bus does it. One at the
 * claim's first port may be wider than the claim: the dword at CF8 has another register at CF9.
 */
static bool takes_whole(const struct claim *c, uint16_t port, unsigned size)
{
    unsigned max = c->ops->max_size != 0 ? c->ops->max_size : 1;
    return size <= max && (port == c->at.start || (uint64_t)port + size <= c->at.end);
}

static uint32_t ones(unsigned size)
{
    return size >= 4 ? UINT32_MAX : (1u << (8 * size)) - 1;
}

uint32_t bus_io_read(struct bus *b, uint16_t port, unsigned size)
{
    const struct claim *c = find(b->io, b->nr_io, port);
    if (c != NULL && takes_whole(c, port, size))
        return (uint32_t)c->ops->read(c->self, port, size) & ones(size);
    const struct window *w = port_window(b, c, port, size);
    if (w != NULL)
        return (uint32_t)w->ops->read(w->self, port - w->at.start, size) & ones(size);
    if (size == 1)
        return 0xFF;
    uint32_t value = 0;
    for (unsigned i = 0; i < size && i < 4; i++) {
        uint32_t byte = port + i <= UINT16_MAX ? bus_io_read(b, (uint16_t)(port + i), 1) : 0xFF;
        value |= byte << (8 * i);
    }
    return value;
}

void bus_io_write(struct bus *b, uint16_t port, unsigned size, uint32_t value)
{
    const struct claim *c = find(b->io, b->nr_io, port);
    if (c != NULL && takes_whole(c, port, size)) {
        c->ops->write(c->self, port, size, value & ones(size));
        return;
    }
    const struct window *w = port_window(b, c, port, size);
    if (w != NULL) {
        w->ops->write(w->self, port - w->at.start, size, value & ones(size));
        return;
    }
    if (size == 1)
        return;
    for (unsigned i = 0; i < size && i < 4 && port + i <= UINT16_MAX; i++)
        bus_io_write(b, (uint16_t)(port + i), 1, value >> (8 * i) & 0xFF);
}

const struct claim *bus_mmio_at(const struct bus *b, uint64_t gpa)
{
    return find(b->mmio, b->nr_mmio, gpa);
}

void bus_exit(struct bus *b)
{
    for (size_t i = b->nr_owned; i-- > 0;)
        if (b->owned[i].free != NULL)
            b->owned[i].free(b->owned[i].self);
    b->nr_owned = b->nr_io = b->nr_mmio = b->nr_windows = 0;
}
