#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Debian's hvmloader, for --handoff hvmloader: hvmloader.sh DEST [newest]
# Unpacks it from the xen-utils package into DEST/hvmloader-VERSION, with DEST/hvmloader a link to it; with `newest` the
# one of Debian's unstable suite, with DEST/hvmloader-newest a link to it. No package is installed. Exit 77: cannot be had.
set -eu

here=$(cd "$(dirname "$0")" && pwd)

[ $# = 1 ] || [ "${2:-}" = newest ] || { echo "usage: hvmloader.sh DEST [newest]" >&2; exit 2; }
mkdir -p "$1"
dest=$(cd "$1" && pwd)
if [ "${2:-}" = newest ]; then
    link=hvmloader-newest suite=sid
else
    link=hvmloader suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-sid}")
fi
[ ! -h "$dest/$link" ] || [ ! -e "$dest/$link" ] || exit 0

. "$here/../emu/setup/apt-private.sh"
work=$dest/hvmloader.new
rm -rf "$work"
trap 'rm -rf "$work"' EXIT

# Named after Xen's version: xen-utils-4.17 in Debian 12, xen-utils-4.20 in 13.
get() {
    apt_private "$work" deb "$suite" || return 1
    package=$(apt-cache -c "$work/apt.conf" pkgnames xen-utils-4 | grep -E '^xen-utils-4\.[0-9]+$' | sort -V | tail -n 1)
    [ -n "$package" ] && (cd "$work" && apt-get -qq -c apt.conf download "$package") || return 1
    for deb in "$work"/*.deb; do dpkg-deb -x "$deb" "$work/root"; done
    found=$(find "$work/root" -name hvmloader -type f | head -n 1)
    [ -n "$found" ]
}

if get; then
    echo "hvmloader: from $package" >&2
    name=hvmloader-${package#xen-utils-}
    mv "$found" "$dest/$name"
    ln -sfn "$name" "$dest/$link"
    exit 0
fi
echo "hvmloader.sh: no xen-utils package from $suite (offline?): what needs it is left out" >&2
exit 77
