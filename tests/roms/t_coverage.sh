#!/bin/bash
# Every rule has a ROM that breaks it, a near miss that does not, and a place in docs/rules.md. Every ROM and
# loader is in its table.
. "$SRC/tests/tap.sh"
table=$SRC/tests/roms/table.tsv
loaders=$SRC/tests/roms/loaders.tsv

breaks() { awk -F'\t' -v r="$1" '$1 ~ "^(pvh-)?" r "-" && ("," $5 ",") ~ "," r "," { n++ } END { exit !n }' "$table" "$loaders"; }
misses() { awk -F'\t' -v r="$1" '$1 ~ "^(pvh-)?ok-" r "-" && ("," $5 ",") !~ "," r "," { n++ } END { exit !n }' "$table" "$loaders"; }
documented() { grep -qE "^(#+ |\| *)\`?$1\`?( |\$)" "$SRC/docs/rules.md"; }
in_table() { grep -qP "^$1\t" "$2"; }
has_source() { [ -e "$SRC/firmware/$2/$1.asm" ]; }

rules=$("$HVMBED" rules | awk '{ print $1 }')
ok "there are rules" test "$(echo "$rules" | wc -l)" -ge 16
for rule in $rules; do
    ok "$rule: a ROM breaks it" breaks "$rule"
    ok "$rule: a near miss does not" misses "$rule"
    ok "$rule: in docs/rules.md" documented "$rule"
done
each() { # FOLDER TABLE
    local name
    for name in "$SRC/firmware/$1"/*.asm; do
        name=$(basename "$name" .asm)
        ok "$1: $name is in the table" in_table "$name" "$2"
    done
    for name in $(awk -F'\t' '!/^#/ { print $1 }' "$2" | sort -u); do
        ok "$1: $name has a source" has_source "$name" "$1"
    done
}
each roms "$table"
each loaders "$loaders"
done_testing
