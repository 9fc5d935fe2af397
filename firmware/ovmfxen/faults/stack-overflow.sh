# SPDX-License-Identifier: GPL-2.0-or-later
# A PEIM has 128 KiB of local variables while the stack has 32: it clears PEI's heap below. Class: large buffers in PEIMs.
modules=OvmfPkg/XenPlatformPei/XenPlatformPei.inf
edit() {
    change OvmfPkg/XenPlatformPei/Platform.c \
        '/^DebugDumpCmos/,/^}/s/^  UINT32 +Loop;/&\n  UINT8 Buffer[128 * 1024];\n\n  ZeroMem (Buffer, sizeof (Buffer));/' \
        's/^#include <Library\/BaseLib.h>/&\n#include <Library\/BaseMemoryLib.h>/'
}
