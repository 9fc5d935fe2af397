#!/bin/bash
# The quick seeded faults are found, each by its rule, in its module and function; `make test-faults` does all of them.
. "$SRC/tests/tap.sh"
. "$SRC/tests/faults/faults.sh"
command -v jq >/dev/null || skip_all "jq is not installed"

as_expected() { # NUMBER RULE MODULE FUNCTION
    ! judge "$T/$1" "$2" "$3" "$4" | grep .
}

each() { # FUNCTION: for each quick row, with NUMBER and the row
    local n=0 fault target handoff layout rule module function quick
    while IFS=$'\t' read -r fault target handoff layout rule module function quick; do
        [ "$quick" = + ] || continue
        n=$((n + 1))
        "$1" $n "$fault" "$target" "$handoff" "$layout" "$rule" "$module" "$function"
    done <"$faults_table"
}
start() {
    [ ! -s "$(fault_image "$2" "$3")" ] || at_once boot_row "$T/$1" "$2" "$3" "$4" "$5" "$6"
}
check() {
    local what="$2, $3, $4: $6 in $7"
    if [ -s "$(fault_image "$2" "$3")" ]; then
        ok "$what" as_expected "$1" "$6" "$7" "$8"
    else
        skip "$what" "no such image; \`make faults\` builds it"
    fi
}
each start
wait
each check

scripts_without_rows() {
    comm -3 <(cut -f 1 "$faults_table" | grep -v '^#' | sort -u) \
        <(basename -s .sh "$SRC"/firmware/ovmfxen/faults/*.sh | sort) | grep .
}
none() { ! "$@"; }
ok "each fault has a script and rows in the table" none scripts_without_rows
rules_that_are_not() {
    sed '/^#/d' "$faults_table" | cut -f 5 | grep -v '^?' | sort -u | grep -vxF -f <("$HVMBED" rules | cut -d ' ' -f 1)
}
ok "each expected rule is one" none rules_that_are_not
done_testing
