/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HYPERVISOR_xen_version, what an unprivileged guest may ask (X:xen/common/kernel.c:do_xen_version). */
#include <stdio.h>

#include "base/le.h"
#include "xen/private.h"

/* Fixed, so that two runs are alike: a version 4 UUID of no one. */
static const uint8_t guest_uuid[16] = {
    0x68, 0x76, 0x6D, 0x62, 0x65, 0x64, 0x40, 0x00, 0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01,
};

static int64_t text(struct xen *x, uint64_t gva, const char *s, size_t size)
{
    char field[1024] = {0};
    _Static_assert(sizeof(xen_capabilities_info_t) <= sizeof field, "the longest text");
    (void)snprintf(field, sizeof field, "%s", s);
    return xen_copy_out(x, gva, field, size) ? 0 : -XEN_EFAULT;
}

static int64_t features(struct xen *x, uint64_t gva)
{
    uint8_t info[sizeof(struct xen_feature_info)];
    if (!xen_copy_in(x, gva, info, sizeof info))
        return -XEN_EFAULT;
    if (le32(info) != 0)
        return le32(info) < XENFEAT_NR_SUBMAPS ? 0 : -XEN_EINVAL;
    put_le32(info + offsetof(struct xen_feature_info, submap),
             1u << XENFEAT_memory_op_vnode_supported | 1u << XENFEAT_hvm_safe_pvclock |
                 1u << XENFEAT_hvm_callback_vector | 1u << XENFEAT_not_direct_mapped);
    return xen_copy_out(x, gva, info, sizeof info) ? 0 : -XEN_EFAULT;
}

int64_t xen_version_op(struct xen *x, const struct hypercall *c)
{
    const uint64_t gva = c->arg[1];
    switch ((uint32_t)c->arg[0]) {
    case XENVER_version:
        return (int64_t)(x->layout->xen_major << 16 | x->layout->xen_minor);
    case XENVER_extraversion:
        return text(x, gva, ".0", XEN_EXTRAVERSION_LEN);
    case XENVER_capabilities:
        return text(x, gva, "xen-3.0-x86_64 hvm-3.0-x86_32 hvm-3.0-x86_32p hvm-3.0-x86_64 ",
                    sizeof(xen_capabilities_info_t));
    case XENVER_changeset:
        return text(x, gva, "<denied>", XEN_CHANGESET_INFO_LEN);
    case XENVER_get_features:
        return features(x, gva);
    case XENVER_pagesize:
        return (int64_t)PAGE_SIZE;
    case XENVER_guest_handle:
        return xen_copy_out(x, gva, guest_uuid, sizeof guest_uuid) ? 0 : -XEN_EFAULT;
    default:
        return -XEN_ENOSYS;
    }
}
