#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Seeded faults in a tree that recipe.sh has built, in the current directory; a TARGET is RELEASE or DEBUG-FP:
#   fault.sh base TARGET...              keeps what an image is put together from, once; without an edit that must give the same bytes
#   fault.sh archive FILE TARGET...      a .tar.gz of what the next needs of the tree, without DXE's objects
#   fault.sh image NAME DIR TARGET...    faults/NAME.sh's edit, its modules made anew, DIR/TARGET/{OVMF.fd,*.debug}, and back again
# A second module costs seconds: its own makefile, GenFv, one LZMA run. edk2's build is used only where the description (.dsc) changes.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$PWD

output() { # TARGET
    case $1 in
        *-FP) echo "Build/OvmfXen-FP/${1%-FP}_GCC5" ;;
        *) echo "Build/OvmfXen/$1_GCC5" ;;
    esac
}
description() { # TARGET
    case $1 in
        *-FP) echo "OvmfPkg/OvmfXen-$1.dsc" ;;
        *) echo OvmfPkg/OvmfXen.dsc ;;
    esac
}
die() { echo "fault.sh: error: $*" >&2; exit 1; }

# What edk2's makefiles and its build find in the environment.
edk2() { # TARGET COMMAND...
    local target=$1
    shift
    env WORKSPACE="$top" EDK_TOOLS_PATH="$top/BaseTools" CONF_PATH="$top/Conf-$target" PYTHON_COMMAND=python3 \
        PATH="$top/BaseTools/Source/C/bin:$top/BaseTools/BinWrappers/PosixLike:$PATH" "$@"
}

# Module descriptions of the volumes that are run before DXE.
early_modules() {
    sed -n '/^\[FV\.\(SECFV\|PEIFV\)\]/,/^\[FV\.DXEFV\]/s/^INF .*[[:space:]]\([^[:space:]]*\.inf\).*/\1/p' OvmfPkg/OvmfXen.fdf
}
build_dir() { # TARGET INF
    echo "$(output "$1")/X64/${2%.inf}"
}

