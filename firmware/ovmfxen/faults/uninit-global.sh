# SPDX-License-Identifier: GPL-2.0-or-later
# A global is used before it has its value: the hypercall page is set up before Xen's leaves were sought.
# Class: an order of initialisation that only an ASSERT guards.
modules=OvmfPkg/XenPlatformPei/XenPlatformPei.inf
edit() {
    change OvmfPkg/XenPlatformPei/Platform.c '/^  XenConnect \(\);/d' 's/^  if \(!XenDetect /  XenConnect ();\n\n&/'
}
