/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How another processor comes to the firmware's code: a SIPI sends it to a page below 640 KiB that the firmware has
 * borrowed, and from there it goes through a copy of the wake-up code in RAM, which MpInitLib puts into pages of their
 * own (E:UefiCpuPkg/Library/MpInitLib: WakeupBuffer, WakeupBufferHigh), to a module.
 */
#include <string.h>

#include "base/span.h"
#include "check/internal.h"
#include "check/rights/rights.h"

#define WINDOW 32u /* bytes that agree with a module's: chance does not do that */

static bool is_copied(struct monitor *mon, uint64_t gpa)
{
    uint8_t bytes[WINDOW];
    if (!memory_read(&mon->m->memory, gpa, bytes, sizeof bytes))
        return false;
    for (size_t i = 1; i < sizeof bytes; i++)
        if (bytes[i] != bytes[0]) /* not mere filling */
            return module_holds(mon, bytes, sizeof bytes);
    return false;
}

bool wake_is_code(struct monitor *mon, const struct plan_range *r, uint64_t gpa)
{
    const struct vcpu *v = &mon->m->vcpus.v[mon->m->vcpus.current];
    if (!v->by_sipi || r->cls != CLASS_FREE || gpa < PAGE_SIZE)
        return false;
    if (page_down(gpa) == (uint64_t)v->entry.cs << 4)
        return true;
    if (gpa < LOW_MEMORY_END)
        return false;
    /* All windows that hold its first byte, for it may be at either end of the copy. */
    for (uint64_t back = 0; back < WINDOW; back++)
        if (is_copied(mon, gpa - back))
            return true;
    return false;
}
