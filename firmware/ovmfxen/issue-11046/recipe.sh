#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# OvmfXen with the flags of a distribution's secure-boot image, from Debian's unpacked edk2 source in the current
# directory, whose tools ../recipe.sh has built: recipe.sh TARGET
# TARGET is RELEASE or DEBUG. Makes kept/TARGET and kept/TARGET-SMM, without and with SMM_REQUIRE, with OVMF.fd and
# *.debug. The second build makes anew only what the flag changes.
set -euo pipefail

target=$1
output=Build/OvmfXen/${target}_GCC5
# Debian's debian/rules (2025.02: OVMF_COMMON_FLAGS and OVMF_4M_SECBOOT_FLAGS). OvmfXen.dsc takes what it knows of them.
flags="-D FD_SIZE_4MB -D SECURE_BOOT_ENABLE=TRUE -D BUILD_SHELL=FALSE -D CC_MEASUREMENT_ENABLE=TRUE -D TPM2_ENABLE=TRUE
    -D NETWORK_HTTP_BOOT_ENABLE=TRUE -D NETWORK_IP6_ENABLE=TRUE -D NETWORK_TLS_ENABLE=TRUE"

# A Conf of its own for each target, or parallel builds share one parser cache.
conf=$PWD/Conf-$target
mkdir -p "$conf"
for template in build_rule target tools_def; do
    cp "BaseTools/Conf/$template.template" "$conf/$template.txt"
done
sed -i "s|= *Conf/|= $conf/|" "$conf/target.txt"
# As ../recipe.sh's DEBUG-FP; upstream's own since edk2-stable202302.
[ "$target" = RELEASE ] || sed -i '/^DEFINE GCC48_X64_CC_FLAGS /s/\r*$/ -fno-omit-frame-pointer/' "$conf/tools_def.txt"
export PYTHON_COMMAND=python3 CONF_PATH=$conf
set -- # edksetup.sh reads the arguments
set +u
. ./edksetup.sh
set -u

image() { # NAME FLAG...
    local to=$PWD/kept/$1
    shift
    # shellcheck disable=SC2086
    build --conf="$conf" -n "$(nproc)" -a X64 -t GCC5 -b "$target" -p OvmfPkg/OvmfXen.dsc $flags "$@"
    mkdir -p "$to"
    cp "$output/FV/OVMF.fd" "$output/X64/"*.debug "$to/"
}
image "$target"
image "$target-SMM" -D SMM_REQUIRE=TRUE
