/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two IDE channels of the PIIX3, without drives: all registers read zero (QEMU hw/ide/core.c:ide_ioport_read). */
#include "dev/device.h"

static uint64_t ide_read(void *self, uint64_t port, unsigned size)
{
    (void)self;
    (void)port;
    (void)size;
    return 0;
}

static void ide_write(void *self, uint64_t port, unsigned size, uint64_t value)
{
    (void)self;
    (void)port;
    (void)size;
    (void)value;
}

static const struct device_ops ide_ops = {.name = "ide", .read = ide_read, .write = ide_write, .max_size = 4};

bool ide_init(const struct device_env *e)
{
    return bus_claim_io(e->bus, 0x1F0, 0x1F7, &ide_ops, NULL) && bus_claim_io(e->bus, 0x3F6, 0x3F6, &ide_ops, NULL) &&
           bus_claim_io(e->bus, 0x170, 0x177, &ide_ops, NULL) && bus_claim_io(e->bus, 0x376, 0x376, &ide_ops, NULL);
}
