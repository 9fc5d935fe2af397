/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The devices that firmware meets, put together as Xen's device model does for HVM, and as Xen alone does for PVH. */
#ifndef HVMBED_DEV_PLATFORM_H
#define HVMBED_DEV_PLATFORM_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/limits.h"
#include "dev/bus.h"
#include "dev/irq.h"
#include "layout/layout.h"
#include "machine/clock.h"
#include "machine/vcpu.h"

struct debugcon;

/* Who has been at an HVM guest's devices before the first instruction. PVH has nothing that this concerns. */
enum platform_state {
    PLATFORM_LOADED, /* hvmloader has programmed them */
    PLATFORM_RESET   /* nobody has: as QEMU and Xen give them to hvmloader */
};

enum reset_kind { RESET_NONE, RESET_CF9, RESET_8042, RESET_PORT92 };

/* What the machine wants to know of its devices afterwards. */
struct platform {
    const struct limits *limits; /* NULL: the defaults */
    struct irq irq;
    struct debugcon *debugcon;
    uint16_t pm_base;         /* the ports where the PIIX4 has its PM block; 0: it is off */
    struct window *pm_window; /* that block, for pm_moved() */
    bool bars_moved;          /* some window of the bus has moved */
    /* Where Xen has its part of the PM block: HVM_PARAM_ACPI_IOPORTS_LOCATION. NULL: as the platform's state says. */
    const uint64_t *acpi_ioports;
    enum reset_kind reset; /* a device was told to reset the machine; the run loop looks after each exit */
};

/*
 * Claims everything for this guest type on @bus. Devices read time from @clock; whose register is meant, and whom an
 * interrupt command starts, is in @vcpus. False when out of memory.
 */
bool platform_init(struct platform *p, struct bus *bus, const struct layout *l, const struct guest_memory *g,
                   struct clock *clock, struct vcpus *vcpus, enum platform_state state);

/* What the guest wrote to its debug ports (0x402 and 0xE9) so far: bytes, at most LIMIT_LOG, NUL-terminated. */
const char *platform_debug_log(const struct platform *p, size_t *length, bool *truncated);

#endif
