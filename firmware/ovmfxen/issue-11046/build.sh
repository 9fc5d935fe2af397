#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The images of edk2 issue 11046: build.sh DEST VERSION [find]
# VERSION is edk2's, as a Debian suite has it: 2025.02 (the report's; trixie) or 2022.11 (bookworm).
# Makes DEST/issue-11046/VERSION/{RELEASE,RELEASE-SMM,DEBUG,DEBUG-SMM} point to directories with OVMF.fd and its *.debug
# files: -SMM with SMM_REQUIRE, DEBUG with frame pointers. They are built once and kept in ../build.sh's cache; with
# "find" they are only looked for there. Exit 77: cannot be had here.
set -euo pipefail

own=$(cd "$(dirname "$0")" && pwd)
here=$(cd "$own/.." && pwd)
targets="RELEASE DEBUG"
images="RELEASE RELEASE-SMM DEBUG DEBUG-SMM"

case ${2:-} in
    2025.02) export EDK2_SUITE=trixie ;;
    2022.11) export EDK2_SUITE=bookworm ;;
    *) echo "usage: build.sh DEST 2025.02|2022.11 [find]" >&2; exit 2 ;;
esac
. "$here/tree.sh"
mkdir -p "$1"
dest=$(cd "$1" && pwd)/issue-11046/$2
kept=$cache/issue-11046
# Short, and the same for everybody: GenFw leaves room for a module's path even in RELEASE, and where the source's is
# longer than 31 letters DxeIpl takes a page more, and the DXE core lies 4 KiB below the report's.
work=/tmp/hvmbed-issue-11046

entry() { # DSC
    local hash
    hash=$({ key_of "$1"; echo "$work"; sed '/^ *#/d' "$own/recipe.sh"; } | sha256sum | cut -c 1-16)
    echo "$kept/$hash"
}
link() { # ENTRY
    local image
    mkdir -p "$dest"
    for image in $images; do
        ln -sfn "$1/$image" "$dest/$image"
    done
    exit 0
}
build() { # DSC ENTRY
    local target
    [ ! -e "$work" ] || [ -O "$work" ] || { say "$work is another user's; it must not be there"; exit 1; }
    begin
    build_tree "$1"
    for target in $targets; do start "2-$target" nice "$own/recipe.sh" "$target"; done
    finish "building $targets, without and with SMM_REQUIRE" modules
    cp -r kept/* "$work/done/"
    [ ! -t 2 ] || echo >&2
    cat "$work"/*.log >"$work/done/build.log"
    mkdir -p "$kept"
    mv "$work/done" "$2"
    say "issue 11046's images of $EDK2_VERSION built in $SECONDS s"
}

EDK2_VERSION=$2
if [ "${3:-}" = find ]; then
    dsc=$("$here/source.sh" "$cache/source" find) && at=$(entry "$dsc") && [ -d "$at" ] || exit 77
    link "$at"
fi
"$setup/packages.sh" ovmfxen || skip "not built: its build packages are missing"
if dsc=$("$here/source.sh" "$cache/source" find) && at=$(entry "$dsc") && [ -d "$at" ]; then link "$at"; fi

lock
dsc=$("$here/source.sh" "$cache/source") || no_source $? "edk2 $2 not built: Debian's source package cannot be fetched (offline?)"
at=$(entry "$dsc")
[ -d "$at" ] || build "$dsc" "$at"
link "$at"
