#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the checks cost, what the bed costs over a bare Unicorn loop, and what hvmloader costs over the synthetic hand-off:
# host instructions (callgrind; the same each time, whatever else the machine does), and CPU time in paired runs. Only
# ratios count; exit 1 when one is over its limit.
# Usage: run.sh [PAIRS]; env as for the tests (HVMBED, BUILD, FIRMWARE_DIR, SRC). About 20 minutes.
set -eu
pairs=${1:-15}
worst=0
checks=1.03 # all checks on, against off
bare=1.15   # one boot, against the bare loop
loader=1.5  # hvmloader and the firmware, against the firmware alone

instructions() { # COMMAND...
    local log
    log=$(valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 >/dev/null) ||
        { echo "run.sh: failed: $*" >&2; return 1; }
    awk '/Collected/ {print $4}' <<<"$log"
}

ratio() { # LABEL A B LIMIT
    awk -v label="$1" -v a="$2" -v b="$3" -v limit="$4" 'BEGIN {
        r = a / b
        printf "%-44s %.0f M / %.0f M host instructions  ratio %.4f  limit %.2f  %s\n",
            label, a / 1e6, b / 1e6, r, limit, r <= limit ? "ok" : "OVER"
        exit r > limit }' || worst=1
}

count() { # NAME LAYOUT-FILE IMAGE
    local on off loop
    # Under callgrind a boot takes minutes: patience, or the bed would take a closer look.
    on=$(instructions "$HVMBED" run -q --patience 100000 --layout "$2" "$3")
    off=$(instructions "$HVMBED" run -q --patience 100000 --no-checks --layout "$2" "$3")
    loop=$(instructions "$BUILD/bench/bare" "$2" "$3")
    ratio "$1: checks on / off" "$on" "$off" $checks
    ratio "$1: hvmbed / bare Unicorn loop" "$on" "$loop" $bare
}

# The real first stage is to cost little enough to be used always.
count_loader() { # NAME LAYOUT-FILE IMAGE
    local with without
    [[ $2 = */hvm-* && -s $FIRMWARE_DIR/hvmloader ]] || return 0
    with=$(instructions "$HVMBED" run -q --patience 100000 --handoff hvmloader \
        --hvmloader "$FIRMWARE_DIR/hvmloader" --layout "$2" "$3")
    without=$(instructions "$HVMBED" run -q --patience 100000 --handoff hvm --layout "$2" "$3")
    ratio "$1: hvmloader / synthetic hand-off" "$with" "$without" $loader
}

time_pairs() { # NAME LAYOUT-FILE IMAGE
    local run="$HVMBED run -q --layout $2 $3"
    "$BUILD/bench/pair" "$pairs" $checks "$1: checks on / off" "$run" "$HVMBED run -q --no-checks --layout $2 $3" || worst=1
    "$BUILD/bench/pair" "$pairs" $bare "$1: hvmbed / bare Unicorn loop" "$run" "$BUILD/bench/bare $2 $3" || worst=1
}

each() { # FUNCTION
    local image name layout
    for image in "$FIRMWARE_DIR"/OVMF.fd "$FIRMWARE_DIR"/ovmfxen/RELEASE/OVMF.fd; do
        [ -e "$image" ] || continue
        name=${image#"$FIRMWARE_DIR"/}
        for layout in hvm-1g pvh-1g; do
            # OVMF.fd has no PVH entry.
            [ "$name" != OVMF.fd ] || [ $layout = hvm-1g ] || continue
            "$1" "$name $layout" "$SRC/layouts/$layout.cfg" "$image"
        done
    done
}

# What one more layout costs in a process that has booted before.
warm_up() { # NAME LAYOUT-FILE IMAGE
    [[ $1 = *RELEASE* ]] || return 0
    echo "$1:"
    "$BUILD/bench/warm" "$2" "${2/1g/256m}" "$3" || worst=1
}

each count
each count_loader
each warm_up
[ "$pairs" = 0 ] || each time_pairs
exit $worst
