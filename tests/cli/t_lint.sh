#!/bin/bash
# hvmbed layout lint: one line a finding with its place, exit codes, -W and -E, --list; the other sub-verbs' dispatch.
. "$SRC/tests/tap.sh"
cd "$T" || exit 1

head='type="hvm"\nmemory=256\nvga="none"\nbed_slack_pages="ample"\n'
rest='"0-a0000 RAM",\n"f0000-100000 RESERVED",\n"fc000000-fc00b000 NVS",\n"fc00b000-100000000 RESERVED",\n]\n'
printf "${head}bed_e820=[\n\"100000-10001000 RAM\",\n$rest" >hole.cfg # and not sorted: a warning
printf "${head}bed_cmos_low_ram=\"0xf000000\"\n" >cmos.cfg
printf "${head}bed_fill=1\n" >fill.cfg
printf "${head}bed_e820=[\n\"100000-10000000 RAM\",\n\"200000-300000 RAM\",\n]\n" >overlap.cfg
printf "${head}bed_e820=[\n\"100000-ff RAM\",\n]\n" >wrap.cfg

gives() { # CODE LINES-ON-STDOUT LINES-ON-STDERR PATTERN COMMAND...
    local want=$1 lines=$2 errors=$3 pattern=$4 code
    shift 4
    timeout 60 "$@" >"$T/out" 2>"$T/err" </dev/null
    code=$?
    cat "$T/out" "$T/err"
    [ $code = "$want" ] || { echo "exit code $code, expected $want"; return 1; }
    [ "$(wc -l <"$T/out")" = "$lines" ] && [ "$(wc -l <"$T/err")" = "$errors" ] || { echo "number of lines"; return 1; }
    cat "$T/out" "$T/err" | grep -qE -- "$pattern" || { echo "does not match $pattern"; return 1; }
}
lint() { "$HVMBED" layout lint "$@"; }

ok "an error" gives 1 2 0 '^hole.cfg:6: error\[ram-unpopulated\]: .*; ' "$HVMBED" layout lint hole.cfg
ok "a warning" gives 0 1 0 '^cmos.cfg:5: warning\[cmos-below-ram\]: ' "$HVMBED" layout lint cmos.cfg
ok "a note" gives 0 1 0 '^fill.cfg:5: note\[fill\]: ' "$HVMBED" layout lint fill.cfg
ok "a preset by its name" gives 0 1 0 "pvh-1g.cfg:[0-9]+: note" env -C "$SRC" "$HVMBED" layout lint pvh-1g
ok "-E makes an error" gives 1 1 0 'error\[fill\]' "$HVMBED" layout lint -E fill fill.cfg
ok "-W makes a warning" gives 0 2 0 'warning\[ram-unpopulated\]' "$HVMBED" layout lint -W ram-unpopulated hole.cfg
ok "-W no- turns off" gives 0 1 0 'warning\[e820-unsorted\]' "$HVMBED" layout lint -W no-ram-unpopulated hole.cfg
ok "-E no- leaves a warning" gives 0 2 0 'warning\[ram-unp' "$HVMBED" layout lint -E no-ram-unpopulated hole.cfg
ok "no such check" gives 2 0 1 "'nothing'; --list" "$HVMBED" layout lint -W nothing hole.cfg
ok "--list applies -E" gives 0 "$(lint --list | wc -l)" 0 '^fill +error ' "$HVMBED" layout lint -E fill --list
ok "several files: the worst counts" gives 1 3 0 'error' "$HVMBED" layout lint hole.cfg fill.cfg
ok "overlap: malformed" gives 2 0 1 'overlap.cfg:7: .*overlaps' "$HVMBED" layout lint overlap.cfg
ok "wrap: malformed" gives 2 0 1 'wrap.cfg:6: .*wraps' "$HVMBED" layout lint wrap.cfg
ok "a missing file: the others are read" gives 2 1 1 '^fill.cfg' "$HVMBED" layout lint ./missing.cfg fill.cfg
ok "from a pipe" gives 0 1 0 '/dev/stdin:5: note' sh -c "cat fill.cfg | '$HVMBED' layout lint /dev/stdin"
ok "firmware without a PVH entry" gives 1 2 0 'good.fd: error\[pvh-no-entry\]' \
    "$HVMBED" layout lint --firmware "$BUILD/roms/good.fd" "$SRC/layouts/pvh-1g.cfg"
head -c 1000000 "$BUILD/roms/good.fd" >cut.fd
ok "firmware that is none" gives 2 0 1 'cut.fd' "$HVMBED" layout lint --firmware cut.fd fill.cfg
ok "no operand" gives 2 0 "$(lint --help | wc -l)" '^usage' "$HVMBED" layout lint

ok "options before the operand" "$HVMBED" layout show -o shown fill.cfg
ok "options after it" "$HVMBED" layout show fill.cfg -o shown2
ok "give the same" cmp shown shown2
ok "no sub-verb" gives 2 0 "$("$HVMBED" layout --help | wc -l)" 'lint ' "$HVMBED" layout
ok "no such sub-verb" gives 2 0 1 "no verb 'layout nothing'; .hvmbed layout --help" "$HVMBED" layout nothing
done_testing
