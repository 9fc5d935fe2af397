/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ACPI power management block: PM1a events, PM1a control, the timer. There are two of them. QEMU's PIIX4 has a whole
 * one at the base that its configuration register 40 gives, while register 80 says so. Xen has events and the timer, at
 * one of two fixed places (X:xen/arch/x86/hvm/pmtimer.c; HVM_PARAM_ACPI_IOPORTS_LOCATION), and is asked first: with the
 * PIIX4 where hvmloader puts it, B000, only the control register is QEMU's. Xen's timer has 32 bits, QEMU's 24.
 * Ports B2 and B3: QEMU hw/isa/apm.c.
 */
#include <stdint.h>

#include <xen/hvm/ioreq.h>

#include "dev/device.h"

/* Offsets in the block: xen/hvm/ioreq.h:ACPI_*_ADDRESS_V1 less the first. */
#define PM_EVENTS 0u
#define PM_CONTROL 4u
#define PM_TIMER 8u
#define PM_SIZE 12u
#define PM_WINDOW 64u  /* QEMU hw/acpi/piix4.c: the region's size */
#define PM_HZ 3579545u /* ACPI specification, "Power Management Timer" */
#define PM_BASE_V0 ACPI_PM1A_EVT_BLK_ADDRESS_V0
#define PM_BASE_V1 ACPI_PM1A_EVT_BLK_ADDRESS_V1
_Static_assert(ACPI_PM_TMR_BLK_ADDRESS_V0 - PM_BASE_V0 == PM_TIMER &&
                   ACPI_PM_TMR_BLK_ADDRESS_V1 - PM_BASE_V1 == PM_TIMER,
               "both places have the same form");

#define SCI_EN 1u
#define APM_COMMAND 0xB2
#define APM_STATUS 0xB3
#define ACPI_ENABLE 0xF1u /* commands; QEMU hw/acpi/piix4.c:apm_ctrl_changed */
#define ACPI_DISABLE 0xF0u

struct events {
    uint16_t status, enable;
};

struct pm {
    struct events xen, qemu;
    uint16_t control;
    uint8_t apm_command, apm_status;
    bool loaded;
    struct window window;
    struct platform *platform;
    const struct clock *clock;
};

static bool xen_at_v1(const struct pm *p)
{
    const uint64_t *const location = p->platform->acpi_ioports;
    return location != NULL ? *location != 0 : p->loaded;
}

/* Which block, and which of its registers, a port belongs to. */
struct place {
    bool xen, qemu;
    unsigned offset;
};

static struct place find(const struct pm *p, uint64_t port)
{
    const uint64_t xen = port - (xen_at_v1(p) ? PM_BASE_V1 : PM_BASE_V0), qemu = port - p->platform->pm_base;
    if (xen < PM_SIZE && (xen & ~3ull) != PM_CONTROL)
        return (struct place){.xen = true, .offset = (unsigned)xen};
    return (struct place){.qemu = p->platform->pm_base != 0 && qemu < PM_SIZE, .offset = (unsigned)qemu};
}

static uint64_t pm_read(void *self, uint64_t port, unsigned size)
{
    const struct pm *p = self;
    const struct place at = find(p, port);
    const struct events *e = at.xen ? &p->xen : &p->qemu;
    if (!at.xen && !at.qemu)
        return UINT64_MAX;
    uint32_t value = p->control;
    if (at.offset < PM_CONTROL)
        value = (uint32_t)e->status | (uint32_t)e->enable << 16;
    else if (at.offset >= PM_TIMER)
        value = (uint32_t)ticks_at(clock_ns(p->clock), PM_HZ) & (at.xen ? UINT32_MAX : 0xFFFFFFu);
    return register_part(value, at.offset & 3, size);
}

static void pm_write(void *self, uint64_t port, unsigned size, uint64_t value)
{
    struct pm *p = self;
    const struct place at = find(p, port);
    struct events *e = at.xen ? &p->xen : &p->qemu;
    const unsigned byte = at.offset & 3;
    if ((!at.xen && !at.qemu) || at.offset >= PM_TIMER) /* the timer is read-only */
        return;
    if (at.offset < PM_CONTROL) {
        uint32_t v = (uint32_t)register_merge((uint32_t)e->enable << 16, byte, size, value);
        e->status &= (uint16_t)~v; /* write 1 to clear */
        e->enable = (uint16_t)(v >> 16);
    } else { /* the command port alone changes SCI_EN */
        value = register_merge(p->control, byte, size, value);
        p->control = (uint16_t)((value & ~(uint64_t)SCI_EN) | (p->control & SCI_EN));
    }
}

/* Where neither of the fixed places is. */
static uint64_t window_read(void *self, uint64_t offset, unsigned size)
{
    const struct pm *p = self;
    return pm_read(self, p->window.at.start + offset, size);
}
static void window_write(void *self, uint64_t offset, unsigned size, uint64_t value)
{
    const struct pm *p = self;
    pm_write(self, p->window.at.start + offset, size, value);
}

void pm_moved(struct platform *p)
{
    struct window *const w = p->pm_window;
    if (w != NULL)
        w->at = (struct span){p->pm_base, p->pm_base != 0 ? (uint64_t)p->pm_base + PM_WINDOW : 0};
}

static void apm_command(struct pm *p, uint8_t command)
{
    p->apm_command = command;
    if (command == ACPI_ENABLE)
        p->control |= SCI_EN;
    else if (command == ACPI_DISABLE)
        p->control &= (uint16_t)~SCI_EN;
}

static uint64_t apm_read(void *self, uint64_t port, unsigned size)
{
    const struct pm *p = self;
    (void)size;
    return port == APM_COMMAND ? p->apm_command : p->apm_status;
}

static void apm_write(void *self, uint64_t port, unsigned size, uint64_t value)
{
    struct pm *p = self;
    (void)size;
    if (port == APM_COMMAND)
        apm_command(p, (uint8_t)value);
    else
        p->apm_status = (uint8_t)value;
}

static const struct device_ops pm_ops = {.name = "pm timer", .read = pm_read, .write = pm_write, .max_size = 4};
static const struct device_ops window_ops = {.name = "piix4 pm", .read = window_read, .write = window_write};
static const struct device_ops apm_ops = {.name = "apm", .read = apm_read, .write = apm_write};

bool pm_timer_init(const struct device_env *e)
{
    struct pm *p = device_new(e->bus, sizeof *p);
    if (p == NULL)
        return false;
    p->platform = e->platform;
    p->clock = e->clock;
    p->loaded = after_hvmloader(e);
    p->window = (struct window){.io = true, .owner = "PIIX4 power management", .ops = &window_ops, .self = p};
    p->platform->pm_window = &p->window;
    pm_moved(p->platform);
    /* X:tools/firmware/hvmloader/hvmloader.c:acpi_enable_sci, which acpi=0 skips. */
    if (after_hvmloader(e) && e->layout->acpi)
        apm_command(p, ACPI_ENABLE);
    return bus_claim_io(e->bus, PM_BASE_V0, PM_BASE_V0 + PM_SIZE - 1, &pm_ops, p) &&
           bus_claim_io(e->bus, PM_BASE_V1, PM_BASE_V1 + PM_SIZE - 1, &pm_ops, p) &&
           bus_claim_io(e->bus, APM_COMMAND, APM_STATUS, &apm_ops, p) && bus_add_window(e->bus, &p->window);
}
