/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two debug ports. 0xE9 is Xen's own (XEN_HVM_DEBUGCONS_IOPORT in xen/arch-x86/xen.h): it takes bytes and gives
 * none back. 0x402 is QEMU's isa-debugcon, which DEBUG builds of OVMF probe: it must read 0xE9 or they stay silent
 * (E:OvmfPkg/Library/PlatformDebugLibIoPort). A real Xen guest has 0x402 only when QEMU is told so.
 */
#include <stdlib.h>

#include "base/bytelog.h"
#include "dev/device.h"

#define PORT_XEN 0xE9
#define PORT_QEMU 0x402
#define QEMU_PRESENT 0xE9

struct debugcon {
    struct bytelog log;
};

static uint64_t debugcon_read(void *self, uint64_t port, unsigned size)
{
    (void)self;
    (void)size;
    return port == PORT_QEMU ? QEMU_PRESENT : 0xFF;
}

static void debugcon_write(void *self, uint64_t port, unsigned size, uint64_t value)
{
    (void)port;
    (void)size;
    const uint8_t byte = (uint8_t)value;
    bytelog_add(&((struct debugcon *)self)->log, &byte, 1, DEBUGCON_MAX);
}

static void debugcon_free(void *self)
{
    struct debugcon *d = self;
    bytelog_free(&d->log);
    free(d);
}

static const struct device_ops debugcon_ops = {
    .name = "debug port",
    .read = debugcon_read,
    .write = debugcon_write,
};

bool debugcon_init(const struct device_env *e)
{
    struct debugcon *d = calloc(1, sizeof *d);
    if (d == NULL)
        return false;
    if (!bus_own(e->bus, d, debugcon_free)) {
        free(d);
        return false;
    }
    e->platform->debugcon = d;
    return bus_claim_io(e->bus, PORT_XEN, PORT_XEN, &debugcon_ops, d) &&
           bus_claim_io(e->bus, PORT_QEMU, PORT_QEMU, &debugcon_ops, d);
}

const char *platform_debug_log(const struct platform *p, size_t *length, bool *truncated)
{
    static const struct bytelog none = {0};
    return bytelog_text(p->debugcon != NULL ? &p->debugcon->log : &none, length, truncated);
}
