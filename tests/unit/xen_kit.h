/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A domain with its memory, and hypercalls by a guest whose linear addresses are physical ones. */
#ifndef HVMBED_TESTS_XEN_KIT_H
#define HVMBED_TESTS_XEN_KIT_H

#include "guest_kit.h"

#include "machine/memory.h"
#include "xen/abi.h"
#include "xen/xen.h"

struct domain {
    struct guest t;
    struct plan plan;
    struct cpu_entry entry;
    struct memory memory;
    struct clock clock;
    struct vcpus vcpus;
    struct xen x;
};

static bool kit_read(void *self, uint64_t gva, void *dst, size_t n)
{
    return memory_read(self, gva, dst, n);
}
static bool kit_write(void *self, uint64_t gva, const void *src, size_t n)
{
    return memory_write(self, gva, src, n);
}

/* @t is filled in by the caller. */
static inline void domain_start(struct domain *m)
{
    struct diag d = {0};
    guest_plan(&m->t, &m->plan, &m->entry);
    if (!memory_init(&m->memory, &m->plan, 0, &d))
        fail_msg("%s", d.message);
    m->clock.cycles = 0;
    vcpus_init(&m->vcpus, m->t.l.vcpus);
    assert_true(xen_init(&m->x, &m->t.l, &m->t.g, &m->clock, &m->vcpus, &m->memory,
                         (struct guest_access){.read = kit_read, .write = kit_write, .self = &m->memory}));
}

static inline void domain_init(struct domain *m, enum guest_type type, uint64_t mib)
{
    memset(m, 0, sizeof *m);
    guest_init(&m->t, type, mib, 0, AMPLE, 2);
    domain_start(m);
}

static inline void domain_exit(struct domain *m)
{
    xen_exit(&m->x);
    memory_exit(&m->memory);
    plan_exit(&m->plan);
}

static inline int64_t call(struct domain *m, bool compat, uint64_t nr, uint64_t cmd, uint64_t arg)
{
    struct hypercall c = {.nr = nr, .arg = {cmd, arg}, .compat = compat};
    return xen_hypercall(&m->x, &c);
}

static inline void poke(struct domain *m, uint64_t gpa, const void *src, size_t n)
{
    assert_true(memory_write(&m->memory, gpa, src, n));
}
static inline void peek(struct domain *m, uint64_t gpa, void *dst, size_t n)
{
    assert_true(memory_read(&m->memory, gpa, dst, n));
}

#endif
