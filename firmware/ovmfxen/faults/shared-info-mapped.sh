# SPDX-License-Identifier: GPL-2.0-or-later
# Xen's shared info stays mapped after the timer is calibrated. Class: edk2 b37cfdd280.
modules=OvmfPkg/XenPlatformPei/XenPlatformPei.inf
edit() {
    change OvmfPkg/XenPlatformPei/Xen.c '/^  UnmapXenPage \(SharedInfo\);/d'
}
