# SPDX-License-Identifier: GPL-2.0-or-later
# The hypercall page is put over the console's ring, which is Xen's. Class: the page's place outlives its allocation (L1).
modules=OvmfPkg/XenPlatformPei/XenPlatformPei.inf
edit() {
    change OvmfPkg/XenPlatformPei/Xen.c 's/(mXenInfo.HyperPages += )AllocatePages \(TransferPages\)/\1(VOID *)(UINTN)0xFEFFF000/'
}
