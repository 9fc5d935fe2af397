/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest whose hypercalls and devices are to be fuzzed: made once, and again when it is asked for. */
#ifndef HVMBED_TESTS_FUZZ_GUEST_H
#define HVMBED_TESTS_FUZZ_GUEST_H

#include "fuzz.h"

#include "base/span.h"
#include "dev/platform.h"
#include "machine/memory.h"
#include "xen/abi.h"
#include "xen/handoff.h"
#include "xen/xen.h"

struct guest {
    struct layout layout;
    struct guest_memory memory_map;
    struct image image;
    struct plan plan;
    struct cpu_entry entry;
    struct memory memory;
    struct clock clock;
    struct vcpus vcpus;
    struct bus bus;
    struct platform platform;
    struct xen xen;
};

static bool guest_read(void *self, uint64_t gva, void *dst, size_t n)
{
    return memory_read(self, gva, dst, n);
}
static bool guest_write(void *self, uint64_t gva, const void *src, size_t n)
{
    return memory_write(self, gva, src, n);
}

/* What does not depend on the bytes: made once, and empty of the image, which nobody looks at. */
static inline void guest_plan(struct guest *g, enum guest_type type)
{
    struct diag d = {0};
    const uint32_t size = (uint32_t)(2 * MIB);
    layout_default(&g->layout);
    g->layout.type = type;
    g->layout.memory = g->layout.maxmem = 64 * MIB;
    g->layout.vcpus = 2;
    g->image = (struct image){.size = size, .bytes = calloc(1, size)};
    g->image.pvh = (struct pvh_header){true, (uint32_t)(3 * MIB - 16), (uint32_t)MIB, size, size};
    bool ok = g->image.bytes != NULL && layout_resolve(&g->layout, g->image.size, &g->memory_map, &d);
    plan_init(&g->plan, guest_top(&g->memory_map));
    if (!ok || !handoff_for(type)->plan(&g->layout, &g->memory_map, &g->image, &g->plan, &g->entry, &d) ||
        !plan_seal(&g->plan, &d)) {
        (void)fprintf(stderr, "no guest: %s\n", d.message);
        abort();
    }
    for (size_t i = 0; i < g->plan.nr; i++) {
        struct plan_range *r = &g->plan.r[i];
        if (r->cls == CLASS_IMAGE) {
            r->bytes = NULL;
            r->nbytes = 0;
        }
    }
    free(g->image.bytes);
    g->image.bytes = NULL;
}

/* @g is one of its type only, and zero at first. Its memory is empty: what the hand-off puts there nobody looks at. */
static inline void guest_start(struct guest *g, enum guest_type type, bool loader)
{
    struct diag d = {0};
    if (g->plan.r == NULL) {
        guest_plan(g, type);
        for (size_t i = 0; i < g->plan.nr; i++)
            g->plan.r[i].nbytes = 0;
    }
    memset(&g->bus, 0, sizeof g->bus);
    memset(&g->platform, 0, sizeof g->platform);
    memset(&g->xen, 0, sizeof g->xen);
    g->clock.cycles = 0;
    vcpus_init(&g->vcpus, g->layout.vcpus);
    const bool ok = memory_init(&g->memory, &g->plan, 0, &d) &&
                    xen_init(&g->xen, &g->layout, &g->memory_map, &g->clock, &g->vcpus, &g->memory,
                             (struct guest_access){guest_read, guest_write, &g->memory, NULL}) &&
                    platform_init(&g->platform, &g->bus, &g->layout, &g->memory_map, &g->clock, &g->vcpus,
                                  loader ? PLATFORM_RESET : PLATFORM_LOADED);
    if (!ok || (loader && !xen_begin_loader(&g->xen))) {
        (void)fprintf(stderr, "no guest: %s\n", d.message);
        abort();
    }
}

static inline void guest_stop(struct guest *g)
{
    xen_exit(&g->xen);
    bus_exit(&g->bus);
    memory_exit(&g->memory);
}

#endif
