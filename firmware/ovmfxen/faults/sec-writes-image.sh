# SPDX-License-Identifier: GPL-2.0-or-later
# SEC, which runs in place, changes a variable of its own. In flash the write would be lost; in a guest it changes the image.
modules=OvmfPkg/Sec/SecMain.inf
edit() {
    change OvmfPkg/Sec/SecMain.c 's/^  BootFv += .*SecCoreData/  STATIC volatile UINT32 Starts = 1;\n\n  Starts++;\n&/'
}
