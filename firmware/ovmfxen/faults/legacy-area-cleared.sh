# SPDX-License-Identifier: GPL-2.0-or-later
# E0000-F0000 is cleared as if it were a BIOS's: hvmloader has put the RSDP and SMBIOS there, and the DXE drivers look for them.
# Class: firmware that owns the first MiB elsewhere.
modules=OvmfPkg/XenPlatformPei/XenPlatformPei.inf
edit() {
    change OvmfPkg/XenPlatformPei/Platform.c '/^MemMapInitialization/,/^}/s/^  AddIoMemoryRangeHob /  ZeroMem ((VOID *)(UINTN)0xE0000, SIZE_64KB);\n&/' \
        's/^#include <Library\/BaseLib.h>/&\n#include <Library\/BaseMemoryLib.h>/'
}
