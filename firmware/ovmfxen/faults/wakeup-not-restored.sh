# SPDX-License-Identifier: GPL-2.0-or-later
# What the wake-up buffer of the other processors covered, in the first 640 KiB, is not put back.
# Class: borrowed memory.
modules=UefiCpuPkg/CpuMpPei/CpuMpPei.inf
edit() {
    change UefiCpuPkg/Library/MpInitLib/MpLib.c '/^FreeResetVector/,/^}/s/^ +RestoreWakeupBuffer \(CpuMpData\);/    ;/'
}
