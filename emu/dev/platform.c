/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dev/platform.h"

#include <stdlib.h>
#include <string.h>

#include "dev/device.h"

#define ON_HVM 1u
#define ON_PVH 2u

/*
 * Who has what. HVM: Xen's own models and QEMU's (X:tools/libs/light/libxl_x86.c, emulation flags XEN_X86_EMU_ALL).
 * PVH: XEN_X86_EMU_LAPIC alone; the debug port is the hypervisor's (XEN_HVM_DEBUGCONS_IOPORT), see docs/machine.md.
 */
static const struct {
    bool (*init)(const struct device_env *e);
    unsigned on;
} devices[] = {
    {lapic_init, ON_HVM | ON_PVH},
    {debugcon_init, ON_HVM | ON_PVH},
    {ioapic_init, ON_HVM},
    {hpet_init, ON_HVM},
    {pic_init, ON_HVM},
    {pit_init, ON_HVM},
    {kbc_init, ON_HVM},
    {cmos_init, ON_HVM},
    {port92_init, ON_HVM},
    {pci_init, ON_HVM},
    {cf9_init, ON_HVM},
    {pm_timer_init, ON_HVM},
    {ide_init, ON_HVM},
};

void *device_new(struct bus *b, size_t size)
{
    void *self = calloc(1, size);
    if (self == NULL)
        return NULL;
    if (!bus_own(b, self, free)) {
        free(self);
        return NULL;
    }
    return self;
}

bool platform_init(struct platform *p, struct bus *bus, const struct layout *l, const struct guest_memory *g,
                   struct clock *clock, struct vcpus *vcpus, enum platform_state state)
{
    *p = (struct platform){.reset = RESET_NONE};
    const struct device_env env = {
        .bus = bus, .platform = p, .layout = l, .guest = g, .clock = clock, .vcpus = vcpus, .state = state};
    const unsigned here = l->type == GUEST_PVH ? ON_PVH : ON_HVM;
    for (size_t i = 0; i < sizeof devices / sizeof devices[0]; i++)
        if ((devices[i].on & here) != 0 && !devices[i].init(&env))
            return false;
    return true;
}
