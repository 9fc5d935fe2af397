#!/bin/bash
# Boots each ROM of table.tsv, twice, straight from the synthetic hand-off: exit code, rules in order, facts, and the same JSON again.
. "$SRC/tests/tap.sh"
. "$SRC/tests/roms/rows.sh"
limit=300 # seconds; a ROM takes a tenth of one, but for the one that waits for the watchdog

run() { # JSON ROM LAYOUT OPTIONS
    # shellcheck disable=SC2086
    timeout "$limit" "$HVMBED" run -q -f json $4 -l "$3" "$BUILD/roms/$2.fd" >"$1" 2>"$1.err"
}
defaults() {
    if [ "$layout" = - ]; then
        layout=hvm-1g
        [[ $what != pvh-* ]] || layout=pvh-1g
    fi
    [[ $what = pvh-* || $options = *--handoff* ]] || options="--handoff hvm $options"
}
once() { [ "$1" = dead-loop-decompressor ]; } # some seconds each
rows "$SRC/tests/roms/table.tsv"
