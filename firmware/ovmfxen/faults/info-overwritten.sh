# SPDX-License-Identifier: GPL-2.0-or-later
# A PEIM takes page 1000 for free memory before hvmloader's info block in it was read; the E820 is lost, and the guest
# taken for PVH. Class: buffers at fixed low addresses.
modules=OvmfPkg/XenPlatformPei/XenPlatformPei.inf
edit() {
    change OvmfPkg/XenPlatformPei/Platform.c 's/^  XenConnect \(\);/  *(volatile UINT64 *)(UINTN)SIZE_4KB = 0;\n&/'
}
