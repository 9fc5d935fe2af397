/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ACPI power management block of the PIIX4, where hvmloader puts it: PM1a events at B000, PM1a control at B004,
 * the timer at B008 (xen/hvm/ioreq.h:ACPI_*_ADDRESS_V1). Xen's timer has 32 bits (X:xen/arch/x86/hvm/pmtimer.c).
 */
#include <stdint.h>

#include <xen/hvm/ioreq.h>

#include "dev/device.h"

#define PM_FIRST ACPI_PM1A_EVT_BLK_ADDRESS_V1
#define PM_LAST (ACPI_PM_TMR_BLK_ADDRESS_V1 + 3)
#define PM_HZ 3579545u /* ACPI specification, "Power Management Timer" */

#define SCI_EN 1u /* hvmloader leaves ACPI mode on (X:tools/firmware/hvmloader/util.c:acpi_enable_sci) */

struct pm {
    uint16_t status, enable, control;
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
    return register_part(block(self, port), port & 3, size);
}

static void pm_write(void *self, uint64_t port, unsigned size, uint64_t value)
{
    struct pm *p = self;
    const unsigned byte = port & 3;
    switch (port & ~3ull) {
    case ACPI_PM1A_EVT_BLK_ADDRESS_V1: {
        uint32_t v = (uint32_t)register_merge((uint32_t)p->enable << 16, byte, size, value);
        p->status &= (uint16_t)~v; /* write 1 to clear */
        p->enable = (uint16_t)(v >> 16);
        break;
    }
    case ACPI_PM1A_CNT_BLK_ADDRESS_V1:
        p->control = (uint16_t)(register_merge(p->control, byte, size, value) | SCI_EN);
        break;
    default: /* the timer is read-only */
        break;
    }
}

static const struct device_ops pm_ops = {.name = "pm timer", .read = pm_read, .write = pm_write, .max_size = 4};

bool pm_timer_init(const struct device_env *e)
{
    struct pm *p = device_new(e->bus, sizeof *p);
    if (p == NULL)
        return false;
    p->control = SCI_EN;
    p->clock = e->clock;
    return bus_claim_io(e->bus, PM_FIRST, PM_LAST, &pm_ops, p);
}
