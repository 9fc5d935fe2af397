#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Installs files and remembers which: install.sh install MANIFEST, with lines "MODE<tab>SOURCE<tab>DESTINATION" on standard
# input; a MODE of "link" makes a symbolic link to SOURCE. install.sh uninstall MANIFEST removes what the file lists, which
# is all that was installed, and folders that are called hvmbed once they are empty. DESTDIR goes before all paths.
set -eu
umask 022 # for everybody, whoever installs

[ $# = 2 ] || { echo "usage: install.sh install|uninstall MANIFEST" >&2; exit 2; }
root=${DESTDIR-}
manifest=$root$2
tab=$(printf '\t')

put() { # MODE SOURCE DESTINATION
    mkdir -p "$(dirname "$root$3")"
    case $1 in
    link) ln -sfn "$2" "$root$3" ;;
    *) install -m "$1" "$2" "$root$3" ;;
    esac
}

install_all() {
    mkdir -p "$(dirname "$manifest")"
    : >"$manifest.new"
    while IFS=$tab read -r mode source destination; do
        put "$mode" "$source" "$destination"
        echo "$destination" >>"$manifest.new"
    done
    echo "$1" >>"$manifest.new"
    # What another version had installed, and this one does not have.
    if [ -e "$manifest" ]; then
        while read -r path; do
            grep -qxF -- "$path" "$manifest.new" || rm -f -- "$root$path"
        done <"$manifest"
    fi
    mv "$manifest.new" "$manifest"
    echo "installed $(wc -l <"$manifest") files below ${root:-/}"
}

# Ours and empty, upwards.
drop_folder() {
    while :; do
        case $1 in
        */hvmbed | */hvmbed/*) rmdir -- "$root$1" 2>/dev/null || return 0 ;;
        *) return 0 ;;
        esac
        set -- "$(dirname "$1")"
    done
}

uninstall_all() {
    [ -e "$manifest" ] || { echo "install.sh: nothing is installed: no $manifest" >&2; exit 1; }
    list=$(cat "$manifest")
    echo "$list" | while read -r path; do rm -f -- "$root$path"; done
    echo "$list" | while read -r path; do drop_folder "$(dirname "$path")"; done
}

case $1 in
install) install_all "$2" ;;
uninstall) uninstall_all ;;
*) echo "install.sh: install or uninstall, not $1" >&2; exit 2 ;;
esac
