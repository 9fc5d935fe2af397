/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The PIIX3 reset control register. A dword at 0xCF8 is the PCI address and never comes here. */
#include "dev/device.h"

#define PORT 0xCF9
#define RESET_NOW 4u  /* a write with this bit resets */
#define RESET_HARD 2u /* the only bit that is kept; QEMU hw/isa/piix3.c:rcr_write */

struct cf9 {
    uint8_t value;
    struct platform *platform;
};

static uint64_t cf9_read(void *self, uint64_t port, unsigned size)
{
    const struct cf9 *r = self;
    (void)port;
    (void)size;
    return r->value;
}

static void cf9_write(void *self, uint64_t port, unsigned size, uint64_t value)
{
    struct cf9 *r = self;
    (void)port;
    (void)size;
    r->value = (uint8_t)(value & RESET_HARD);
    if ((value & RESET_NOW) != 0)
        r->platform->reset = RESET_CF9;
}

static const struct device_ops cf9_ops = {.name = "reset control", .read = cf9_read, .write = cf9_write};

bool cf9_init(const struct device_env *e)
{
    struct cf9 *r = device_new(e->bus, sizeof *r);
    if (r == NULL)
        return false;
    r->platform = e->platform;
    return bus_claim_io(e->bus, PORT, PORT, &cf9_ops, r);
}
