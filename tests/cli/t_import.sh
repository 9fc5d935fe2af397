#!/bin/bash
# hvmbed layout import and export: exit codes, round trips by command line, and a boot with what was imported.
. "$SRC/tests/tap.sh"
cd "$SRC" || exit 1
log=$T/log

verb() { "$HVMBED" layout "$@" >"$T/out" 2>"$T/err"; echo $? >"$T/code"; }
code() { [ "$(cat "$T/code")" = "$1" ] || { cat "$T/code" "$T/err"; return 1; }; }
says() { grep -qF -- "$1" "$T/err" || { cat "$T/err"; return 1; }; }
one_line() { [ "$(wc -l <"$T/err")" = 1 ] || { cat "$T/err"; return 1; }; }
table() { "$HVMBED" layout show "$1" | sed -n '/^E820/,$p'; }

there_and_back() { # PRESET FORMAT
    "$HVMBED" layout export --format "$2" -o "$log" "$1" || return 1
    "$HVMBED" layout import -o "$T/back.cfg" "$log" || return 1
    [ "$(table "$1")" = "$(table "$T/back.cfg")" ] || { table "$1"; table "$T/back.cfg"; return 1; }
}
for preset in hvm-1g hvm-1g-stolen hvm-8g-stolen pvh-256m pvh-8g; do
    for format in hvmloader xl-dmesg dmesg iomem; do
        ok "$preset: export to $format, import: the same E820" there_and_back "$preset" "$format"
    done
done
ok "pvh-8g was taken for PVH" grep -q 'type = "pvh"' "$T/back.cfg"

"$HVMBED" layout show hvm-8g | sed -n '/^E820/,$p; /^E820/i HVM Loader' | sed 's/^/(XEN) [2024-01-02 03:04:05] (d7) /' >"$log"
piped() { "$HVMBED" layout import - <"$log" >"$T/back.cfg" && [ "$(table hvm-8g)" = "$(table "$T/back.cfg")" ]; }
ok "what show prints, through Xen's console, from stdin" piped
ok "the comment says where it came from" grep -q '^# The E820 of standard input, line 3 (hvmloader, domain d7)' "$T/back.cfg"

cat "$log" "$log" >"$T/two"
verb import "$T/two"
ok "two tables: exit 0" code 0
ok "two tables: said on stderr" says "2 E820 tables in this log; the last is taken"

echo nothing >"$T/nothing"
rm -f "$T/none.cfg"
verb import -o "$T/none.cfg" "$T/nothing"
ok "no table: exit 2" code 2
ok "no table: one line" one_line
ok "no table: says what was looked for" says "E820 table:"
ok "no table: no file" test ! -e "$T/none.cfg"

printf '00000000-00000000 : Reserved\n00000000-00000000 : System RAM\n' >"$T/iomem"
verb import "$T/iomem"
ok "/proc/iomem without root: exit 2" code 2
ok "/proc/iomem without root: said" says "root"

printf 'E820 table:\n [00]: 00000000:00000000 - 00000000:40000000: RAM\n [01]: 00000000:30000000 - 00000000:50000000: RAM\n' >"$T/bad"
echo precious >"$T/old.cfg"
verb import -o "$T/old.cfg" "$T/bad"
ok "overlap: exit 2" code 2
ok "overlap: file and line" says "$T/bad:3: "
ok "overlap: the old file stays" grep -qx precious "$T/old.cfg"
leftovers() { ! ls "$T"/*.tmp >/dev/null 2>&1; }
ok "overlap: no temporary file" leftovers

verb import "$T/missing"
ok "no such log: exit 2" code 2
verb import "$T"
ok "a folder: exit 2" code 2
verb import
ok "no operand: exit 2" code 2
verb import --as pv "$log"
ok "--as pv: exit 2" code 2
verb import --format nonsense "$log"
ok "--format nonsense: exit 2" code 2
verb import --format iomem "$log"
ok "--format iomem on hvmloader's log: exit 2" code 2
verb import --as pvh "$log"
ok "--as pvh" grep -q 'type = "pvh"' "$T/out"
verb export no-such-layout
ok "export: no such layout: exit 2" code 2
verb export --format auto hvm-1g
ok "export --format auto: exit 2" code 2
verb import --help
ok "import --help: exit 0" code 0
verb export --help
ok "export --help: exit 0" code 0
full() { "$HVMBED" layout export hvm-1g >/dev/full 2>"$T/err"; [ $? = 2 ]; }
ok "export to a full disk: exit 2" full

image=$FIRMWARE_DIR/OVMF.fd
if [ -s "$image" ]; then
    "$HVMBED" layout export --format dmesg -o "$log" hvm-1g-stolen "$image"
    "$HVMBED" layout import --as hvm -o "$T/guest.cfg" "$log"
    ok "OVMF.fd reaches the hand-off with an imported layout" "$HVMBED" run -q -l "$T/guest.cfg" "$image"
else
    skip "OVMF.fd with an imported layout" "no firmware here; \`make firmware\` fetches it"
fi
done_testing
