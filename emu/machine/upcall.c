/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "machine/upcall.h"

#include "machine/machine.h"
#include "xen/abi.h"

/* X:xen/include/public/hvm/params.h: bits 63 to 56 say what the others are. */
#define VIA_TYPE 56u
enum via { VIA_GSI, VIA_INTX, VIA_VECTOR };

static uint64_t via(const struct machine *m)
{
    return m->xen.param[HVM_PARAM_CALLBACK_IRQ];
}

static bool flagged(const struct machine *m)
{
    return via(m) != 0 && xen_upcall_pending(&m->xen);
}

static void pull(struct machine *m, uint64_t how, bool on)
{
    struct irq *q = &m->platform.irq;
    if (how >> VIA_TYPE == VIA_GSI)
        irq_level(q, how & 0xFF, on);
    else if (how >> VIA_TYPE == VIA_INTX) /* domain, bus, device, function, pin; the domain and bus are 0 */
        irq_intx(q, how >> 11 & 31, how & 3, on);
}

void upcall_look(struct machine *m)
{
    if (via(m) == 0 && m->upcall_via == 0)
        return;
    const uint64_t now = flagged(m) ? via(m) : 0;
    if (now == m->upcall_via)
        return;
    if (m->upcall_via != 0)
        pull(m, m->upcall_via, false);
    if (now != 0)
        pull(m, now, true);
    m->upcall_via = now;
    m->platform.irq.changed = true;
}

bool upcall_vector(const struct machine *m, unsigned vcpu, uint8_t *vector)
{
    *vector = (uint8_t)via(m);
    return vcpu == 0 && via(m) >> VIA_TYPE == VIA_VECTOR && *vector >= 16 && flagged(m);
}