base() { # TARGET
    local fv base ffs inf
    fv=$(output "$1")/FV
    base=$(output "$1")/FV.base
    rm -rf "$base"
    mkdir -p "$base/Ffs"
    cp "$fv"/{PEIFV,SECFV,FVMAIN_COMPACT}.{inf,ext} "$fv/OVMF.fd" "$base/"
    for ffs in $(sed -n 's|^EFI_FILE_NAME = .*/FV/Ffs/\([^/]*\)/.*|\1|p' "$base"/*.inf); do cp -r "$fv/Ffs/$ffs" "$base/Ffs/"; done
    rm -f "$base"/Ffs/*/*.{tmp,dummy,guided}
    mkdir "$base/debug"
    for inf in $(early_modules); do cp "$(build_dir "$1" "$inf")"/DEBUG/*.debug "$base/debug/" || [ "$inf" = OvmfPkg/XenResetVector/XenResetVector.inf ]; done
    assemble "$1" "$base" "$top/$base/same"
    cmp "$base/same/OVMF.fd" "$fv/OVMF.fd" || die "$1: putting together the unchanged image gave another one"
    rm -rf "$base/same"
}

# The address that a volume's .inf gives it, as an offset in an image of so many bytes that ends at 4 GiB.
offset() { # INF SIZE
    local at
    at=$(sed -n 's/^EFI_BASE_ADDRESS *= *//p' "$1")
    echo $((at - (0x100000000 - $2)))
}

# DIR/OVMF.fd, with each module whose .ffs is newer than STAMP taken from the tree and everything else as the base has it.
# GenFds left its commands beside the files (*.txt): the same are run again, in DIR.
assemble() { # TARGET STAMP DIR
    local target=$1 fv base dir=$3 ffs name sec size main volume
    fv=$top/$(output "$1")/FV
    base=$fv.base
    mkdir -p "$dir"
    cp -r "$base"/*.inf "$base/OVMF.fd" "$base/Ffs" "$dir/"
    sed -i "s|$fv/Ffs/|$dir/Ffs/|; s|$fv/|$base/|" "$dir"/*.inf
    for ffs in $(find "$fv/Ffs" -name '*.ffs' -newer "$2"); do
        name=$(basename "$(dirname "$ffs")")
        [ ! -e "$dir/Ffs/$name" ] || cp "$ffs" "$dir/Ffs/$name/"
    done
    cd "$dir"
    size=$(stat -c %s OVMF.fd)
    again() { edk2 "$target" sh -e -c "$(sed "s|$fv/|$dir/|g" "$1")"; } # FILE: the command in it, here
    edk2 "$1" GenFv -i SECFV.inf -o SECFV.Fv
    edk2 "$1" GenFv -i PEIFV.inf -o PEIFV.Fv
    sec=$(echo Ffs/*FVMAIN_COMPACT/*SEC1.1fv.sec)
    main=${sec%SEC1.1fv.sec}
    again "$sec.txt"
    again "${main}SEC1.guided.dummy.txt"
    edk2 "$1" LzmaCompress -e -q -o "${main}SEC1.tmp" "${main}SEC1.guided.dummy"
    again "${main}SEC1.guided.txt"
    again "$main.ffs.txt"
    edk2 "$1" GenFv -i FVMAIN_COMPACT.inf -o FVMAIN_COMPACT.Fv
    for volume in FVMAIN_COMPACT SECFV; do
        dd if=$volume.Fv of=OVMF.fd bs=4096 seek=$(($(offset $volume.inf "$size") / 4096)) conv=notrunc status=none
    done
    cd "$top"
    [ "$(stat -c %s "$dir/OVMF.fd")" = "$size" ] || die "$1: the image's size changed"
}

# --- what a fault's script says
modules=
new_description=
# change FILE SED-SCRIPT...: each must change something, or the fault would silently be none.
change() {
    local file=$1 script
    shift
    [ -e "$file.before" ] || cp -p "$file" "$file.before"
    for script; do
        sed -i.last -E "$script" "$file"
        ! cmp -s "$file" "$file.last" || die "nothing to change in $file: $script"
        rm "$file.last"
    done
}
# A new time, so that make makes the objects anew; a description keeps its own, for edk2 compares.
revert() {
    local before
    find OvmfPkg MdePkg MdeModulePkg UefiCpuPkg -name '*.before' | while read -r before; do
        mv "$before" "${before%.before}"
        [[ $before = *.dsc.before ]] || touch "${before%.before}"
    done
}

make_modules() { # TARGET
    local inf
    for inf in $modules; do
        if [ -n "$new_description" ]; then
            rm -rf "$top/kept-$1"
            cp -a "$(build_dir "$1" "$inf")" "$top/kept-$1"
            edk2 "$1" build --conf="$top/Conf-$1" -n 2 -a X64 -t GCC5 -b "${1%-FP}" -p "$(description "$1")" -m "$inf"
        else
            edk2 "$1" make -s -C "$(build_dir "$1" "$inf")" mbuild
        fi
    done
}
un_make() { # TARGET: where edk2 made new makefiles, the old ones
    local inf
    [ -n "$new_description" ] || return 0
    for inf in $modules; do
        rm -rf "$(build_dir "$1" "$inf")"
        mv "$top/kept-$1" "$(build_dir "$1" "$inf")"
    done
}

one_target() { # NAME DIR TARGET
    local work=$top/assembly-$3
    rm -rf "$work"
    make_modules "$3"
    assemble "$3" "$top/stamp" "$work"
    mkdir -p "$2/$3"
    # The other modules' symbols are this tree's: another build of the same sources need not have the same code.
    cp "$work/OVMF.fd" "$(output "$3")/FV.base/debug/"*.debug "$2/$3/"
    find "$(output "$3")/X64" -maxdepth 1 -name '*.debug' -newer "$top/stamp" -exec cp {} "$2/$3/" \;
    [ -n "$(find "$(output "$3")/X64" -maxdepth 1 -name '*.debug' -newer "$top/stamp")" ] || die "$1: no module was made"
    ! cmp -s "$2/$3/OVMF.fd" "$(output "$3")/FV.base/OVMF.fd" || die "$1: the image is the good one"
    rm -rf "$work"
}

image() { # NAME DIR TARGET...
    local name=$1 dir=$2 target pids=() failed=
    shift 2
    # What an interrupted run left.
    revert
    . "$here/faults/$name.sh"
    touch "$top/stamp"
    edit
    for target; do
        one_target "$name" "$dir" "$target" &
        pids+=($!)
    done
    for target in "${pids[@]}"; do wait "$target" || failed=1; done
    for target; do un_make "$target"; done
    revert
    [ -z "$failed" ] || die "$name cannot be built"
}

# Modules, their libraries and what goes into the volumes.
objects() { # TARGET
    local inf dir out
    out=$(output "$1")
    echo "$out/FV.base"
    for inf in $(early_modules); do
        dir=$(build_dir "$1" "$inf")
        echo "$dir"
        sed -n "s|.*\$(BIN_DIR)/\(.*\)/GNUmakefile.*|$out/X64/\1|p; s|.*/FV/Ffs/\([^/]*\).*|$out/FV/Ffs/\1|p" "$dir/GNUmakefile"
    done
    find "$out" -maxdepth 1 -type f
}
archive() { # FILE TARGET...
    local file=$1 target
    shift
    {
        find . -mindepth 1 -maxdepth 1 ! -name Build
        for target; do objects "$target"; done | while read -r path; do [ ! -e "$path" ] || echo "./$path"; done
    } | sort -u >../keep.list
    tar -c --exclude=./debian --exclude=./.pc -T ../keep.list | gzip -1 >"$file.new"
    mv "$file.new" "$file"
}

command=${1:-}
[ $# -ge 2 ] || { echo "usage: fault.sh base TARGET... | archive FILE TARGET... | image NAME DIR TARGET..." >&2; exit 2; }
shift
case $command in
    base) for target; do base "$target"; done ;;
    archive) archive "$@" ;;
    image) image "$@" ;;
    *) die "no such command: $command" ;;
esac
