# SPDX-License-Identifier: GPL-2.0-or-later
# A module that reads a dynamic PCD (its timer library: PcdFSBClock) is linked with the PcdLib that knows none.
# Class: edk2 99cbb636521a, for which OvmfXen of 202411 did not boot.
modules=UefiCpuPkg/CpuMpPei/CpuMpPei.inf
new_description=1
edit() {
    local dsc
    for dsc in OvmfPkg/OvmfXen*.dsc; do
        change "$dsc" \
            's|^  UefiCpuPkg/CpuMpPei/CpuMpPei.inf|& {\n    <LibraryClasses>\n      PcdLib\|MdePkg/Library/BasePcdLibNull/BasePcdLibNull.inf\n  }|'
    done
}
