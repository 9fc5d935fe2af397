/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PCI configuration space of bus 0 through ports CF8 and CFC, as QEMU resets it or as hvmloader's pci_setup leaves it.
 * What the devices are is in layout/pci_table.c, what answers behind their BARs in pci_bar.c. What they decode follows
 * from command bits and BARs at once, as in QEMU; whether RAM is there is the machine's concern.
 */
#include <string.h>

#include "base/le.h"
#include "dev/device.h"
#include "dev/pci_bar.h"
#include "layout/pci_table.h"

#define PORT_ADDRESS 0xCF8
#define PORT_DATA 0xCFC
#define ADDRESS_ENABLE 0x80000000u

#define DEVFN_PM 0x0B  /* PIIX4 */
#define DEVFN_ISA 0x08 /* PIIX3 */
#define PM_BASE 0x40
#define PM_BASE_MASK 0xFFC0u
#define PM_REGMISC 0x80
#define PM_IO_ENABLE 1u

#define ISA_ROUTES 0x60

struct function {
    uint8_t devfn;
    uint8_t config[256];
    uint8_t mask[256]; /* writable bits */
    struct pci_bar bar[PCI_MAX_BARS];
    struct window window[PCI_MAX_BARS]; /* what the BARs decode */
};

struct pci {
    uint32_t address;
    unsigned phys_bits;
    struct platform *platform;
    size_t nr;
    struct function fn[];
};

/* hvmloader's routing of the links PIRQA..D. */
static const uint8_t link_irq[4] = {5, 10, 11, 5};

static uint8_t bar_offset(const struct pci_bar *b)
{
    return b->index == PCI_ROM ? 0x30 : (uint8_t)(0x10 + 4 * b->index);
}

/* After a reset: no address, nothing decoded, no interrupt (QEMU hw/pci/pci.c:pci_do_device_reset). */
static void reset_function(struct function *f, const struct pci_desc *d)
{
    uint8_t *c = f->config;
    f->devfn = d->devfn;
    put_le16(c + 0x00, d->vendor);
    put_le16(c + 0x02, d->device);
    put_le32(c + 0x08, (uint32_t)d->class_code << 8 | d->revision);
    c[0x0E] = d->header_type;
    put_le16(c + 0x2C, d->subsystem_vendor);
    put_le16(c + 0x2E, d->subsystem);
    c[0x3D] = d->pin;
    for (size_t i = 0; i < PCI_MAX_REGS && d->reg[i].offset != 0; i++)
        c[d->reg[i].offset] = d->reg[i].reset;

    /* QEMU hw/pci/pci.c:pci_init_wmask: everything behind the header, and a few registers in it. */
    memset(f->mask + 0x40, 0xFF, sizeof f->mask - 0x40);
    put_le16(f->mask + 0x04, 0x0547);
    f->mask[0x0C] = 0xFF;
    f->mask[0x3C] = 0xFF;
    for (size_t i = 0; i < PCI_MAX_BARS && d->bar[i].size != 0; i++) {
        const struct pci_bar *b = &d->bar[i];
        const uint32_t enable = b->index == PCI_ROM ? 1 : 0; /* a ROM's enable bit can be written */
        put_le32(c + bar_offset(b), b->flags);
        put_le32(f->mask + bar_offset(b), (uint32_t) ~(b->size - 1) | enable);
        if ((b->flags & PCI_BAR_64) != 0)
            put_le32(f->mask + bar_offset(b) + 4, (uint32_t)(~(b->size - 1) >> 32));
    }
}

