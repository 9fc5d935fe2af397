# SPDX-License-Identifier: GPL-2.0-or-later
# PVH: the size of RAM is read from a CMOS that is not there and gives all ones. Class: edk2 24465c380a.
modules=OvmfPkg/XenPlatformPei/XenPlatformPei.inf
edit() {
    change OvmfPkg/XenPlatformPei/MemDetect.c '/^GetSystemMemorySizeBelow4gb/,/^}/s/if \(XenPvhDetected \(\)\)/if (FALSE)/'
}
