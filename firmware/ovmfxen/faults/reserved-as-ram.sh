# SPDX-License-Identifier: GPL-2.0-or-later
# What the E820 reserves is called RAM. Class: Xen df1ca1dfe2, edk2 67fe5bed94.
modules=OvmfPkg/XenPlatformPei/XenPlatformPei.inf
edit() {
    change OvmfPkg/XenPlatformPei/Xen.c 's/^ +case EfiAcpiAddressRangeReserved:/      case 99:/' \
        's/^ +case EfiAcpiAddressRangeMemory:/&\n      case EfiAcpiAddressRangeReserved:/'
}
