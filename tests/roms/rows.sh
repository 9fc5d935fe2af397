# Rows of a table (what, layout, options, exit code, rules, facts), each booted twice; source after tap.sh. The test says how:
# limit    seconds that a boot may take
# run      JSON WHAT LAYOUT OPTIONS
# defaults sets layout and options where the row ($what) leaves them open
# once     WHAT: true for what is too slow to be booted again
# Rules "*": any.
command -v jq >/dev/null || skip_all "jq is not installed"

try() { # NUMBER WHAT LAYOUT OPTIONS EXIT RULES FACTS
    local json=$T/$1 code got
    run "$json" "$2" "$3" "$4"
    code=$?
    [ $code = "$5" ] || { echo "exit code $code, expected $5"; cat "$json.err"; }
    got=$(jq -r '[.findings[].rule] | join(",")' "$json")
    [ "$6" = "*" ] || [ "${got:--}" = "$6" ] || echo "rules ${got:--}, expected $6"
    [ $code = 124 ] && return
    jq -e -L "$SRC/tests/roms" "include \"facts\"; $7" "$json" >/dev/null ||
        { echo "does not hold: $7"; jq -c '.ending, .findings[] | del(.registers?)' "$json"; }
    ! once "$2" || return
    run "$json.2" "$2" "$3" "$4"
    cmp "$json" "$json.2"
}

rows() { # TABLE
    local what layout options code rules facts names=() n=0 i
    while IFS=$'\t' read -r what layout options code rules facts; do
        [[ $what != '#'* ]] || continue
        [ "$options" != - ] || options=
        defaults
        names[++n]="$what on $layout${options:+ $options}"
        case $layout in
        *.cfg) layout=$SRC/tests/roms/$layout ;;
        *) layout=$SRC/layouts/$layout.cfg ;;
        esac
        at_once try $n "$what" "$layout" "$options" "$code" "$rules" "$facts" >"$T/said.$n" 2>&1
    done <"$1"
    wait
    for ((i = 1; i <= n; i++)); do
        nothing_said() { ! grep . "$T/said.$i"; }
        ok "${names[i]}" nothing_said
    done
    done_testing
}
