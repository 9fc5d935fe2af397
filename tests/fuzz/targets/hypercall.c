/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hypercalls, of 64- and 32-bit callers, with arguments in memory: the p2m moves under them. */
#include "../guest.h"

#define ARGS 0x200000u
#define CALLS_MAX 32u

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct guest guests[2];
    static const uint8_t calls[] = {12, 17, 24, 29, 32, 34};
    struct feed in = {bytes, n};
    const uint64_t flags = feed(&in, 1);
    struct guest *g = &guests[flags & 1];
    guest_start(g, (flags & 1) != 0 ? GUEST_HVM : GUEST_PVH, (flags & 3) == 3);
    for (unsigned i = 0; i < CALLS_MAX && in.n > 0; i++) {
        const uint64_t how = feed(&in, 1);
        struct hypercall c = {.compat = (how & 1) != 0, .cpl = (how & 6) == 6 ? 3 : 0};
        c.nr = (how & 8) != 0 ? feed(&in, 1) : calls[feed(&in, 1) % sizeof calls];
        c.arg[0] = feed(&in, (how & 16) != 0 ? 8 : 1);
        c.arg[1] = (how & 32) != 0 ? feed(&in, 8) : ARGS + feed(&in, 1);
        c.arg[2] = feed(&in, 1);
        c.arg[3] = ARGS + 0x800;
        uint8_t argument[32];
        for (unsigned k = 0; k < sizeof argument; k++)
            argument[k] = (uint8_t)feed(&in, 1);
        (void)memory_write(&g->memory, ARGS, argument, sizeof argument);
        (void)xen_hypercall(&g->xen, &c);
        memory_apply_all(&g->memory);
    }
    guest_stop(g);
    return 0;
}
