#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What a boot costs, as ratios with a limit each; exit 1 when one is over it. Counted in host instructions (callgrind: the
# same each time, whatever else the machine does) where both sides are ours, in CPU time of runs in turn otherwise.
# Usage: run.sh [PAIRS [ROW...]]; PAIRS 0: only what is counted. A ROW is a word of "rows" below; env as for the tests
# (HVMBED, BUILD, FIRMWARE_DIR, SRC). All of it takes half an hour.
set -eu
pairs=${1:-15}
[ $# = 0 ] || shift
rows=${*:-checks symbols loader bare warm fuzz cache matrix sec dxe stretch}
worst=0
checks=1.03  # all checks on, against off; and for each finding with its call chain:
chain=0.025
faults=0.07  # of both by the clock, where what is copied or read costs page faults, so much more
symbols=1.05 # a clean boot with --symbols, against one without
loader=1.6   # hvmloader and the firmware, against the firmware alone: it copies the image word by word
bare=1.1     # one boot in which the guest unpacks itself, against the bare loop
sec=1.0      # a whole boot of RELEASE, against QEMU TCG's SEC of DEBUG
cache=0.97  # a boot whose image was unpacked by an earlier run, against one that unpacks it
matrix=8.0   # eight cases, against one SEC of DEBUG in QEMU TCG
cores=1.15   # two fuzzers at once, against one alone, by the clock
dxe=4.0      # a boot into the shell, against QEMU TCG's of the same image to the same point
sec_debug=1.5 # a whole boot of DEBUG, PEI's debug output and all, against the same

# Under callgrind a boot takes minutes: patience, or the bed would take a closer look; and valgrind fits in no cage.
slow="--patience 100000 --sandbox no"
instructions() { # COMMAND...
    local log
    log=$(valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 >/dev/null) ||
        { echo "run.sh: failed: $*" >&2; return 1; }
    awk '/Collected/ {print $4}' <<<"$log"
}

ratio() { # LABEL A B LIMIT
    awk -v label="$1" -v a="$2" -v b="$3" -v limit="$4" 'BEGIN {
        r = a / b
        printf "%-52s %.0f M / %.0f M host instructions  ratio %.4f  limit %.2f  %s\n",
            label, a / 1e6, b / 1e6, r, limit, r <= limit ? "ok" : "OVER"
        exit r > limit }' || worst=1
}

in_turn() { # LABEL LIMIT COMMAND-A COMMAND-B
    [ "$pairs" = 0 ] || "$BUILD/bench/pair" "$pairs" "$2" "$1" "$3" "$4" || worst=1
}

# --- each takes NAME LAYOUT-FILE IMAGE
row_checks() {
    local most
    most=$("$HVMBED" run --format json --layout "$2" "$3" | grep -c '"backtrace":' || true)
    most=$(awk -v checks=$checks -v chain=$chain -v nr="$most" 'BEGIN { print checks + nr * chain }')
    ratio "$1: checks on / off" "$(instructions "$HVMBED" run -q $slow --layout "$2" "$3")" \
        "$(instructions "$HVMBED" run -q $slow --no-checks --layout "$2" "$3")" "$most"
    in_turn "$1: checks on / off" "$(awk "BEGIN { print $most + $faults }")" "$HVMBED run -q --layout $2 $3" "$HVMBED run -q --no-checks --layout $2 $3"
}

row_symbols() {
    local dir=${3%/*}
    ls "$dir"/*.debug >/dev/null 2>&1 || return 0
    ratio "$1: with / without --symbols" "$(instructions "$HVMBED" run -q $slow --symbols "$dir" --layout "$2" "$3")" \
        "$(instructions "$HVMBED" run -q $slow --layout "$2" "$3")" $symbols
    in_turn "$1: with / without --symbols" "$(awk "BEGIN { print $symbols + $faults }")" "$HVMBED run -q --symbols $dir --layout $2 $3" \
        "$HVMBED run -q --layout $2 $3"
}

# The real first stage is to cost little enough to be used always.
row_loader() {
    [[ $2 = */hvm-* && -s $FIRMWARE_DIR/hvmloader ]] || return 0
    ratio "$1: hvmloader / synthetic hand-off" \
        "$(instructions "$HVMBED" run -q $slow --handoff hvmloader --hvmloader "$FIRMWARE_DIR/hvmloader" --layout "$2" "$3")" \
        "$(instructions "$HVMBED" run -q $slow --handoff hvm --layout "$2" "$3")" $loader
}

