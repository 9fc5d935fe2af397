#!/bin/bash
# Boots the ROM "good" with each first stage of loaders.tsv, twice: exit code, rules in order, facts, the same JSON again.
. "$SRC/tests/tap.sh"
command -v jq >/dev/null || skip_all "jq is not installed"
limit=60 # seconds

run() { # JSON LOADER LAYOUT OPTIONS
    # shellcheck disable=SC2086
    timeout "$limit" "$HVMBED" run -q -f json $4 -l "$3" --handoff hvmloader --hvmloader "$BUILD/loaders/$2.elf" \
        "$BUILD/roms/good.fd" >"$1" 2>"$1.err"
}

try() { # NUMBER LOADER LAYOUT OPTIONS EXIT RULES FACTS
    local json=$T/$1 code got
    run "$json" "$2" "$3" "$4"
    code=$?
    [ $code = "$5" ] || { echo "exit code $code, expected $5"; cat "$json.err"; }
    got=$(jq -r '[.findings[].rule] | join(",")' "$json")
    [ "${got:--}" = "$6" ] || echo "rules ${got:--}, expected $6"
    [ $code = 124 ] && return
    jq -e -L "$SRC/tests/roms" "include \"facts\"; $7" "$json" >/dev/null ||
        { echo "does not hold: $7"; jq -c '.ending, .findings[] | del(.registers?)' "$json"; }
    run "$json.2" "$2" "$3" "$4"
    cmp "$json" "$json.2"
}

n=0
while IFS=$'\t' read -r loader layout options code rules facts; do
    [[ $loader != '#'* ]] || continue
    [ "$layout" != - ] || layout=hvm-1g
    [ "$options" != - ] || options=
    what[++n]="$loader on $layout${options:+ $options}"
    case $layout in
    *.cfg) layout=$SRC/tests/roms/$layout ;;
    *) layout=$SRC/layouts/$layout.cfg ;;
    esac
    at_once try $n "$loader" "$layout" "$options" "$code" "$rules" "$facts" >"$T/said.$n" 2>&1
done <"$SRC/tests/roms/loaders.tsv"
wait
for ((i = 1; i <= n; i++)); do
    nothing_said() { ! grep . "$T/said.$i"; }
    ok "${what[i]}" nothing_said
done
done_testing
