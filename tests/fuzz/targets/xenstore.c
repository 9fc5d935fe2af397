/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The store's ring, written by a guest that knows no manners, and notified. */
#include "../guest.h"

#define ARG 0x200000u
#define RING ((uint64_t)SPECIAL_XENSTORE_PFN << PAGE_SHIFT)
#define HYPERVISOR_EVENT_CHANNEL_OP 32
#define EVTCHNOP_SEND 4

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct guest g;
    struct feed in = {bytes, n};
    guest_start(&g, GUEST_HVM, true);
    while (in.n > 0) {
        const uint64_t at = feed(&in, 2) % 4096, many = feed(&in, 1);
        for (uint64_t i = 0; i < many && at + i < 4096 && in.n > 0; i++) {
            const uint8_t byte = (uint8_t)feed(&in, 1);
            (void)memory_write(&g.memory, RING + at + i, &byte, 1);
        }
        (void)memory_write(&g.memory, ARG, &(uint32_t){1}, 4);
        const struct hypercall c = {.nr = HYPERVISOR_EVENT_CHANNEL_OP, .arg = {EVTCHNOP_SEND, ARG}, .compat = true};
        (void)xen_hypercall(&g.xen, &c);
    }
    guest_stop(&g);
    return 0;
}
