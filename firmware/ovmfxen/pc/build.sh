#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# OvmfPkgX64 DEBUG, for benchmarks: QEMU without Xen runs it to the end, and what it says tells how far it is.
# build.sh DEST: makes DEST/DEBUG point to a directory with OVMF.fd, built once and kept in ../build.sh's cache.
# Exit 77: cannot be had here.
set -euo pipefail

own=$(cd "$(dirname "$0")" && pwd)
here=$(cd "$own/.." && pwd)
[ $# = 1 ] || { echo "usage: build.sh DEST" >&2; exit 2; }
. "$here/tree.sh"
mkdir -p "$1"
dest=$(cd "$1" && pwd)/DEBUG

entry() { # DSC
    local hash
    hash=$({ key_of "$1"; sed '/^ *#/d' "$own/recipe.sh"; } | sha256sum | cut -c 1-16)
    echo "$cache/pc/$hash"
}
link() { # ENTRY
    ln -sfn "$1" "$dest"
    exit 0
}

"$setup/packages.sh" ovmfxen || skip "not built: its build packages are missing"
if dsc=$("$here/source.sh" "$cache/source" find) && at=$(entry "$dsc") && [ -d "$at" ]; then link "$at"; fi

lock
dsc=$("$here/source.sh" "$cache/source") || skip "not built: Debian's edk2 source package cannot be fetched (offline?)"
at=$(entry "$dsc")
[ ! -d "$at" ] || link "$at"
begin
build_tree "$dsc"
start 2-pc nice "$own/recipe.sh"
finish "building OvmfPkgX64 DEBUG" modules
[ ! -t 2 ] || echo >&2
cp kept/OVMF.fd "$work/done/"
cat "$work"/*.log >"$work/done/build.log"
mkdir -p "${at%/*}"
mv "$work/done" "$at"
say "OvmfPkgX64 DEBUG built in $SECONDS s"
link "$at"
