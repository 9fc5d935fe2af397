#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Debian's edk2 source package: source.sh DIR [find]
# Prints the path of its .dsc below DIR. Once fetched that answer is remembered, and costs no network again.
# With "find" it only looks: exit 1 when it was never fetched. Exit 4: what is there is not what was fetched. EDK2_SUITE takes
# another suite's version.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/../../emu/setup/apt-private.sh"
. "$here/../../emu/setup/fetched.sh"

suite=${EDK2_SUITE:-bookworm}
# Wanted as long as the mirror has it, so that everyone tests the same firmware; then the suite's newest.
case $suite in
    bookworm) pinned=2022.11-6+deb12u2 ;;
    trixie) pinned=2025.02-8+deb13u1 ;;
    *) pinned= ;;
esac

mkdir -p "$1"
dir=$(cd "$1" && pwd)
known() { ls "$dir/$suite"/edk2_*.dsc 2>/dev/null; }

fetched_check "$dir/$suite" "remove $dir/$suite and make again" || exit 4
if known; then exit 0; fi
[ "${2:-}" != find ] || exit 1

work=$dir/$suite.new
rm -rf "$work"
trap 'rm -rf "$work"' EXIT
apt_private "$work/apt" deb-src "$suite"
versions=$(apt-cache -c "$work/apt/apt.conf" showsrc edk2 | sed -n 's/^Version: //p')
if echo "$versions" | grep -qxF -- "$pinned"; then
    version=$pinned
else
    version=$(for v in $versions; do
        [ -n "${newest:-}" ] && dpkg --compare-versions "$v" lt "$newest" || newest=$v
        echo "$newest"
    done | tail -n 1)
    [ -n "$version" ] || { echo "no edk2 source package in $suite" >&2; exit 1; }
    [ -z "$pinned" ] || echo "edk2 $pinned is gone from $suite, taking $version" >&2
fi
# Some mirrors have the archives and not the .dsc. What dpkg-source takes of it is in the suite's signed index too, sums included.
dsc_of_index() { # VERSION
    apt-cache -c apt/apt.conf showsrc edk2 | awk -v RS= -v "version=$1" 'index($0 "\n", "\nVersion: " version "\n")' |
        sed '/\.dsc$/d; /^\(Directory\|Priority\|Section\):/d; s/^Package:/Source:/' >"edk2_$1.dsc"
    [ -s "edk2_$1.dsc" ] && sed -n 's/^ [0-9a-f]\{64\} [0-9]* //p' "edk2_$1.dsc" | xargs ls >/dev/null
}
# apt checks the files against that index.
(
    cd "$work"
    apt-get -qq -c apt/apt.conf source --download-only --only-source "edk2=$version" >apt.log 2>&1 ||
        dsc_of_index "$version" 2>/dev/null || { cat apt.log >&2; exit 1; }
    rm -f apt.log
)
rm -rf "$work/apt"
for file in "$work"/edk2_*; do fetched_note "$work" edk2 "$version" "$suite" "$file" "${file##*/}"; done
mv "$work" "$dir/$suite"
known
