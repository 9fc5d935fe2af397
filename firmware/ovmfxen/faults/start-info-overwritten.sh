# SPDX-License-Identifier: GPL-2.0-or-later
# PVH: the start info is cleared before it was used. Class: its page lies in plain RAM, where nothing says that it is taken.
modules=OvmfPkg/XenPlatformPei/XenPlatformPei.inf
edit() {
    change OvmfPkg/XenPlatformPei/Xen.c 's/^ +if \(HVMStartInfo->magic/    ZeroMem (HVMStartInfo, sizeof (*HVMStartInfo));\n&/'
}
