#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Broken OvmfXen images, each with one seeded fault: faults.sh DEST quick|all|NAME...
# Makes DEST/faults/NAME/TARGET point to directories with OVMF.fd and *.debug, for the rows of faults/table.tsv. DEST is build.sh's.
# They are kept in build.sh's cache, below faults/; one takes some seconds, as long as the archived tree of the good images is there.
# Exit 77: cannot be had here.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
[ $# -ge 2 ] || { echo "usage: faults.sh DEST quick|all|NAME..." >&2; exit 2; }
. "$here/tree.sh"

mkdir -p "$1"
dest=$(cd "$1" && pwd)
shift
good=$(readlink -f "$dest/RELEASE") && [ -e "$good/OVMF.fd" ] || skip "no faults: OvmfXen was not built"
key=$(basename "$(dirname "$good")")

# "NAME TARGET" of the table's rows; quick ones have a + in the last column.
wanted() { # quick|all|NAME...
    awk -F '\t' -v "names= $* " '/^#/ { next }
        names == " all " || (names == " quick " && $NF == "+") || index(names, " " $1 " ") { print $1, $2 }' "$here/faults/table.tsv" | sort -u
}
entry() { # NAME TARGET
    local hash
    hash=$({ echo "$key $2"; sed '/^ *#/d' "$here/fault.sh" "$here/faults/$1.sh"; } | sha256sum | cut -c 1-16)
    echo "$cache/faults/$hash"
}

link() {
    local name target
    for name; do
        set -- ${name/:/ }
        mkdir -p "$dest/faults/$1"
        ln -sfn "$(entry "$1" "$2")" "$dest/faults/$1/$2"
    done
}

tree() {
    local dsc
    begin
    if [ -e "$(tree_archive "$key")" ]; then
        mkdir "$work/source"
        start 0-source tar -xzf "$(tree_archive "$key")" -C "$work/source"
        finish "unpacking the tree for faults"
        cd "$work/source"
        return
    fi
    dsc=$("$here/source.sh" "$cache/source") || no_source $? "no faults: Debian's edk2 source package cannot be fetched (offline?)"
    [ "$(key_of "$dsc")" = "$key" ] || skip "no faults: OvmfXen was built from something else; \`make ovmfxen\` builds it anew"
    # shellcheck disable=SC2086
    build_tree "$dsc" $fault_targets
    keep_tree "$key"
}

build() { # NAME TARGET...
    local name=$1 target
    shift
    start "3-$name" "$here/fault.sh" image "$name" "$work/done/$name" "$@"
    finish "seeding $name"
    for target; do
        mv "$work/done/$name/$target" "$(entry "$name" "$target")"
    done
}

missing() { # NAME:TARGET...
    local row
    for row; do [ -e "$(entry "${row%:*}" "${row#*:}")/OVMF.fd" ] || echo "$row"; done
}

mapfile -t rows < <(wanted "$@" | tr ' ' :)
[ ${#rows[@]} -gt 0 ] || { echo "faults.sh: no such fault: $*" >&2; exit 2; }
if [ -n "$(missing "${rows[@]}")" ]; then
    "$setup/packages.sh" ovmfxen || skip "no faults: OvmfXen's build packages are missing"
    lock
    mapfile -t todo < <(missing "${rows[@]}")
    if [ ${#todo[@]} -gt 0 ]; then
        tree
        for name in $(printf '%s\n' "${todo[@]%:*}" | uniq); do
            # shellcheck disable=SC2046
            build "$name" $(printf '%s\n' "${todo[@]}" | sed -n "s/^$name://p")
        done
        [ ! -t 2 ] || echo >&2
        say "${#todo[@]} faulty images built in $SECONDS s"
    fi
fi
link "${rows[@]}"
