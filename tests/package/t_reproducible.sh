#!/bin/bash
# No path of the machine is in what is built. With REPRODUCIBLE=1 or CI=1 (`make test-reproducible`): all that is installed, the test
# ROMs and, where the tools are there, the Debian packages are built twice, in unlike folders and surroundings, to the same bytes.
. "$SRC/tests/tap.sh"
sanitized() { nm -D "$HVMBED" | grep -q __asan_; }
! sanitized || skip_all "what is built with sanitizers is not installed"

no_path() { # FILE
    ! LC_ALL=C grep -aoE "($SRC|$BUILD)[^[:cntrl:]]{0,40}" "$1"
}
for file in "$BUILD"/install/hvmbed "$BUILD"/install/libhvmbed.so.* "$BUILD"/libhvmbed.a "$BUILD"/roms/good.fd; do
    [ ! -e "$file" ] || ok "no path of this machine is in ${file#"$BUILD"/}" no_path "$file"
done
[ -n "${REPRODUCIBLE:-}${CI:-}" ] || { skip "two builds" "takes some minutes: make test-reproducible"; done_testing; }

sources() { # FOLDER
    mkdir -p "$1"
    (cd "$SRC" && if git rev-parse >/dev/null 2>&1; then
        git ls-files -co --exclude-standard -z | while IFS= read -r -d '' f; do [ ! -e "$f" ] || printf '%s\0' "$f"; done
    else
        find . -path ./build -prune -o -type f -print0
    fi | tar -c --null -T -) | tar -x -C "$1"
    # What an old release would fetch.
    local root
    root=$(dirname "$FIRMWARE_DIR")/unicorn/root
    [ ! -d "$root" ] || { mkdir -p "$1/build/unicorn" && cp -a "$root" "$1/build/unicorn/"; }
}
clean_make() { env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS -u BUILD -u SRC -u FIRMWARE_DIR "$@"; }
build() { # FOLDER ENVIRONMENT...
    local folder=$1
    shift
    (cd "$folder" && clean_make "$@" sh -c '
        make ${CC:+CC="$CC"} PREFIX=/usr all installable roms && make ${CC:+CC="$CC"} DESTDIR="$PWD/../$INTO" PREFIX=/usr HVMLOADERS= install &&
        cp -r build/roms build/loaders build/efi "../$INTO/"') >"$T/$(basename "$folder").log" 2>&1
}
cc=${REPRODUCIBLE_CC:-}
one=$T/a two=$T/"another-folder-with-a-longer-name"/b
sources "$one" && sources "$two"
built() { tail -n 5 "$T/$(basename "$1").log"; [ -x "$2/usr/bin/hvmbed" ]; }
build "$one" INTO=one TZ=UTC LC_ALL=C ${cc:+CC="$cc"}
ok "a build" built "$one" "$T/one"
(umask 077 && touch -d '2020-01-01' "$two"/emu/*/*.c &&
    build "$two" INTO=two TZ=Asia/Tokyo LC_ALL=C.UTF-8 USER=somebody HOME=/nonexistent ${cc:+CC="$cc"})
ok "another, elsewhere" built "$two" "$(dirname "$two")/two"
same() { # FOLDER FOLDER
    diff -rq "$1" "$2" && find "$1" -type f | wc -l
}
ok "the same files, to the byte" same "$T/one" "$(dirname "$two")/two"
echo "# $(cd "$T/one" && find . -type f | wc -l) files, $(cd "$T/one" && find . -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -c 1-16)"

for tool in dh dpkg-buildpackage; do
    command -v $tool >/dev/null || { skip "Debian packages" "no $tool; group ci of emu/setup/packages.txt"; done_testing; }
done
packages() { # FOLDER
    (cd "$1" && rm -rf build/obj build/install build/man build/hvmbed && clean_make CC="${cc:-cc}" DEB_BUILD_OPTIONS="parallel=$(nproc) nocheck" \
        dpkg-buildpackage -us -uc -b -nc) >"$T/deb.log" 2>&1 || { tail -n 20 "$T/deb.log"; return 1; }
}
ok "Debian packages" packages "$one"
ok "again, elsewhere" packages "$two"
same_packages() {
    local deb
    for deb in "$T"/*.deb; do cmp "$deb" "$(dirname "$two")/${deb##*/}" || return 1; done
    ls "$T"/*.deb
}
ok "the same packages, to the byte" same_packages
done_testing
