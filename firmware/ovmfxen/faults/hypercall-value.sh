# SPDX-License-Identifier: GPL-2.0-or-later
# A hypercall is given a value where Xen takes a pointer. Class: edk2 ca0076b945 (shutdown).
modules=OvmfPkg/XenPlatformPei/XenPlatformPei.inf
edit() {
    change OvmfPkg/XenPlatformPei/Xen.c 's/\(XENMEM_add_to_physmap, &Parameters\)/(XENMEM_add_to_physmap, (VOID *)(UINTN)Parameters.gpfn)/'
}
