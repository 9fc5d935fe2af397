#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Debian's own OVMF images: fetch.sh DEST
# Links them into DEST under Debian's names, from the ovmf package; where that cannot be installed it is unpacked
# inside DEST instead.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/../emu/setup/fetched.sh"

[ $# = 1 ] || { echo "usage: fetch.sh DEST" >&2; exit 2; }
mkdir -p "$1"
dest=$(cd "$1" && pwd)

link_from() { # ROOT
    [ -e "$1/usr/share/ovmf/OVMF.fd" ] || return 1
    for image in "$1"/usr/share/ovmf/*.fd "$1"/usr/share/OVMF/*.fd; do
        link=$dest/${image##*/}
        [ ! -e "$image" ] || [ "$(readlink "$link")" = "$image" ] || ln -sfn "$image" "$link"
    done
}

if link_from ""; then exit 0; fi
fetched_check "$dest/unpacked" "remove $dest/unpacked and make again" || exit 1
if link_from "$dest/unpacked"; then exit 0; fi
if "$here/../emu/setup/packages.sh" firmware && link_from ""; then exit 0; fi

echo "fetch.sh: unpacking the ovmf package in $dest instead" >&2
. "$here/../emu/setup/apt-private.sh"
work=$dest/unpacked.new
rm -rf "$work"
suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-sid}")
if apt_private "$work" deb "$suite" && (cd "$work" && apt-get -qq -c apt.conf download ovmf); then
    deb=$(ls "$work"/ovmf_*.deb)
    dpkg-deb -x "$deb" "$work/root"
    version=$(dpkg-deb -f "$deb" Version)
    (cd "$work/root" && find usr/share/ovmf usr/share/OVMF -name '*.fd' -type f) | sort | while read -r image; do
        fetched_note "$work/root" ovmf "$version" "$suite" "$deb" "$image"
    done
    mv "$work/root" "$dest/unpacked"
    rm -rf "$work"
    link_from "$dest/unpacked"
    exit 0
fi
rm -rf "$work"
echo "fetch.sh: Debian's ovmf package cannot be had (offline?)" >&2
exit 1
