#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# How OvmfXen is made from Debian's unpacked edk2 source, in the current directory:
#   recipe.sh tools            patches and the build tools, once
#   recipe.sh image TARGET     TARGET is RELEASE, DEBUG or DEBUG-FP; all may run at the same time
# DEBUG-FP is DEBUG with upstream's later fix (129404f6e439, in edk2-stable202302): OVMF adds the stack offset to RBP when
# the stack moves, and without frame pointers RBP is any pointer. On a guest with 4 GiB DEBUG dies of that in PEI.
# Nothing here knows where sources come from or where images go; the cache key contains this file's commands.
set -euo pipefail

jobs=$(nproc)

tools() {
    # Debian's patch makes the Shell need SecureBootVariableLib, which OvmfXen.dsc does not map.
    local shell_patch=debian/patches/Disable-the-Shell-when-SecureBoot-is-enabled.patch
    [ ! -e "$shell_patch" ] || patch -R -p1 <"$shell_patch"

    # New compilers find new warnings in old sources.
    sed -i 's/-Werror\b/-Wno-error/g' BaseTools/Conf/tools_def.template BaseTools/Source/C/Makefiles/*.makefile

    # Only the tools an OVMF image takes. (Their makefiles race for the directory and for VfrLexer.h.)
    local c=BaseTools/Source/C
    mkdir -p "$c/bin" "$c/libs"
    make -C "$c" -j"$jobs" makerootdir Common
    make -C "$c/VfrCompile" VfrLexer.h
    printf '%s\n' VfrCompile GenFfs GenFv GenFw GenSec GenCrc32 LzmaCompress VolInfo |
        xargs -P "$jobs" -I{} make -C "$c/{}" -j"$jobs"
}

image() {
    local variant=$1 target=${1%-FP} dsc=OvmfPkg/OvmfXen.dsc conf=$PWD/Conf-$1 template
    # A Conf of its own for each target, or parallel builds share one parser cache.
    mkdir -p "$conf"
    for template in build_rule target tools_def; do
        cp "BaseTools/Conf/$template.template" "$conf/$template.txt"
    done
    sed -i "s|= *Conf/|= $conf/|" "$conf/target.txt"
    if [ "$variant" != "$target" ]; then
        sed -i '/^DEFINE GCC48_X64_CC_FLAGS /s/\r*$/ -fno-omit-frame-pointer/' "$conf/tools_def.txt"
        dsc=OvmfPkg/OvmfXen-$variant.dsc # an output directory of its own
        sed "/OUTPUT_DIRECTORY/s|Build/OvmfXen|&-FP|" OvmfPkg/OvmfXen.dsc >"$dsc"
    fi
    export PYTHON_COMMAND=python3 CONF_PATH=$conf
    set -- # edksetup.sh reads the arguments
    set +u
    . ./edksetup.sh
    set -u
    build --conf="$conf" -n "$jobs" -a X64 -t GCC5 -b "$target" -p "$dsc"
}

case ${1:-} in
    tools) tools ;;
    image) image "$2" ;;
    *) echo "usage: recipe.sh tools | recipe.sh image RELEASE|DEBUG|DEBUG-FP" >&2; exit 2 ;;
esac
