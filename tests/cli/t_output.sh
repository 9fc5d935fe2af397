#!/bin/bash
# The text report: what must be in it, in colour only on a terminal, and the guest's own output with -v.
. "$SRC/tests/tap.sh"
rom=$BUILD/roms
layout=$SRC/layouts/hvm-1g.cfg

report() { # ROM [OPTION...]: to $T/report
    local name=$1
    shift
    "$HVMBED" run --handoff hvm -l "$layout" "$@" "$rom/$name.fd" >"$T/report" 2>"$T/err"
    echo $? >"$T/code"
}
has() { grep -qE -- "$1" "$T/report" || { cat "$T/report"; return 1; }; }
lacks() { ! grep -qE -- "$1" "$T/report" || { cat "$T/report"; return 1; }; }
plain() { ! grep -q $'\033' "$T/report" && [ ! -s "$T/err" ]; }

report good
ok "good: PASS, exit 0" test "$(head -c 4 "$T/report") $(cat "$T/code")" = "PASS 0"
ok "good: names image and layout" has '^PASS  (.*/)?good\.fd reached the DXE hand-off \(hvm, hvm-1g: 1024 MiB, 1 vCPU\)'
ok "good: HOB list and DXE core" has 'HOB list at 0x1340000, DXE core entry 0x90[0-9a-f]+'
ok "good: engine and its version" has 'Unicorn [2-9]\.'
ok "good: hash of the image" has "sha256 $(sha256sum "$rom/good.fd" | cut -d ' ' -f 1)"
ok "good: no colour, nothing on stderr" plain

report write-reserved-console
ok "finding: FAIL, exit 1" test "$(head -c 4 "$T/report") $(cat "$T/code")" = "FAIL 1"
ok "finding: rule" has '^error\[write-reserved\]:'
ok "finding: size, gpa, value" has 'write of 4 bytes at gpa 0xfefff000, value 0x11223344'
ok "finding: range and owner" has '0xfefff000.*console ring'
ok "finding: phase" has 'phase +PEI'
ok "finding: module and offset" has 'rip +TestPei\+0x'
ok "finding: no registers without -v" lacks 'rax [0-9a-f]{16}'
ok "finding: no colour" plain
report write-reserved-console -v
ok "finding: registers with -v" has 'rax [0-9a-f]{16}'
ok "finding: modules with -v" has '0x000000900000 .*TestPei'

report exec-null-call
ok "null call: names the caller" has 'caller +TestPei\+0x'
report exception-pf-write
ok "page fault: decoded" has '#PF.*vector 14.*error code 0x2 \(write, not present.*cr2 0x1234567890'
report budget-counter --budget 2
ok "budget: inconclusive, exit 3" test "$(head -c 12 "$T/report") $(cat "$T/code")" = "INCONCLUSIVE 3"

# On a terminal, if script(1) can make one.
if script -qec true /dev/null </dev/null >/dev/null 2>&1; then
    terminal() { TERM=xterm "$@" script -qec "'$HVMBED' run -l '$layout' '$rom/good.fd'" /dev/null >"$T/report" 2>/dev/null </dev/null; }
    terminal env -u NO_COLOR
    ok "terminal: colour" grep -q $'\033\[[0-9;]*m' "$T/report"
    terminal env NO_COLOR=1
    no_colour() { ! grep -q $'\033\[[0-9;]*m' "$T/report"; }
    ok "terminal: NO_COLOR" no_colour
else
    skip "terminal: colour" "script(1) cannot make a terminal here"
    skip "terminal: NO_COLOR" "script(1) cannot make a terminal here"
fi

image=$FIRMWARE_DIR/ovmfxen/DEBUG/OVMF.fd
if [ -s "$image" ]; then
    "$HVMBED" run -q -v -l "$layout" "$image" >"$T/report" 2>"$T/err"
    ok "DEBUG image, -v: the guest's debug output" has 'SecCoreStartupWithStack'
    ok "DEBUG image, -v: module by module" has 'XenPlatformPei|Loading PEIM'
    ok "DEBUG image: no control bytes" lacks "$(printf '[\001-\010\013-\037]')"
else
    skip "DEBUG image, -v" "no OvmfXen image; \`make ovmfxen\` builds it"
fi
done_testing
