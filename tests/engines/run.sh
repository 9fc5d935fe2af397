#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The program on every Unicorn that Debian's suites offer: run.sh [SUITE...]. It finds the library by its soname, so another
# one is put in its way. One that is too old must be refused; with any other, all presets by all images and all ROMs must give the
# same reports as with the one that the program was built with, but for the version. For `make test-engines`, which sets the
# environment. ONLY: a pattern of what to boot, of the names of ROMs and of LAYOUT.cfg.
set -u
suites=("$@")
[ $# != 0 ] || suites=(bookworm trixie forky sid)
minimum=2.1.2
only=${ONLY-*}
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
. "$SRC/tests/presets.sh"
bad=0

images() {
    local image
    for image in "$FIRMWARE_DIR"/OVMF.fd "$FIRMWARE_DIR"/ovmfxen/{RELEASE,DEBUG}/OVMF.fd; do
        [ ! -e "$image" ] || echo "$image"
    done
}

one() { # LIBRARY OUT ARGUMENTS...
    local library=$1 out=$2
    shift 2
    LD_LIBRARY_PATH=$library timeout 300 "$HVMBED" run -q -f json "$@" >"$out" 2>"$out.err"
    echo "exit $?" >>"$out"
    sed -i '/"version": "[0-9.]*"/d' "$out"
}

all() { # LIBRARY FOLDER
    local image layout rom what options
    mkdir -p "$2"
    for image in $(images); do
        for layout in "$SRC"/layouts/*.cfg; do
            is_slow "$layout" || [[ ${layout##*/} != $only ]] || one "$1" "$2/$(basename "$layout")-$(cksum <<<"$image" | cut -d ' ' -f 1)" -l "$layout" "$image"
        done
    done
    while IFS=$'\t' read -r rom what options _; do
        [[ $rom != '#'* && $rom = $only ]] || continue
        [ "$options" != - ] || options=
        [ "$what" != - ] || { what=hvm-1g; [[ $rom != pvh-* ]] || what=pvh-1g; }
        [[ $what != *.cfg ]] || what=$SRC/tests/roms/$what
        [[ $rom = pvh-* || $options = *--handoff* ]] || options="--handoff hvm $options"
        # shellcheck disable=SC2086
        one "$1" "$2/$rom-$(basename "$what")-${options// /}" $options -l "$what" "$BUILD/roms/$rom.fd"
    done <"$SRC/tests/roms/table.tsv"
}

refused() { # LIBRARY
    LD_LIBRARY_PATH=$1 "$HVMBED" run -q -l hvm-1g "$BUILD/roms/good.fd" >"$T/out" 2>"$T/err"
    [ $? = 2 ] && [ ! -s "$T/out" ] && [ "$(wc -l <"$T/err")" = 1 ] && grep -q 'libunicorn is older than' "$T/err"
}

for suite in "${suites[@]}"; do
    dest=$BUILD/engines/$suite
    if ! "$SRC/emu/setup/unicorn.sh" "$dest" "$suite"; then
        echo "$suite: not to be had"
        continue
    fi
    library=$(sed -n 's/^UNICORN_LIBDIR := //p' "$dest/unicorn.mk")
    version=$(sed -n 's/^UNICORN_VERSION := //p' "$dest/unicorn.mk")
    if dpkg --compare-versions "$version" lt $minimum; then
        if refused "$library"; then
            echo "$suite: $version is refused"
        else
            echo "$suite: $version is NOT refused as it should be:"
            cat "$T/err"
            bad=1
        fi
        continue
    fi
    [ -d "$T/default" ] || all "" "$T/default"
    [ ! -d "$T/$version" ] || { echo "$suite: $version, as before"; continue; }
    all "$library" "$T/$version"
    if diff -rq "$T/default" "$T/$version" >"$T/diff"; then
        echo "$suite: $version: $(find "$T/default" ! -name '*.err' -type f | wc -l) reports are the same"
    else
        echo "$suite: $version: not the same:"
        cat "$T/diff"
        bad=1
    fi
done
exit $bad