/* What pci_setup does to it. ROMs get an address, and memory is decoded for them, but they are not enabled. */
static void load_function(struct function *f, const struct pci_desc *d)
{
    uint8_t *c = f->config;
    const bool vga = d->class_code >> 8 == 0x0300; /* has legacy ports */
    unsigned command = PCI_COMMAND_MASTER | (vga ? PCI_COMMAND_IO : 0);
    for (size_t i = 0; i < PCI_MAX_REGS && d->reg[i].offset != 0; i++)
        c[d->reg[i].offset] = d->reg[i].loaded;
    for (size_t i = 0; i < PCI_MAX_BARS && d->bar[i].size != 0; i++) {
        const struct pci_bar *b = &d->bar[i];
        if (b->placed == 0)
            continue;
        put_le32(c + bar_offset(b), (uint32_t)b->placed | b->flags);
        if ((b->flags & PCI_BAR_64) != 0)
            put_le32(c + bar_offset(b) + 4, (uint32_t)(b->placed >> 32));
        command |= (b->flags & PCI_BAR_IO) != 0 ? PCI_COMMAND_IO : PCI_COMMAND_MEMORY;
    }
    put_le16(c + 0x04, (uint16_t)command);
    if (d->pin != 0)
        c[0x3C] = link_irq[(d->pin - 1 + (d->devfn >> 3)) & 3];
}

/* QEMU hw/acpi/piix4.c:pm_io_space_update. */
static void watch_pm(struct pci *p, const struct function *f)
{
    if (f->devfn != DEVFN_PM)
        return;
    const bool on = (f->config[PM_REGMISC] & PM_IO_ENABLE) != 0;
    p->platform->pm_base = on ? (uint16_t)(le16(f->config + PM_BASE) & PM_BASE_MASK) : 0;
    pm_moved(p->platform);
}

/* The PIIX3's routes of the links (X:xen/arch/x86/hvm/irq.c:hvm_set_pci_link_route). */
static void watch_routes(struct pci *p, const struct function *f)
{
    for (unsigned i = 0; f->devfn == DEVFN_ISA && i < IRQ_LINKS; i++)
        irq_set_route(&p->platform->irq, i, f->config[ISA_ROUTES + i]);
}

/* Where a BAR is decoded (QEMU hw/pci/pci.c:pci_bar_address): never at 0, nor a 32-bit one up to the very top. */
static struct span decoded(const struct pci *p, const struct function *f, const struct pci_bar *b)
{
    static const struct span nowhere = {0, 0};
    const uint8_t *reg = f->config + bar_offset(b);
    const bool io = (b->flags & PCI_BAR_IO) != 0, wide = (b->flags & PCI_BAR_64) != 0;
    if ((le16(f->config + 0x04) & (io ? PCI_COMMAND_IO : PCI_COMMAND_MEMORY)) == 0 ||
        (b->index == PCI_ROM && (reg[0] & 1) == 0))
        return nowhere;
    const uint64_t at = (wide ? le64(reg) : le32(reg)) & ~(b->size - 1), last = at + b->size - 1;
    const uint64_t top = io ? UINT16_MAX : wide ? (1ull << p->phys_bits) - 1 : UINT32_MAX - 1ull;
    return at == 0 || last < at || last > top ? nowhere : (struct span){at, last + 1};
}

static void decode(struct pci *p, struct function *f)
{
    for (size_t i = 0; i < PCI_MAX_BARS && f->bar[i].size != 0; i++) {
        struct window *w = &f->window[i];
        const struct span now = decoded(p, f, &f->bar[i]);
        if (now.start == w->at.start && now.end == w->at.end)
            continue;
        w->at = now;
        w->moved = true;
        p->platform->bars_moved = true;
    }
}

static bool make_windows(struct bus *bus, struct function *f, const struct pci_desc *d)
{
    memcpy(f->bar, d->bar, sizeof f->bar);
    for (size_t i = 0; i < PCI_MAX_BARS && f->bar[i].size != 0; i++) {
        const struct pci_bar *b = &f->bar[i];
        f->window[i] = (struct window){
            .io = (b->flags & PCI_BAR_IO) != 0,
            .takes_ram = b->behind == BEHIND_VRAM || b->behind == BEHIND_DEVICE,
            .owner = d->owner,
            .ops = &pci_bar_ops,
            .self = pci_bar_new(bus, b),
        };
        if (f->window[i].self == NULL || !bus_add_window(bus, &f->window[i]))
            return false;
    }
    return true;
}

