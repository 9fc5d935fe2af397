#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Debian's hvmloader, for --handoff hvmloader: hvmloader.sh DEST [layouts|newest]
# Unpacks it from the xen-utils package into DEST/hvmloader-VERSION, with DEST/hvmloader a link to it; with `newest` the
# one of Debian's unstable suite, with DEST/hvmloader-newest a link to it; with `layouts` that of the Xen version which layouts
# are of unless they say another, wherever Debian has it. No package is installed. What is there already is
# looked at: exit 1 when it is not what was fetched. Exit 77: cannot be had.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
usage() { echo "usage: hvmloader.sh DEST [layouts|newest]" >&2; exit 2; }

[ $# = 1 ] || [ $# = 2 ] || usage
# (4.17: emu/layout/xlcfg.c:layout_default)
case ${2-own} in
own) link=hvmloader suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-sid}") version='4\.[0-9]+' ;;
newest) link=hvmloader-newest suite=sid version='4\.[0-9]+' ;;
layouts) link=hvmloader-4.17 suite=bookworm version='4\.17' ;;
*) usage ;;
esac
mkdir -p "$1"
dest=$(cd "$1" && pwd)
. "$here/../emu/setup/apt-private.sh"
. "$here/../emu/setup/fetched.sh"
# A link, but for a version's own file.
name() { readlink "$dest/$link" || echo "$link"; }
there() { [ -e "$dest/$link" ]; }
# (One of an older hvmbed is not noted: it is fetched again.)
if there && fetched_known "$dest" "$(name)"; then
    fetched_check "$dest" "remove it and make again" "$(name)" || exit 1
    exit 0
fi

work=$dest/hvmloader.new
rm -rf "$work"
trap 'rm -rf "$work"' EXIT

# Named after Xen's version: xen-utils-4.17 in Debian 12, xen-utils-4.20 in 13.
get() {
    apt_private "$work" deb "$suite" || return 1
    package=$(apt-cache -c "$work/apt.conf" pkgnames xen-utils-4 | grep -xE "xen-utils-$version" | sort -V | tail -n 1)
    [ -n "$package" ] && (cd "$work" && apt-get -qq -c apt.conf download "$package") || return 1
    deb=$(ls "$work/$package"_*.deb) && dpkg-deb -x "$deb" "$work/root" || return 1
    found=$(find "$work/root" -name hvmloader -type f | head -n 1)
    [ -n "$found" ]
}

if get; then
    echo "hvmloader: from $package" >&2
    file=hvmloader-${package#xen-utils-}
    mv "$found" "$dest/$file"
    fetched_note "$dest" "$package" "$(dpkg-deb -f "$deb" Version)" "$suite" "$deb" "$file"
    [ "$file" = "$link" ] || ln -sfn "$file" "$dest/$link"
    exit 0
fi
if there; then exit 0; fi
echo "hvmloader.sh: no xen-utils package from $suite (offline, or it was refused): what needs it is left out" >&2
exit 77
