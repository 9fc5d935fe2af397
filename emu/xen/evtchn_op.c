/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HYPERVISOR_event_channel_op: the toolstack's two channels. Only the store answers; nobody reads the console. */
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
    const bool store = port == x->param[HVM_PARAM_STORE_EVTCHN];
    if (port == 0 || (!store && port != x->param[HVM_PARAM_CONSOLE_EVTCHN]))
        return -XEN_EINVAL;
    if (store && xenstore_serve(x))
        shared_info_event(x, port, c->compat);
    return 0;
}
