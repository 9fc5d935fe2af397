/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HYPERVISOR_event_channel_op (X:xen/common/event_channel.c:do_event_channel_op). No domain offers this one a channel
 * to bind to; virtual interrupts, IPIs and the FIFO ABI are not there.
 */
#include <string.h>

#include "base/le.h"
#include "xen/private.h"

#define ARG_MAX 24u
_Static_assert(sizeof(struct evtchn_status) == ARG_MAX, "evtchn_status: the same for both callers");
_Static_assert(sizeof(struct evtchn_alloc_unbound) == 8, "evtchn_alloc_unbound");
_Static_assert(sizeof(struct evtchn_bind_interdomain) == 12, "evtchn_bind_interdomain");
_Static_assert(sizeof(evtchn_port_t) == 4, "ports have 32 bits");

void evtchn_init(struct xen *x)
{
    static const struct evtchn store = {EVTCHNSTAT_interdomain, END_STORE, 0, 0},
                               console = {EVTCHNSTAT_interdomain, END_CONSOLE, 0, 0};
    memset(&x->evtchns, 0, sizeof x->evtchns);
    x->evtchns.port[EVTCHN_STORE] = store;
    x->evtchns.port[EVTCHN_CONSOLE] = console;
}

bool evtchn_bind(struct xen *x, uint32_t port, enum evtchn_end end, unsigned index)
{
    struct evtchn *const p = port < EVTCHN_PORTS ? &x->evtchns.port[port] : NULL;
    if (p == NULL || p->state != EVTCHNSTAT_unbound || p->remote != 0)
        return false;
    *p = (struct evtchn){EVTCHNSTAT_interdomain, (uint8_t)end, (uint8_t)index, 0};
    return true;
}

void evtchn_unbind(struct xen *x, uint32_t port)
{
    struct evtchn *const p = port < EVTCHN_PORTS ? &x->evtchns.port[port] : NULL;
    if (p != NULL && p->state == EVTCHNSTAT_interdomain)
        *p = (struct evtchn){EVTCHNSTAT_unbound, END_NOBODY, 0, 0};
}

void evtchn_raise(struct xen *x, uint32_t port, bool compat)
{
    if (port < EVTCHN_PORTS && x->evtchns.port[port].state == EVTCHNSTAT_interdomain)
        shared_info_event(x, port, compat);
}

/* Closed, and what was pending there is forgotten. */
static void close_port(struct xen *x, uint32_t port, bool compat)
{
    x->evtchns.port[port] = (struct evtchn){0};
    shared_info_forget_event(x, port, compat);
}

static struct evtchn *port_of(struct xen *x, const uint8_t *arg)
{
    const uint32_t port = le32(arg);
    return port != 0 && port < EVTCHN_PORTS ? &x->evtchns.port[port] : NULL;
}

static int64_t do_alloc_unbound(struct xen *x, const struct hypercall *c, uint8_t *arg)
{
    (void)c;
    const int64_t rc = xen_check_domid(x, le16(arg));
    if (rc != 0)
        return rc;
    const uint16_t remote = le16(arg + offsetof(struct evtchn_alloc_unbound, remote_dom));
    /* A 32-bit guest has 1024 ports as well (X:event_channel.h:max_evtchns). */
    for (uint32_t port = 1; port < EVTCHN_PORTS; port++) {
        if (x->evtchns.port[port].state != EVTCHNSTAT_closed)
            continue;
        x->evtchns.port[port] =
            (struct evtchn){EVTCHNSTAT_unbound, END_NOBODY, 0, remote == DOMID_SELF ? (uint16_t)BED_DOMID : remote};
        put_le32(arg + offsetof(struct evtchn_alloc_unbound, port), port);
        return 0;
    }
    return -XEN_ENOSPC;
}

static int64_t do_bind_interdomain(struct xen *x, const struct hypercall *c, uint8_t *arg)
{
    (void)x;
    (void)c;
    const uint16_t remote = le16(arg);
    return remote == DOMID_SELF || remote == BED_DOMID || remote == 0 ? -XEN_EINVAL : -XEN_ESRCH;
}

