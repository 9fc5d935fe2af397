/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two debug ports. 0xE9 is Xen's own (XEN_HVM_DEBUGCONS_IOPORT in xen/arch-x86/xen.h): it takes bytes and gives
 * none back. 0x402 is QEMU's isa-debugcon, which DEBUG builds of OVMF probe: it must read 0xE9 or they stay silent
 * (E:OvmfPkg/Library/PlatformDebugLibIoPort). A real Xen guest has 0x402 only when QEMU is told so.
 *
 * There is no serial port, but firmware that does not look writes to one all the same: OVMF's dump of an exception goes
 * to 3F8 alone (E:MdeModulePkg/Library/BaseSerialPortLib16550). That is kept with the rest; it still reads as all ones.
 */
#include <stdlib.h>

#include "base/bytelog.h"
#include "dev/device.h"

#define PORT_XEN 0xE9
#define PORT_QEMU 0x402
#define QEMU_PRESENT 0xE9
#define PORT_SERIAL 0x3F8
#define PORT_LCR 0x3FB
#define LCR_DIVISOR 0x80u /* 3F8 is the divisor's low byte */

struct debugcon {
    const struct platform *platform;
    struct bytelog log;
    uint8_t lcr;
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
    struct debugcon *d = self;
    bytelog_add(&d->log, &byte, 1, (size_t)limit(d->platform->limits, LIMIT_LOG));
}

static uint64_t serial_read(void *self, uint64_t port, unsigned size)
{
    (void)self;
    (void)port;
    (void)size;
    return 0xFF;
}

static void serial_write(void *self, uint64_t port, unsigned size, uint64_t value)
{
    struct debugcon *d = self;
    if (port == PORT_LCR)
        d->lcr = (uint8_t)value;
    else if (port == PORT_SERIAL && (d->lcr & LCR_DIVISOR) == 0)
        debugcon_write(d, port, size, value);
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

static const struct device_ops serial_ops = {
    .name = "no serial port",
    .read = serial_read,
    .write = serial_write,
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
    d->platform = e->platform;
    e->platform->debugcon = d;
    return bus_claim_io(e->bus, PORT_XEN, PORT_XEN, &debugcon_ops, d) &&
           bus_claim_io(e->bus, PORT_QEMU, PORT_QEMU, &debugcon_ops, d) &&
           bus_claim_io(e->bus, PORT_SERIAL, PORT_LCR, &serial_ops, d);
}

const char *platform_debug_log(const struct platform *p, size_t *length, bool *truncated)
{
    static const struct bytelog none = {0};
    return bytelog_text(p->debugcon != NULL ? &p->debugcon->log : &none, length, truncated);
}
