#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# OvmfXen from Debian's edk2 source: build.sh DEST
# Makes DEST/RELEASE, DEST/DEBUG and DEST/DEBUG-FP (recipe.sh tells) point to directories with OVMF.fd and its *.debug files. They are built once
# (about 5 minutes) and kept in a cache outside the checkout: HVMBED_CACHE, by default ~/.cache/hvmbed.
# Exit 77: cannot be had here (offline with nothing cached).
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
targets="RELEASE DEBUG DEBUG-FP"

[ $# = 1 ] || { echo "usage: build.sh DEST" >&2; exit 2; }
. "$here/tree.sh"
mkdir -p "$1"
dest=$(cd "$1" && pwd)

link() { # KEY
    local target
    for target in $targets; do
        [ "$dest/$target" -ef "$cache/$1/$target" ] || ln -sfn "$cache/$1/$target" "$dest/$target"
    done
    exit 0
}

build() { # DSC KEY
    local target
    begin
    # shellcheck disable=SC2086
    build_tree "$1" $targets
    for target in $targets; do
        mkdir "$work/done/$target"
        cp "$(output "$target")/FV/OVMF.fd" "$(output "$target")/X64/"*.debug "$work/done/$target/"
    done
    keep_tree "$2"
    [ ! -t 2 ] || echo >&2
    cat "$work"/*.log >"$work/done/build.log"
    mv "$work/done" "$cache/$2"
    say "built in $SECONDS s"
}

"$setup/packages.sh" ovmfxen || skip "not built: its build packages are missing"
if dsc=$("$here/source.sh" "$cache/source" find) && key=$(key_of "$dsc") && [ -d "$cache/$key" ]; then link "$key"; fi

lock
dsc=$("$here/source.sh" "$cache/source") || no_source $? "not built: Debian's edk2 source package cannot be fetched (offline?)"
key=$(key_of "$dsc")
[ -d "$cache/$key" ] || build "$dsc" "$key"
link "$key"
