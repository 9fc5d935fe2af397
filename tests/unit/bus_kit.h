/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A platform on a bus, for the tests of emu/dev. */
#ifndef HVMBED_TESTS_BUS_KIT_H
#define HVMBED_TESTS_BUS_KIT_H

#include "guest_kit.h"

#include "dev/bus.h"
#include "dev/platform.h"

struct bench {
    struct guest t;
    struct bus bus;
    struct platform p;
    struct clock clock;
    struct vcpus vcpus;
};

static inline void bench_start_in(struct bench *b, enum platform_state state)
{
    memset(&b->bus, 0, sizeof b->bus);
    b->clock.cycles = 0;
    vcpus_init(&b->vcpus, b->t.l.vcpus);
    assert_true(platform_init(&b->p, &b->bus, &b->t.l, &b->t.g, &b->clock, &b->vcpus, state));
}

static inline void bench_start(struct bench *b)
{
    bench_start_in(b, PLATFORM_LOADED);
}

static inline void bench_init(struct bench *b, enum guest_type type, uint64_t mib, uint64_t video_mib, uint64_t slack)
{
    guest_init(&b->t, type, mib, video_mib, slack, 2);
    bench_start(b);
}

static inline void bench_ns(struct bench *b, uint64_t ns)
{
    b->clock.cycles = ns * (CLOCK_TSC_KHZ / 1000000u);
}

static inline uint32_t in(struct bench *b, uint16_t port, unsigned size)
{
    return bus_io_read(&b->bus, port, size);
}
static inline void out(struct bench *b, uint16_t port, unsigned size, uint32_t v)
{
    bus_io_write(&b->bus, port, size, v);
}

static inline uint64_t mmio_in(struct bench *b, uint64_t gpa, unsigned size)
{
    const struct claim *c = bus_mmio_at(&b->bus, gpa);
    assert_non_null(c);
    return c->ops->read(c->self, gpa - c->at.start, size);
}
static inline void mmio_out(struct bench *b, uint64_t gpa, unsigned size, uint64_t v)
{
    const struct claim *c = bus_mmio_at(&b->bus, gpa);
    assert_non_null(c);
    c->ops->write(c->self, gpa - c->at.start, size, v);
}

#endif
