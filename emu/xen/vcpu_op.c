/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HYPERVISOR_vcpu_op (X:xen/common/domain.c:do_vcpu_op): which vCPUs are up is remembered, but only the first one
 * ever runs. hvmloader of 4.19 and later waits for the one that it starts.
 */
#include "base/le.h"
#include "xen/private.h"

_Static_assert(XEN_VCPUS_MAX == HVM_MAX_VCPUS, "struct xen has room for all vCPUs");
_Static_assert(sizeof(struct vcpu_hvm_context) == 128, "vcpu_hvm_context: the same for both callers");

static int64_t initialise(struct xen *x, uint64_t id, uint64_t gva)
{
    uint8_t arg[sizeof(struct vcpu_hvm_context)];
    if (!xen_copy_in(x, gva, arg, sizeof arg))
        return -XEN_EFAULT;
    if (x->vcpu[id] != VCPU_ABSENT)
        return -XEN_EEXIST;
    if (le32(arg) > VCPU_HVM_MODE_64B || le32(arg + offsetof(struct vcpu_hvm_context, pad)) != 0)
        return -XEN_EINVAL;
    x->vcpu[id] = VCPU_DOWN;
    return 0;
}

static int64_t down(struct xen *x, uint64_t id)
{
    bool others = false;
    for (uint64_t i = 0; i < x->layout->vcpus && i < XEN_VCPUS_MAX; i++)
        if (i != id && x->vcpu[i] == VCPU_UP)
            others = true;
    if (!others)
        x->shutdown = SHUTDOWN_OFF;
    else if (x->vcpu[id] == VCPU_UP)
        x->vcpu[id] = VCPU_DOWN;
    return 0;
}

int64_t xen_vcpu_op(struct xen *x, const struct hypercall *c)
{
    const uint64_t id = (uint32_t)c->arg[1];
    if (id >= x->layout->vcpus || id >= XEN_VCPUS_MAX)
        return -XEN_ENOENT;
    switch ((uint32_t)c->arg[0]) {
    case VCPUOP_initialise:
        return initialise(x, id, c->arg[2]);
    case VCPUOP_up:
        if (x->vcpu[id] == VCPU_ABSENT)
            return -XEN_EINVAL;
        x->vcpu[id] = VCPU_UP;
        return 0;
    case VCPUOP_down:
        return down(x, id);
    case VCPUOP_is_up:
        return x->vcpu[id] == VCPU_UP;
    default:
        return -XEN_ENOSYS;
    }
}
