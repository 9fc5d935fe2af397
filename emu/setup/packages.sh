#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Installs what is missing of some groups in packages.txt: packages.sh GROUP...
# When nothing is missing apt is not called at all, so that offline works.
set -eu

table=$(dirname "$0")/packages.txt

wanted=
for group; do
    line=$(sed -n "s/^$group: *//p" "$table")
    [ -n "$line" ] || { echo "packages.sh: no group '$group' in $table" >&2; exit 2; }
    wanted="$wanted $line"
done

if ! command -v dpkg-query >/dev/null; then
    echo "packages.sh: not a Debian system; the equivalents of these are needed:$wanted" >&2
    exit 0 # they may well be there
fi

installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' $wanted 2>/dev/null |
    sed -n 's/ installed$//p' | tr '\n' ' ')
missing=
for package in $wanted; do
    case " $installed $missing " in
        *" $package "*) ;;
        *) missing="$missing $package" ;;
    esac
done
[ -n "$missing" ] || exit 0

give_up() {
    echo "packages.sh: missing:$missing" >&2
    echo "packages.sh: $1; as root: apt-get update && apt-get install$missing" >&2
    exit 1
}

if [ "$(id -u)" = 0 ]; then
    root=
elif ! command -v sudo >/dev/null; then
    give_up "neither root nor sudo to install them with"
elif [ -t 0 ]; then
    root=sudo
else
    root="sudo -n" # nobody there to type a password
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
install_missing() {
    $root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 \
        install --no-install-recommends $missing >"$log" 2>&1
}

echo "installing:$missing" >&2
# The lists are brought up to date only when they are not good enough.
ls /var/lib/apt/lists/*Packages* >/dev/null 2>&1 && install_missing && exit 0
# (An update fails for any one of the machine's sources; what counts is whether the install works after it.)
$root apt-get -qq update >"$log" 2>&1 || true
install_missing && exit 0
grep -m 3 -E '^(E|W):|sudo:' "$log" >&2 || true
give_up "apt could not install them (offline?)"
