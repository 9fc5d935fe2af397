#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Unicorn Engine for the build: unicorn.sh DEST [SUITE]
# With SUITE that one's packages, whatever their version: for `make test-engines`.
# Older releases than 2.1.2 do not do (guest paging, an RDTSC hook), so where the distribution's is older, a
# newer Debian suite's binary packages are unpacked inside DEST; the system stays as it is. Each later call looks whether
# they are still what was fetched.
# Writes DEST/unicorn.mk: UNICORN_VERSION, UNICORN_CFLAGS, UNICORN_LIBS, and UNICORN_LIBDIR where the program
# has to be told (by rpath) where the library is.
set -eu

minimum=2.1.2
suites="trixie-backports forky testing sid"

here=$(cd "$(dirname "$0")" && pwd)
. "$here/apt-private.sh"
. "$here/fetched.sh"

[ $# = 1 ] || [ $# = 2 ] || { echo "usage: unicorn.sh DEST [SUITE]" >&2; exit 2; }
[ $# = 1 ] || minimum=0
mkdir -p "$1"
dest=$(cd "$1" && pwd)
exec 9>"$dest/lock" # two makes at once: the second finds the first one's result
flock 9

at_least() { dpkg --compare-versions "$1" ge "$2"; }
say() { echo "unicorn: $*" >&2; }

write_mk() { # VERSION CFLAGS LIBS LIBDIR
    printf 'UNICORN_%s := %s\n' VERSION "$1" CFLAGS "$2" LIBS "$3" LIBDIR "$4" >"$dest/unicorn.mk.new"
    # Its time stamp makes everything that is linked with Unicorn new.
    if cmp -s "$dest/unicorn.mk.new" "$dest/unicorn.mk"; then
        rm "$dest/unicorn.mk.new"
    else
        mv "$dest/unicorn.mk.new" "$dest/unicorn.mk"
    fi
}

# What an earlier call unpacked; one of an older hvmbed did not note what.
use_noted() { [ -e "$dest/root/fetched.tsv" ] && use_unpacked; }
use_unpacked() {
    [ -e "$dest/root/version" ] || return 1
    fetched_check "$dest/root" "remove $dest and make again" || exit 1
    for so in "$dest"/root/usr/lib/*/libunicorn.so; do lib=$(dirname "$so"); done
    write_mk "$(cat "$dest/root/version")" "-I$dest/root/usr/include" "-L$lib -lunicorn" "$lib"
}

use_installed() {
    command -v pkg-config >/dev/null && pkg-config --atleast-version=$minimum unicorn || return 1
    write_mk "$(pkg-config --modversion unicorn)" "$(pkg-config --cflags unicorn)" "$(pkg-config --libs unicorn)" ""
}

use_distribution() {
    candidate=$(apt-cache policy libunicorn-dev 2>/dev/null | awk '$1 == "Candidate:" { print $2 }')
    [ -n "$candidate" ] && [ "$candidate" != "(none)" ] && at_least "$candidate" $minimum || return 1
    "$here/packages.sh" unicorn && use_installed
}

unpack() { # PACKAGE VERSION
    deb=$(ls "$work/$1"_*.deb) && dpkg-deb -x "$deb" "$dest/root.new" || return 1
    # What is used of it; the static library, for one, is not.
    list=$(cd "$dest/root.new" && find usr -type f \( -name '*.so*' -o -name '*.h' -o -path "*/$1/copyright" \) | sort)
    for file in $list; do
        fetched_known "$dest/root.new" "$file" || fetched_note "$dest/root.new" "$1" "$2" "$suite" "$deb" "$file"
    done
}

# The packages of the first suite that has a new enough one which this machine's libc can run.
use_suite() {
    suite=$1
    work=$dest/apt-$suite
    rm -rf "$work" "$dest/root.new"
    apt_private "$work" deb "$suite" || return 1
    version=$(apt-cache -c "$work/apt.conf" show libunicorn-dev 2>/dev/null | awk '$1 == "Version:" { print $2; exit }')
    [ -n "$version" ] && at_least "$version" $minimum || return 1
    library=$(apt-cache -c "$work/apt.conf" show "libunicorn-dev=$version" |
        sed -n 's/^Depends:.*\(libunicorn2[a-z0-9]*\).*/\1/p' | head -n 1)
    [ -n "$library" ] || return 1
    libc_wanted=$(apt-cache -c "$work/apt.conf" show "$library=$version" |
        sed -n 's/^Depends:.*libc6 (>= \([^)]*\)).*/\1/p' | head -n 1)
    libc_here=$(dpkg-query -W -f '${Version}\n' libc6 | head -n 1)
    if ! at_least "$libc_here" "${libc_wanted:-0}"; then
        say "$suite has $version, which needs libc >= $libc_wanted (here: $libc_here)"
        return 1
    fi
    say "getting $version from $suite"
    (cd "$work" && apt-get -qq -c apt.conf download "$library=$version" "libunicorn-dev=$version") || return 1
    mkdir "$dest/root.new"
    unpack "$library" "$version" && unpack libunicorn-dev "$version" || return 1
    echo "$version" >"$dest/root.new/version"
    rm -rf "$work" "$dest/root"
    mv "$dest/root.new" "$dest/root"
    use_unpacked
}

if [ $# = 2 ]; then
    use_noted || use_suite "$2"
    exit
fi
if use_noted || use_installed || use_distribution; then exit 0; fi
for suite in $suites; do
    if use_suite "$suite"; then exit 0; fi
    rm -rf "$dest/apt-$suite" # the lists are large
done
if use_unpacked; then exit 0; fi
say "no Unicorn >= $minimum to be had (tried the distribution and $suites)."
say "Connect to a Debian mirror, or install Unicorn yourself so that pkg-config finds it."
exit 1