row_bare() {
    local run="$HVMBED run -q $slow --sec-lzma guest --handoff $(handoff "$2") --layout $2 $3"
    ratio "$1: guest LZMA / bare Unicorn loop" "$(instructions $run)" "$(instructions "$BUILD/bench/bare" "$2" "$3")" $bare
    in_turn "$1: guest LZMA / bare Unicorn loop" $bare "$run" "$BUILD/bench/bare $2 $3"
}
handoff() { [[ $1 = */pvh-* ]] && echo pvh || echo hvm; }

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

# CPU seconds that QEMU's SEC of the DEBUG image takes; 0 where that cannot be measured.
why_no_qemu() {
    if ! command -v qemu-system-x86_64 >/dev/null; then
        echo "no qemu-system-x86_64 (Debian: qemu-system-x86)"
    elif [ "$pairs" = 0 ]; then
        echo "no pairs are run"
    elif ! [ -e "$FIRMWARE_DIR/ovmfxen/DEBUG/OVMF.fd" ]; then
        echo "no OvmfXen DEBUG image"
    fi
}
qemu_sec() {
    [ -z "$(why_no_qemu)" ] || { echo 0; return; }
    "$BUILD/bench/sec" 5 0 0 "" "$FIRMWARE_DIR/ovmfxen/DEBUG/OVMF.fd" qemu-system-x86_64 -
}

# What one more layout costs in a process that has booted before.
row_warm() { # NAME LAYOUT-FILE IMAGE
    [[ $1 = *RELEASE* ]] || return 0
    echo "$1:"
    "$BUILD/bench/warm" "$2" "${2/1g/256m}" "$3" 50 "$(qemu_sec)" || worst=1
}

mixes() { # HOW-MANY-AT-ONCE TIER RUNS LAYOUT-FILE IMAGE: milliseconds
    local begin=${EPOCHREALTIME/./} i
    for i in $(seq "$1"); do
        "$BUILD/bench/fuzz" "$2" "$3" 1 "$5" "${4/1g/256m}" | sed -n "\$s|^ *|to the $2, $i of $1: |p" >&2 &
    done
    wait
    echo $(((${EPOCHREALTIME/./} - begin) / 1000))
}
# The least of three, since the cores of a virtual machine are not always as fast as each other.
best_mixes() {
    local best= ms i
    for i in 1 2 3; do
        ms=$(mixes "$@")
        [ -n "$best" ] && [ "$ms" -ge "$best" ] || best=$ms
    done
    echo "$best"
}
# Layouts as hvmbed fuzz makes them, on one core and on two: a fuzzer on each shares nothing with the other.
row_fuzz() { # NAME LAYOUT-FILE IMAGE
    [[ $1 = *RELEASE* ]] || return 0
    local tier runs alone both
    for tier in platform handoff; do
        [ $tier = platform ] && runs=10000 || runs=300
        alone=$(best_mixes 1 $tier $runs "$2" "$3")
        qemu_sec | awk -v label="$1: $tier, one of $runs, and what it takes to begin" -v ms="$alone" -v n=$runs '$1 > 0 {
            printf "%-52s %.2f ms, 1/%.0f of QEMU TCG\x27s SEC (%.0f ms)\n", label, ms / n, $1 * 1e3 * n / ms, $1 * 1e3 }'
        [ "$(nproc)" -gt 1 ] || { echo "on two cores: skipped: there is one"; continue; }
        both=$(best_mixes 2 $tier $runs "$2" "$3")
        awk -v label="$1: $tier, two at once / alone" -v a="$both" -v b="$alone" -v limit=$cores 'BEGIN {
            r = a / b
            printf "%-52s %d / %d ms  ratio %.3f  limit %.2f  %s\n", label, a, b, r, limit, r <= limit ? "ok" : "OVER"
            exit r > limit }' || worst=1
    done
}

