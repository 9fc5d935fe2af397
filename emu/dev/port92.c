/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System control port A: bit 1 is the A20 gate (always open under Xen, so only stored), bit 0 resets the machine. */
#include "dev/device.h"

#define PORT 0x92
#define FAST_RESET 1u

struct port92 {
    uint8_t value;
    struct platform *platform;
};

static uint64_t port92_read(void *self, uint64_t port, unsigned size)
{
    const struct port92 *p = self;
    (void)port;
    (void)size;
    return p->value;
}

static void port92_write(void *self, uint64_t port, unsigned size, uint64_t value)
{
    struct port92 *p = self;
    (void)port;
    (void)size;
    p->value = (uint8_t)(value & ~FAST_RESET); /* QEMU: the reset bit does not stick */
    if ((value & FAST_RESET) != 0)
        p->platform->reset = RESET_PORT92;
}

static const struct device_ops port92_ops = {.name = "port 92", .read = port92_read, .write = port92_write};

bool port92_init(const struct device_env *e)
{
    struct port92 *p = device_new(e->bus, sizeof *p);
    if (p == NULL)
        return false;
    p->platform = e->platform;
    return bus_claim_io(e->bus, PORT, PORT, &port92_ops, p);
}
