#!/bin/bash
# Every rule has a ROM that breaks it, a near miss that does not, and a place in docs/rules.md. Every ROM is in the table.
. "$SRC/tests/tap.sh"
table=$SRC/tests/roms/table.tsv

breaks() { awk -F'\t' -v r="$1" '$1 ~ "^(pvh-)?" r "-" && ("," $5 ",") ~ "," r "," { n++ } END { exit !n }' "$table"; }
misses() { awk -F'\t' -v r="$1" '$1 ~ "^(pvh-)?ok-" r "-" && ("," $5 ",") !~ "," r "," { n++ } END { exit !n }' "$table"; }
documented() { grep -qE "^(#+ |\| *)\`?$1\`?( |\$)" "$SRC/docs/rules.md"; }
in_table() { grep -qP "^$1\t" "$table"; }
has_source() { [ -e "$SRC/firmware/roms/$1.asm" ]; }

rules=$("$HVMBED" rules | awk '{ print $1 }')
ok "there are rules" test "$(echo "$rules" | wc -l)" -ge 16
for rule in $rules; do
    ok "$rule: a ROM breaks it" breaks "$rule"
    ok "$rule: a near miss does not" misses "$rule"
    ok "$rule: in docs/rules.md" documented "$rule"
done
for rom in "$SRC"/firmware/roms/*.asm; do
    rom=$(basename "$rom" .asm)
    ok "$rom is in the table" in_table "$rom"
done
for rom in $(awk -F'\t' '!/^#/ { print $1 }' "$table" | sort -u); do
    ok "$rom has a source" has_source "$rom"
done
done_testing
