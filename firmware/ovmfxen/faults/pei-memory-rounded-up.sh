# SPDX-License-Identifier: GPL-2.0-or-later
# HVM: the end of low RAM is rounded up to a MiB. hvmloader has taken pages there, so PEI memory ends in nothing.
# Class: Xen 2c4f5125fd (an E820 that shows pages which are gone); sizes from CMOS instead of the E820.
modules=OvmfPkg/XenPlatformPei/XenPlatformPei.inf
edit() {
    change OvmfPkg/XenPlatformPei/MemDetect.c 's/SIZE_16MB\);/SIZE_16MB + SIZE_1MB - 1) \& ~(SIZE_1MB - 1);/'
}
