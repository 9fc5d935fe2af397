# SPDX-License-Identifier: GPL-2.0-or-later
# The shared info is mapped over a page near the end of RAM that nobody has allocated. Xen frees the RAM there, the
# unmapping leaves nothing, and PEI takes the page for RAM still. Class: edk2 b37cfdd280, 71cdb91f31 (where to map it).
modules=OvmfPkg/XenPlatformPei/XenPlatformPei.inf
edit() {
    change OvmfPkg/XenPlatformPei/Xen.c \
        's/^( +SharedInfo += ).*PcdCpuLocalApicBaseAddress.*/\1(VOID *)(UINTN)(GetSystemMemorySizeBelow4gb () - SIZE_256KB);/'
}
