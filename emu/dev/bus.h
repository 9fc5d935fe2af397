/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where devices hang: a table of claimed ports and a table of claimed register pages. A device is a const table of
 * functions and an instance pointer. What nobody claims reads all ones and swallows writes, as under Xen.
 */
#ifndef HVMBED_DEV_BUS_H
#define HVMBED_DEV_BUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

struct device_ops {
    const char *name;
    /* @offset: the port number itself, or the byte offset in the claimed register range. @size: 1, 2, 4 (8 for MMIO). */
    uint64_t (*read)(void *self, uint64_t offset, unsigned size);
    void (*write)(void *self, uint64_t offset, unsigned size, uint64_t value);
    /* The widest port access that the device takes, 0 means 1. A wider one comes as bytes, and so does one that
     * leaves the claim, unless it starts at the claim's first port. */
    unsigned max_size;
};

struct claim {
    struct span at; /* ports, or gpa */
    const struct device_ops *ops;
    void *self;
};

/*
 * What a device decodes where it was told to, and may be told anew: the device owns it and changes @at itself; empty
 * means nowhere. Claims come first. The offset that @ops get counts from @at's start, of ports too.
 */
struct window {
    struct span at; /* ports, or gpa */
    bool io;
    bool takes_ram; /* it lies in the p2m: RAM that was there is gone. Otherwise RAM hides it. */
    bool moved;     /* it has been told a new place, and nobody has looked yet whether RAM is there */
    const char *owner;
    const struct device_ops *ops;
    void *self;
};

#define BUS_MAX_CLAIMS 48
#define BUS_MAX_WINDOWS 40

struct bus {
    struct claim io[BUS_MAX_CLAIMS];
    size_t nr_io;
    struct claim mmio[BUS_MAX_CLAIMS];
    size_t nr_mmio;
    struct window *window[BUS_MAX_WINDOWS];
    size_t nr_windows;
    struct {
        void *self;
        void (*free)(void *);
    } owned[BUS_MAX_CLAIMS];
    size_t nr_owned;
};

/* The bus takes ownership of an instance once, however many ranges it claims: bus_exit frees it. */
bool bus_own(struct bus *b, void *self, void (*free_fn)(void *));
bool bus_claim_io(struct bus *b, uint16_t first, uint16_t last, const struct device_ops *ops, void *self);
bool bus_claim_mmio(struct bus *b, struct span at, const struct device_ops *ops, void *self);
uint32_t bus_io_read(struct bus *b, uint16_t port, unsigned size);
void bus_io_write(struct bus *b, uint16_t port, unsigned size, uint32_t value);
/* The claim that holds @gpa, or NULL. */
const struct claim *bus_mmio_at(const struct bus *b, uint64_t gpa);
bool bus_add_window(struct bus *b, struct window *w);
/* The window that decodes it now, or NULL. */
const struct window *bus_window_at(const struct bus *b, bool io, uint64_t at);
void bus_exit(struct bus *b);

#endif
