#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the checks cost, and what the bed costs over a bare Unicorn loop, as ratios of CPU time in paired runs.
# Usage: run.sh [RUNS]; env as for the tests (HVMBED, BUILD, FIRMWARE_DIR, SRC).
set -eu
runs=${1:-15}
worst=0

pair() { # LIMIT LABEL A B
    "$BUILD/bench/pair" "$runs" "$1" "$2" "$3" "$4" || worst=1
}

for image in "$FIRMWARE_DIR"/OVMF.fd "$FIRMWARE_DIR"/ovmfxen/*/OVMF.fd; do
    [ -e "$image" ] || continue
    name=${image#"$FIRMWARE_DIR"/}
    for layout in hvm-1g pvh-1g; do
        [ "$name" != OVMF.fd ] || [ $layout = hvm-1g ] || continue
        cfg=$SRC/layouts/$layout.cfg
        run="$HVMBED run -q --layout $cfg $image"
        pair 1.03 "$name $layout: checks on / off" "$run" "$HVMBED run -q --no-checks --layout $cfg $image"
        pair 1.15 "$name $layout: hvmbed / bare Unicorn loop" "$run" "$BUILD/bench/bare $cfg $image"
    done
done
exit $worst
