/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a device model is made with. Each device is one file with one of the functions below: it makes its
 * instance, hands it to the bus (which frees it) and claims its ports and register pages. False: out of memory,
 * or the bus is full. Devices take time from the clock and never charge it.
 */
#ifndef HVMBED_DEV_DEVICE_H
#define HVMBED_DEV_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dev/bus.h"
#include "dev/platform.h"
#include "layout/layout.h"
#include "machine/clock.h"
#include "machine/vcpu.h"

struct device_env {
    struct bus *bus;
    struct platform *platform;
    const struct layout *layout;
    const struct guest_memory *guest;
    const struct clock *clock;
    struct vcpus *vcpus;
    enum platform_state state;
};

bool debugcon_init(const struct device_env *e);
bool cmos_init(const struct device_env *e);
bool pci_init(const struct device_env *e);
bool pic_init(const struct device_env *e);
bool pit_init(const struct device_env *e);
bool pm_timer_init(const struct device_env *e);
/* platform.pm_base has changed. */
void pm_moved(struct platform *p);
bool lapic_init(const struct device_env *e);
bool ioapic_init(const struct device_env *e);
bool hpet_init(const struct device_env *e);
bool port92_init(const struct device_env *e);
bool kbc_init(const struct device_env *e);
bool cf9_init(const struct device_env *e);
bool ide_init(const struct device_env *e);

/* Is the device to start as hvmloader leaves it? */
static inline bool after_hvmloader(const struct device_env *e)
{
    return e->layout->type == GUEST_HVM && e->state == PLATFORM_LOADED;
}

/* A zeroed instance that the bus owns, or NULL. */
void *device_new(struct bus *b, size_t size);

/* @ns of virtual time in periods of @hz (below 1 GHz); exact, does not overflow before 584 years. */
static inline uint64_t ticks_at(uint64_t ns, uint32_t hz)
{
    const uint64_t second = 1000000000u;
    return ns / second * hz + ns % second * hz / second;
}

/* An access of @size bytes to a register that is @value wide: its low bytes from @shift on. */
static inline uint64_t register_part(uint64_t value, unsigned byte, unsigned size)
{
    uint64_t v = byte < 8 ? value >> (8 * byte) : 0;
    return size >= 8 ? v : v & ((1ULL << (8 * size)) - 1);
}

/* The inverse: @old with @size bytes from @byte on replaced. */
static inline uint64_t register_merge(uint64_t old, unsigned byte, unsigned size, uint64_t value)
{
    if (byte >= 8)
        return old;
    uint64_t mask = (size >= 8 ? UINT64_MAX : (1ULL << (8 * size)) - 1) << (8 * byte);
    return (old & ~mask) | (value << (8 * byte) & mask);
}

#endif
