/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/xen.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/le.h"
#include "xen/private.h"

/*
 * hvmloader has run every processor before the firmware. Up to 4.18 its last word to them is INIT, from 4.19 on
 * VCPUOP_down (X:tools/firmware/hvmloader/smp.c), after which they have a state that is no longer worth anything.
 */
static void loaded_vcpus(struct xen *x)
{
    static const struct cpu_entry gone = {.mode = ENTRY_FLAT32};
    if (x->layout->type != GUEST_HVM || !layout_xen_since(x->layout, 4, 19))
        return;
    for (unsigned i = 1; i < x->vcpus->nr; i++)
        vcpus_prepare(x->vcpus, i, &gone);
}

bool xen_init(struct xen *x, const struct layout *l, const struct guest_memory *g, struct clock *clock,
              struct vcpus *vcpus, struct memory *memory, struct guest_access access)
{
    *x = (struct xen){
        .layout = l,
        .guest = g,
        .clock = clock,
        .vcpus = vcpus,
        .memory = memory,
        .access = access,
        .shutdown = SHUTDOWN_RUNNING,
        .shared_info_gpa = XEN_UNMAPPED,
    };
    hvm_params_init(x);
    evtchn_init(x);
    loaded_vcpus(x);
    xenstore_init(x);
    if (shared_info_init(x) && gnttab_init(x) && msr_init(x))
        return true;
    xen_exit(x);
    return false;
}

void xen_exit(struct xen *x)
{
    p2m_exit(x);
    gnttab_exit(x);
    console_exit(x);
    xenstore_exit(x);
    vbd_exit(x);
    msr_exit(x);
    shared_info_exit(x);
}

void xen_limits_met(const struct xen *x, struct limits_reached *out)
{
    limits_merge(out, &x->met);
    limit_reach(out, LIMIT_LOG, x->limits, x->console.log.truncated);
    for (unsigned i = 0; i < x->nr_vbds; i++)
        limit_reach(out, LIMIT_DISK, x->limits, disk_is_full(x->vbd[i].disk));
}

bool xen_begin_loader(struct xen *x)
{
    hvm_params_before_loader(x);
    msr_reset_state(x);
    x->shared_info_gpa = XEN_UNMAPPED;
    vcpus_init(x->vcpus, x->layout->vcpus);
    return p2m_begin(x) && xenstore_begin(x);
}

void xen_end_loader(struct xen *x)
{
    x->msr_hypercall_page = 0;
}

bool xen_flavour_ok(const struct xen *x, enum hypercall_flavour f)
{
    return (f == HYPERCALL_VMMCALL) == (x->layout->vendor == VENDOR_AMD);
}

uint64_t xen_gfn_end(const struct xen *x)
{
    return 1ull << (x->layout->phys_bits - PAGE_SHIFT);
}

void xen_refuse(struct xen *x, const char *fmt, ...)
{
    if (x->refusal[0] != '\0')
        return;
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(x->refusal, sizeof x->refusal, fmt, args);
    va_end(args);
}

void xen_complain(struct xen *x, const char *fmt, ...)
{
    if (x->complaint[0] != '\0')
        return;
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(x->complaint, sizeof x->complaint, fmt, args);
    va_end(args);
}

static bool copied(struct xen *x, bool ok, uint64_t gva, size_t n)
{
    if (!ok)
        xen_refuse(x, "its %zu bytes at %#" PRIx64 " are not all in memory", n, gva);
    return ok;
}

bool xen_copy_in(struct xen *x, uint64_t gva, void *dst, size_t n)
{
    return copied(x, x->access.read(x->access.self, gva, dst, n), gva, n);
}

bool xen_copy_out(struct xen *x, uint64_t gva, const void *src, size_t n)
{
    return copied(x, x->access.write(x->access.self, gva, src, n), gva, n);
}

uint64_t xen_field(const struct hypercall *c, const uint8_t *bytes, struct abi_field f)
{
    const uint8_t *p = bytes + (c->compat ? f.off32 : f.off64);
    switch (c->compat ? f.len32 : f.len64) {
    case 2:
        return le16(p);
    case 4:
        return le32(p);
    default:
        return le64(p);
    }
}

void xen_put_field(const struct hypercall *c, uint8_t *bytes, struct abi_field f, uint64_t value)
{
    uint8_t *p = bytes + (c->compat ? f.off32 : f.off64);
    switch (c->compat ? f.len32 : f.len64) {
    case 2:
        put_le16(p, (uint16_t)value);
        break;
    case 4:
        put_le32(p, (uint32_t)value);
        break;
    default:
        put_le64(p, value);
        break;
    }
}

int64_t xen_check_domid(struct xen *x, uint64_t domid)
{
    if (domid == DOMID_SELF || domid == BED_DOMID)
        return 0;
    xen_refuse(x, "domain %" PRIu64 " is not this guest", domid);
    return domid == 0 ? -XEN_EPERM : -XEN_ESRCH; /* domain 0 exists, and is not this guest's to touch */
}

static const struct {
    uint8_t nr;
    int64_t (*run)(struct xen *x, const struct hypercall *c);
} table[] = {
    {__HYPERVISOR_memory_op, xen_memory_op},
    {__HYPERVISOR_xen_version, xen_version_op},
    {__HYPERVISOR_sched_op, xen_sched_op},
    {__HYPERVISOR_event_channel_op, xen_evtchn_op},
    {__HYPERVISOR_hvm_op, xen_hvm_op},
    {__HYPERVISOR_vcpu_op, xen_vcpu_op},
    {__HYPERVISOR_grant_table_op, xen_grant_table_op},
};

static int64_t dispatch(struct xen *x, const struct hypercall *c)
{
    if (c->cpl > 0)
        return -XEN_EPERM;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (table[i].nr == c->nr)
            return table[i].run(x, c);
    return -XEN_ENOSYS;
}

int64_t xen_hypercall(struct xen *x, const struct hypercall *call)
{
    struct hypercall c = *call;
    if (c.compat) { /* only the lower halves of the registers exist */
        c.nr = (uint32_t)c.nr;
        for (size_t i = 0; i < sizeof c.arg / sizeof c.arg[0]; i++)
            c.arg[i] = (uint32_t)c.arg[i];
    }
    x->refusal[0] = x->complaint[0] = '\0';
    const uint64_t new_pages = x->memory->late_pages;
    const int64_t result = dispatch(x, &c);
    if (x->calls < XEN_CALL_LOG_MAX) {
        x->log[x->calls].nr = (uint16_t)(c.nr > UINT16_MAX ? UINT16_MAX : c.nr);
        x->log[x->calls].cmd = (uint16_t)c.arg[0];
        x->log[x->calls].result = result;
    }
    x->calls++;
    /* A loader asks for hundreds of pages, one by one: they are mapped when it does something else. */
    if (x->memory->late_pages != new_pages)
        memory_apply(x->memory);
    else
        memory_apply_all(x->memory);
    return result;
}
