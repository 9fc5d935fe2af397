#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Debian's hvmloader, for --handoff hvmloader: hvmloader.sh DEST
# Unpacks it from the xen-utils package into DEST/hvmloader; the package itself is not installed. Exit 77: cannot be had.
set -eu

here=$(cd "$(dirname "$0")" && pwd)

[ $# = 1 ] || { echo "usage: hvmloader.sh DEST" >&2; exit 2; }
mkdir -p "$1"
dest=$(cd "$1" && pwd)
[ ! -e "$dest/hvmloader" ] || exit 0

. "$here/../emu/setup/apt-private.sh"
work=$dest/hvmloader.new
rm -rf "$work"
if apt_private "$work" deb "$(. /etc/os-release && echo "${VERSION_CODENAME:-sid}")"; then
    # Named after Xen's version: xen-utils-4.17 in Debian 12, xen-utils-4.20 in 13.
    package=$(apt-cache -c "$work/apt.conf" pkgnames xen-utils-4 | grep -E '^xen-utils-4\.[0-9]+$' | sort -V | tail -n 1)
    if [ -n "$package" ] && (cd "$work" && apt-get -qq -c apt.conf download "$package"); then
        for deb in "$work"/*.deb; do dpkg-deb -x "$deb" "$work/root"; done
        found=$(find "$work/root" -name hvmloader -type f | head -n 1)
        if [ -n "$found" ]; then
            echo "hvmloader: from $package" >&2
            mv "$found" "$dest/hvmloader"
            rm -rf "$work"
            exit 0
        fi
    fi
fi
rm -rf "$work"
echo "hvmloader.sh: Debian's xen-utils package cannot be had (offline?): --handoff hvmloader is left out" >&2
exit 77