# --- what an earlier run has kept
row_cache() {
    local image=$FIRMWARE_DIR/ovmfxen/RELEASE/OVMF.fd kept layout=$SRC/layouts/hvm-256m.cfg
    [ -e "$image" ] || return 0
    kept=$(mktemp -d)
    "$HVMBED" run -q --cache "$kept" --layout "$layout" "$image" >/dev/null || worst=1
    in_turn "RELEASE hvm-256m: with --cache / without" $cache "$HVMBED run -q --cache $kept --layout $layout $image" \
        "$HVMBED run -q --layout $layout $image"
    rm -rf "$kept"
}

# --- many cases, each in a process of its own; the wall clock is that of all cores
row_matrix() {
    local layouts=(hvm-256m hvm-1g hvm-4g hvm-amd hvm-smp hvm-tpm hvm-hole-2g hvm-viridian) layout list=
    if [ -n "$(why_no_qemu)" ]; then
        echo "many cases: skipped: $(why_no_qemu)"
        return
    fi
    for layout in "${layouts[@]}"; do list+=" --layout $SRC/layouts/$layout.cfg"; done
    "$BUILD/bench/sec" "$pairs" "$matrix" "$matrix" "RELEASE, ${#layouts[@]} cases / one QEMU TCG's SEC" \
        "$FIRMWARE_DIR/ovmfxen/DEBUG/OVMF.fd" qemu-system-x86_64 \
        "$HVMBED run -q --handoff hvm$list $FIRMWARE_DIR/ovmfxen/RELEASE/OVMF.fd" || worst=1
}

# --- a whole boot beside SEC in QEMU
row_sec() {
    local kind limit debug=$FIRMWARE_DIR/ovmfxen/DEBUG/OVMF.fd
    if [ -n "$(why_no_qemu)" ]; then
        echo "beside QEMU's SEC: skipped: $(why_no_qemu)"
    else
        for kind in RELEASE DEBUG; do
            [ $kind = DEBUG ] && limit=$sec_debug || limit=$sec
            "$BUILD/bench/sec" "$pairs" $limit $limit "$kind hvm-256m: host LZMA / QEMU TCG's SEC" "$debug" \
                qemu-system-x86_64 "$HVMBED run -q --handoff hvm --layout $SRC/layouts/hvm-256m.cfg \
$FIRMWARE_DIR/ovmfxen/$kind/OVMF.fd" || worst=1
        done
    fi
}

# --- from reset into the shell, both. OvmfXen ends in PEI where there is no Xen, so it is Debian's OVMF; that is a RELEASE
# build, and what it prints on its console is all that can be seen of it in QEMU: BDS starts the shell.
row_dxe() {
    local image=$FIRMWARE_DIR/OVMF.fd lzma
    if ! command -v qemu-system-x86_64 >/dev/null || [ "$pairs" = 0 ] || ! [ -e "$image" ]; then
        echo "beside QEMU, into the shell: skipped: needs qemu-system-x86_64, Debian's OVMF.fd and pairs"
        return
    fi
    for lzma in host guest; do
        "$BUILD/bench/sec" "$pairs" $dxe $dxe "OVMF.fd into the shell, $lzma LZMA / QEMU TCG" "$image" qemu-system-x86_64 \
            "$HVMBED run -q --handoff hvm --until shell --sec-lzma $lzma --layout $SRC/layouts/hvm-1g.cfg $image" \
            "BdsDxe: starting Boot" || worst=1
    done
}

# --- from the hand-off to BDS, both, by what a DEBUG build of OvmfPkgX64 says of itself.
row_stretch() {
    local image=$FIRMWARE_DIR/pc/DEBUG/OVMF.fd run
    if ! command -v qemu-system-x86_64 >/dev/null || [ "$pairs" = 0 ] || ! [ -e "$image" ]; then
        echo "beside QEMU, from the hand-off to BDS: skipped: needs qemu-system-x86_64, OvmfPkgX64 DEBUG and pairs"
        return
    fi
    run="$HVMBED run -q --handoff hvm --layout $SRC/layouts/hvm-1g.cfg"
    "$BUILD/bench/stretch" "$pairs" $dxe "OvmfPkgX64 DEBUG from the hand-off to BDS / QEMU TCG" "$image" qemu-system-x86_64 \
        "Loading DXE CORE at" "[Bds] Entry" "$run --until handoff $image" "$run --until bds $image" || worst=1
}

for row in $rows; do
    case $row in
    dxe | stretch) "row_$row" ;;
    cache | matrix | sec) "row_$row" ;;
    *) each "row_$row" ;;
    esac
done
exit $worst
