#!/bin/bash
# Boots the ROM "good" with each first stage of loaders.tsv, twice: exit code, rules in order, facts, the same JSON again.
. "$SRC/tests/tap.sh"
. "$SRC/tests/roms/rows.sh"
limit=300 # seconds

run() { # JSON LOADER LAYOUT OPTIONS
    # shellcheck disable=SC2086
    timeout "$limit" "$HVMBED" run -q -f json $4 -l "$3" --handoff hvmloader --hvmloader "$BUILD/loaders/$2.elf" \
        "$BUILD/roms/good.fd" >"$1" 2>"$1.err"
}
defaults() { [ "$layout" != - ] || layout=hvm-1g; }
once() { false; }
rows "$SRC/tests/roms/loaders.tsv"
