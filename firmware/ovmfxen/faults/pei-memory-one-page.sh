# SPDX-License-Identifier: GPL-2.0-or-later
# PEI memory is published one page too long. What is allocated there first, the variable store, is not written before DXE.
# Class: an off-by-one at the end of RAM.
modules=OvmfPkg/XenPlatformPei/XenPlatformPei.inf
edit() {
    change OvmfPkg/XenPlatformPei/MemDetect.c 's/PublishSystemMemory \(MemoryBase, MemorySize\)/PublishSystemMemory (MemoryBase, MemorySize + EFI_PAGE_SIZE)/'
}
