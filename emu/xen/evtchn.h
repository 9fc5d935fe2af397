/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Event channels of one domain, two-level (X:xen/common/event_channel.c). The other end is always in domain 0: the
 * store, the console, or a device's backend, which acts at once, inside the notification.
 */
#ifndef HVMBED_XEN_EVTCHN_H
#define HVMBED_XEN_EVTCHN_H

#include <stdbool.h>
#include <stdint.h>

struct xen;

/* Port 0 is nobody's; 1023 is libxl's event_channels= (X:tools/libs/light/libxl_create.c). */
#define EVTCHN_PORTS 1024u
/* Ports that the domain builder allocates: xg_dom_x86.c, libxl_dom.c. */
#define EVTCHN_STORE 1u
#define EVTCHN_CONSOLE 2u

enum evtchn_end { END_NOBODY, END_STORE, END_CONSOLE, END_DISK };

struct evtchn {
    uint8_t state;   /* EVTCHNSTAT_closed, _unbound or _interdomain */
    uint8_t end;     /* enum evtchn_end, once bound */
    uint8_t index;   /* which of the disks */
    uint16_t remote; /* the domain that is, or may be, at the other end */
};

struct evtchns {
    struct evtchn port[EVTCHN_PORTS];
};

void evtchn_init(struct xen *x);
/* Domain 0 binds to a port that the guest has left unbound for it. False: there is none. */
bool evtchn_bind(struct xen *x, uint32_t port, enum evtchn_end end, unsigned index);
/* And lets go again: the port is unbound once more. */
void evtchn_unbind(struct xen *x, uint32_t port);
/* A backend notifies the guest; @compat: as a 32-bit guest has its shared info. */
void evtchn_raise(struct xen *x, uint32_t port, bool compat);

#endif
