#!/bin/bash
# Boots each row of limits.tsv, twice: what a guest makes grow ends where --limit says, that is told, and a bit less is not.
. "$SRC/tests/tap.sh"
. "$SRC/tests/roms/rows.sh"
limit=60 # seconds

run() { # JSON ROM LAYOUT OPTIONS
    local how="--handoff hvm" rom=$2
    case $rom in
    loader:*) how="--handoff hvmloader --hvmloader $BUILD/loaders/${rom#*:}.elf" rom=good ;;
    esac
    # shellcheck disable=SC2086
    timeout "$limit" "$HVMBED" run -q -f json $how $4 -l "$3" "$BUILD/roms/$rom.fd" >"$1" 2>"$1.err"
}
defaults() { [ "$layout" != - ] || layout=hvm-1g; }
once() { false; }
rows "$SRC/tests/roms/limits.tsv"
