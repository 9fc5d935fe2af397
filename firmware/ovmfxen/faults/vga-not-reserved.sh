# SPDX-License-Identifier: GPL-2.0-or-later
# A0000-100000 is not reserved but called RAM. Class: edk2 77d35f5008. In an HVM guest the wake-up buffer for other processors then lands in
# the copy of the image below 1 MiB; in a PVH guest it is RAM, and only the HOB list is wrong.
modules=OvmfPkg/XenPlatformPei/XenPlatformPei.inf
edit() {
    change OvmfPkg/XenPlatformPei/Xen.c 's/AddMemoryBaseSizeHob \(0, 0xA0000\)/AddMemoryBaseSizeHob (0, BASE_1MB)/' \
        '/AddReservedMemoryBaseSizeHob \(0xA0000,/d'
}