static int64_t do_send(struct xen *x, const struct hypercall *c, uint8_t *arg)
{
    const uint32_t port = le32(arg);
    const struct evtchn *const p = port_of(x, arg);
    if (p == NULL || p->state == EVTCHNSTAT_closed)
        return -XEN_EINVAL;
    switch (p->end) {
    case END_STORE:
        if (xenstore_serve(x))
            evtchn_raise(x, port, c->compat);
        break;
    case END_CONSOLE:
        console_serve(x, c->compat);
        break;
    case END_DISK:
        vbd_serve(x, p->index, c->compat);
        break;
    default: /* nobody listens yet, or any more */
        break;
    }
    return 0;
}

static int64_t do_close(struct xen *x, const struct hypercall *c, uint8_t *arg)
{
    const struct evtchn *const p = port_of(x, arg);
    if (p == NULL || p->state == EVTCHNSTAT_closed)
        return -XEN_EINVAL;
    close_port(x, le32(arg), c->compat);
    return 0;
}

static int64_t do_status(struct xen *x, const struct hypercall *c, uint8_t *arg)
{
    (void)c;
    const int64_t rc = xen_check_domid(x, le16(arg));
    const struct evtchn *const p = port_of(x, arg + offsetof(struct evtchn_status, port));
    if (rc != 0 || p == NULL)
        return rc != 0 ? rc : -XEN_EINVAL;
    put_le32(arg + offsetof(struct evtchn_status, status), p->state);
    put_le32(arg + offsetof(struct evtchn_status, vcpu), 0);
    memset(arg + offsetof(struct evtchn_status, u), 0, sizeof(((struct evtchn_status *)0)->u));
    if (p->state == EVTCHNSTAT_unbound)
        put_le16(arg + offsetof(struct evtchn_status, u.unbound.dom), p->remote);
    if (p->state == EVTCHNSTAT_interdomain) { /* which port it is over there is the bed's invention: the same */
        put_le16(arg + offsetof(struct evtchn_status, u.interdomain.dom), p->remote);
        put_le32(arg + offsetof(struct evtchn_status, u.interdomain.port),
                 le32(arg + offsetof(struct evtchn_status, port)));
    }
    return 0;
}

static int64_t do_unmask(struct xen *x, const struct hypercall *c, uint8_t *arg)
{
    if (port_of(x, arg) == NULL)
        return -XEN_EINVAL;
    shared_info_unmask(x, le32(arg), c->compat);
    return 0;
}

static int64_t do_reset(struct xen *x, const struct hypercall *c, uint8_t *arg)
{
    const int64_t rc = xen_check_domid(x, le16(arg));
    for (uint32_t port = 1; rc == 0 && port < EVTCHN_PORTS; port++)
        if (x->evtchns.port[port].state != EVTCHNSTAT_closed)
            close_port(x, port, c->compat);
    return rc;
}

static const struct {
    uint8_t cmd, size;
    bool out; /* the argument goes back */
    int64_t (*run)(struct xen *x, const struct hypercall *c, uint8_t *arg);
} table[] = {
    {EVTCHNOP_alloc_unbound, 8, true, do_alloc_unbound},
    {EVTCHNOP_bind_interdomain, 12, false, do_bind_interdomain},
    {EVTCHNOP_send, 4, false, do_send},
    {EVTCHNOP_close, 4, false, do_close},
    {EVTCHNOP_status, ARG_MAX, true, do_status},
    {EVTCHNOP_unmask, 4, false, do_unmask},
    {EVTCHNOP_reset, 2, false, do_reset},
};

int64_t xen_evtchn_op(struct xen *x, const struct hypercall *c)
{
    uint8_t arg[ARG_MAX];
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (table[i].cmd != (uint32_t)c->arg[0])
            continue;
        if (!xen_copy_in(x, c->arg[1], arg, table[i].size))
            return -XEN_EFAULT;
        const int64_t rc = table[i].run(x, c, arg);
        if (rc == 0 && table[i].out && !xen_copy_out(x, c->arg[1], arg, table[i].size))
            return -XEN_EFAULT;
        return rc;
    }
    return -XEN_ENOSYS;
}