static struct function *selected(struct pci *p)
{
    if ((p->address & ADDRESS_ENABLE) == 0 || (p->address >> 16 & 0xFF) != 0)
        return NULL;
    for (size_t i = 0; i < p->nr; i++)
        if (p->fn[i].devfn == (p->address >> 8 & 0xFF))
            return &p->fn[i];
    return NULL;
}

static uint64_t address_read(void *self, uint64_t port, unsigned size)
{
    const struct pci *p = self;
    (void)port;
    return size == 4 ? p->address : UINT32_MAX; /* only a dword at CF8 is the address register */
}

static void address_write(void *self, uint64_t port, unsigned size, uint64_t value)
{
    struct pci *p = self;
    (void)port;
    if (size == 4)
        p->address = (uint32_t)value;
}

static uint64_t data_read(void *self, uint64_t port, unsigned size)
{
    struct pci *p = self;
    const struct function *f = selected(p);
    if (f == NULL)
        return UINT32_MAX;
    const unsigned at = (p->address & 0xFC) + (unsigned)(port - PORT_DATA);
    return register_part(le32(f->config + (at & ~3u)), at & 3, size);
}

static void data_write(void *self, uint64_t port, unsigned size, uint64_t value)
{
    struct pci *p = self;
    struct function *f = selected(p);
    if (f == NULL)
        return;
    const unsigned at = (p->address & 0xFC) + (unsigned)(port - PORT_DATA);
    for (unsigned i = 0; i < size && at + i < sizeof f->config; i++) {
        const uint8_t mask = f->mask[at + i];
        f->config[at + i] = (uint8_t)((f->config[at + i] & ~mask) | (value >> (8 * i) & mask));
    }
    watch_pm(p, f);
    watch_routes(p, f);
    decode(p, f);
}

static const struct device_ops address_ops = {
    .name = "pci address",
    .read = address_read,
    .write = address_write,
    .max_size = 4,
};
static const struct device_ops data_ops = {
    .name = "pci data",
    .read = data_read,
    .write = data_write,
    .max_size = 4,
};

bool pci_init(const struct device_env *e)
{
    struct pci_desc desc[PCI_MAX_FUNCTIONS];
    struct pci_windows unused;
    const size_t nr = pci_table(desc, e->layout);
    struct pci *p = device_new(e->bus, sizeof *p + nr * sizeof p->fn[0]);
    if (p == NULL)
        return false;
    p->platform = e->platform;
    p->phys_bits = e->layout->phys_bits;
    p->nr = nr;
    pci_place(desc, p->nr, e->layout, e->guest, &unused);
    for (size_t i = 0; i < p->nr; i++) {
        struct function *f = &p->fn[i];
        reset_function(f, &desc[i]);
        if (!make_windows(e->bus, f, &desc[i]))
            return false;
        if (after_hvmloader(e))
            load_function(f, &desc[i]);
        watch_pm(p, f);
        watch_routes(p, f);
        decode(p, f);
        for (size_t b = 0; b < PCI_MAX_BARS; b++) /* hvmloader has found places without RAM */
            f->window[b].moved = false;
    }
    p->platform->bars_moved = false;
    if (after_hvmloader(e)) /* pci_setup ends with the last function's command register */
        p->address = ADDRESS_ENABLE | (uint32_t)p->fn[p->nr - 1].devfn << 8 | 0x04;
    /* CF9 is the reset register's, and only dwords count at CF8: so the claim is one port wide at its start. */
    return bus_claim_io(e->bus, PORT_ADDRESS, PORT_ADDRESS, &address_ops, p) &&
           bus_claim_io(e->bus, PORT_DATA, PORT_DATA + 3, &data_ops, p);
}
