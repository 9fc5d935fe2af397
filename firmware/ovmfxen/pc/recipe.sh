#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# OvmfPkgX64 DEBUG from Debian's unpacked edk2 source in the current directory, whose tools ../recipe.sh has built. Makes
# kept/OVMF.fd. Its ASSERTs are off (PcdDebugPropertyMask without bit 0): one wants the MTRRs as QEMU leaves them, and not
# as hvmloader does (E:OvmfPkg/Library/PlatformInitLib/MemDetect.c).
set -euo pipefail

conf=$PWD/Conf-pc
mkdir -p "$conf" kept
for template in build_rule target tools_def; do
    cp "BaseTools/Conf/$template.template" "$conf/$template.txt"
done
sed -i "s|= *Conf/|= $conf/|" "$conf/target.txt"
# As ../recipe.sh's DEBUG-FP; upstream's own since edk2-stable202302.
sed -i '/^DEFINE GCC48_X64_CC_FLAGS /s/\r*$/ -fno-omit-frame-pointer/' "$conf/tools_def.txt"
export PYTHON_COMMAND=python3 CONF_PATH=$conf
set -- # edksetup.sh reads the arguments
set +u
. ./edksetup.sh
set -u
build --conf="$conf" -n "$(nproc)" -a X64 -t GCC5 -b DEBUG -p OvmfPkg/OvmfPkgX64.dsc \
    --pcd gEfiMdePkgTokenSpaceGuid.PcdDebugPropertyMask=0x2e
cp Build/OvmfX64/DEBUG_GCC5/FV/OVMF.fd kept/
