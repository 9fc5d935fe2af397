/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HYPERVISOR_event_channel_op: the toolstack's two channels take notifications that nobody reads. */
#include "base/le.h"
#include "xen/private.h"

int64_t xen_evtchn_op(struct xen *x, const struct hypercall *c)
{
    if ((uint32_t)c->arg[0] != EVTCHNOP_send)
        return -XEN_ENOSYS;
    uint8_t arg[sizeof(struct evtchn_send)];
    if (!xen_copy_in(x, c->arg[1], arg, sizeof arg))
        return -XEN_EFAULT;
    const uint32_t port = le32(arg);
    const bool bound =
        port != 0 && (port == x->param[HVM_PARAM_STORE_EVTCHN] || port == x->param[HVM_PARAM_CONSOLE_EVTCHN]);
    return bound ? 0 : -XEN_EINVAL;
}
