# SPDX-License-Identifier: GPL-2.0-or-later
# The page tables for DXE are put at a fixed address, which is Xen's. Class: ranges that are free on other platforms.
modules=MdeModulePkg/Core/DxeIplPeim/DxeIpl.inf
edit() {
    change MdeModulePkg/Core/DxeIplPeim/X64/VirtualMemory.c 's/^( +BigPageAddress +=).*AllocatePageTableMemory.*/\1 0xFEFF8000;/'
}
