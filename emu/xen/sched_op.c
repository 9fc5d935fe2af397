/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HYPERVISOR_sched_op (X:xen/common/sched/core.c:do_sched_op). */
#include "base/le.h"
#include "xen/private.h"

_Static_assert((int)SHUTDOWN_OFF == SHUTDOWN_poweroff && (int)SHUTDOWN_REBOOT == SHUTDOWN_reboot &&
                   (int)SHUTDOWN_SUSPEND == SHUTDOWN_suspend && (int)SHUTDOWN_CRASHED == SHUTDOWN_crash,
               "xen.h's reasons are Xen's");

int64_t xen_sched_op(struct xen *x, const struct hypercall *c)
{
    switch ((uint32_t)c->arg[0]) {
    case SCHEDOP_yield:
    case SCHEDOP_block: /* no event will ever come: go on as soon as others had their turn */
    case SCHEDOP_poll:
        x->vcpus->yield = true;
        return 0;
    case SCHEDOP_shutdown: {
        uint8_t arg[sizeof(struct sched_shutdown)];
        if (!xen_copy_in(x, c->arg[1], arg, sizeof arg))
            return -XEN_EFAULT;
        x->shutdown = (uint8_t)le32(arg); /* Xen keeps eight bits of the reason */
        return 0;
    }
    default:
        return -XEN_ENOSYS;
    }
}
