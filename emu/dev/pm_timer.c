/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ACPI power management block of the PIIX4, where hvmloader puts it: PM1a events at B000, PM1a control at B004,
 * the timer at B008 (xen/hvm/ioreq.h:ACPI_*_ADDRESS_V1). Xen's timer has 32 bits (X:xen/arch/x86/hvm/pmtimer.c).
 * Nothing answers there until the PIIX4's configuration register 80 has said so; after that the block stays, for its
 * events and its timer are then Xen's own. Ports B2 and B3: QEMU hw/isa/apm.c.
 */
#include <stdint.h>

#include <xen/hvm/ioreq.h>

#include "dev/device.h"

#define PM_FIRST ACPI_PM1A_EVT_BLK_ADDRESS_V1
#define PM_LAST (ACPI_PM_TMR_BLK_ADDRESS_V1 + 3)
#define PM_HZ 3579545u /* ACPI specification, "Power Management Timer" */

#define SCI_EN 1u
#define APM_COMMAND 0xB2
#define APM_STATUS 0xB3
#define ACPI_ENABLE 0xF1u /* commands; QEMU hw/acpi/piix4.c:apm_ctrl_changed */
#define ACPI_DISABLE 0xF0u

struct pm {
    uint16_t status, enable, control;
    uint8_t apm_command, apm_status;
    const struct platform *platform;
    const struct clock *clock;
};

static uint32_t block(const struct pm *p, uint64_t port)
{
    switch (port & ~3ull) {
    case ACPI_PM1A_EVT_BLK_ADDRESS_V1:
        return (uint32_t)p->status | (uint32_t)p->enable << 16;
    case ACPI_PM1A_CNT_BLK_ADDRESS_V1:
        return p->control;
    default:
        return (uint32_t)ticks_at(clock_ns(p->clock), PM_HZ);
    }
}

static uint64_t pm_read(void *self, uint64_t port, unsigned size)
{
    const struct pm *p = self;
    return p->platform->pm_io ? register_part(block(p, port), port & 3, size) : UINT64_MAX;
}

static void pm_write(void *self, uint64_t port, unsigned size, uint64_t value)
{
    struct pm *p = self;
    const unsigned byte = port & 3;
    if (!p->platform->pm_io)
        return;
    switch (port & ~3ull) {
    case ACPI_PM1A_EVT_BLK_ADDRESS_V1: {
        uint32_t v = (uint32_t)register_merge((uint32_t)p->enable << 16, byte, size, value);
        p->status &= (uint16_t)~v; /* write 1 to clear */
        p->enable = (uint16_t)(v >> 16);
        break;
    }
    case ACPI_PM1A_CNT_BLK_ADDRESS_V1: /* the command port alone changes SCI_EN */
        value = register_merge(p->control, byte, size, value);
        p->control = (uint16_t)((value & ~(uint64_t)SCI_EN) | (p->control & SCI_EN));
        break;
    default: /* the timer is read-only */
        break;
    }
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
static const struct device_ops apm_ops = {.name = "apm", .read = apm_read, .write = apm_write};

bool pm_timer_init(const struct device_env *e)
{
    struct pm *p = device_new(e->bus, sizeof *p);
    if (p == NULL)
        return false;
    p->platform = e->platform;
    p->clock = e->clock;
    /* X:tools/firmware/hvmloader/hvmloader.c:acpi_enable_sci, which acpi=0 skips. */
    if (after_hvmloader(e) && e->layout->acpi)
        apm_command(p, ACPI_ENABLE);
    return bus_claim_io(e->bus, PM_FIRST, PM_LAST, &pm_ops, p) &&
           bus_claim_io(e->bus, APM_COMMAND, APM_STATUS, &apm_ops, p);
}
