# SPDX-License-Identifier: GPL-2.0-or-later
# What the E820 reserves is in no HOB: addresses that DXE and the operating system may give to a device. Class: edk2 67fe5bed94, 24465c380a.
modules=OvmfPkg/XenPlatformPei/XenPlatformPei.inf
edit() {
    change OvmfPkg/XenPlatformPei/Xen.c 's/^ +case EfiAcpiAddressRangeReserved:/      case 99:/'
}
