/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ports, PCI configuration space with its BARs, and registers in memory, of devices fresh or set up by hvmloader. */
#include "../guest.h"

static const uint16_t ports[] = {0xcf8, 0xcfc, 0xcf9, 0x70, 0x71,  0x40,   0x43,   0x61,   0x20,   0x21, 0xa0,
                                 0xa1,  0x60,  0x64,  0x92, 0x402, 0xb000, 0xb004, 0xb008, 0x1f40, 0x10, 0xc000};
static const uint64_t registers[] = {0xfee00000, 0xfec00000, 0xfed00000, 0xf0000000, 0xfed40000};

static void access_register(struct guest *g, uint64_t at, unsigned size, bool write, uint64_t value)
{
    const struct claim *c = bus_mmio_at(&g->bus, at);
    const struct window *w = bus_window_at(&g->bus, false, at);
    const struct device_ops *ops = c != NULL ? c->ops : w != NULL ? w->ops : NULL;
    void *self = c != NULL ? c->self : w != NULL ? w->self : NULL;
    const uint64_t start = c != NULL ? c->at.start : w != NULL ? w->at.start : 0;
    if (ops == NULL)
        return;
    if (write && ops->write != NULL)
        ops->write(self, at - start, size, value);
    else if (!write && ops->read != NULL)
        (void)ops->read(self, at - start, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct guest g;
    struct feed in = {bytes, n};
    guest_start(&g, GUEST_HVM, (feed(&in, 1) & 1) != 0);
    while (in.n > 0) {
        const uint64_t how = feed(&in, 1);
        const unsigned size = 1u << (how >> 1 & 1) << (how >> 2 & 1);
        const bool write = (how & 1) != 0;
        g.clock.cycles += feed(&in, 1) << (how >> 6) * 8;
        if ((how & 8) == 0) {
            const uint16_t port =
                (uint16_t)((how & 16) != 0 ? feed(&in, 2) : ports[feed(&in, 1) % (sizeof ports / sizeof ports[0])]);
            if (write)
                bus_io_write(&g.bus, port, size, (uint32_t)feed(&in, size));
            else
                (void)bus_io_read(&g.bus, port, size);
        } else {
            uint64_t at = registers[feed(&in, 1) % (sizeof registers / sizeof registers[0])] + feed(&in, 2);
            access_register(&g, at & ~(uint64_t)(size - 1), size, write, feed(&in, write ? size : 0));
        }
    }
    guest_stop(&g);
    return 0;
}
