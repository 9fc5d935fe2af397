/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two debug ports. 0xE9 is Xen's own (XEN_HVM_DEBUGCONS_IOPORT in xen/arch-x86/xen.h): it takes bytes and gives
 * none back. 0x402 is QEMU's isa-debugcon, which DEBUG builds of OVMF probe: it must read 0xE9 or they stay silent
 * (E:OvmfPkg/Library/PlatformDebugLibIoPort). A real Xen guest has 0x402 only when QEMU is told so.
 */
#include <stdlib.h>
#include <string.h>

#include "dev/device.h"

#define PORT_XEN 0xE9
#define PORT_QEMU 0x402
#define QEMU_PRESENT 0xE9

struct debugcon {
    char *log; /* owned, NUL-terminated */
    size_t length, room;
    bool truncated;
};

static void append(struct debugcon *d, uint8_t byte)
{
    if (d->length + 1 >= d->room) {
        size_t room = d->room != 0 ? d->room * 2 : 4096;
        if (room > DEBUGCON_MAX)
            room = DEBUGCON_MAX;
        char *grown = room > d->room ? realloc(d->log, room) : NULL;
        if (grown == NULL) {
            d->truncated = true;
            return;
        }
        d->log = grown;
        d->room = room;
    }
    d->log[d->length++] = (char)byte;
    d->log[d->length] = '\0';
}

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
    append(self, (uint8_t)value);
}

static void debugcon_free(void *self)
{
    struct debugcon *d = self;
    free(d->log);
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
    const struct debugcon *d = p->debugcon;
    bool any = d != NULL && d->log != NULL;
    if (length != NULL)
        *length = any ? d->length : 0;
    if (truncated != NULL)
        *truncated = d != NULL && d->truncated;
    return any ? d->log : "";
}
