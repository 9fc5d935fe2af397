# SPDX-License-Identifier: GPL-2.0-or-later
# Xen's CPUID leaves are sought from the second place on, so without Viridian they are not found, and the PEIM gives up.
# Class: firmware that knows one place for the leaves only; OvmfPkgX64 since 202108, which seeks none (d06eb2d1d9).
modules=OvmfPkg/XenPlatformPei/XenPlatformPei.inf
edit() {
    change OvmfPkg/XenPlatformPei/Xen.c 's/\(mXenLeaf = 0x40000000;/(mXenLeaf = 0x40000100;/'
}
