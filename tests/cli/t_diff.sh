#!/bin/bash
# Two firmwares in the same guests: what is told, what counts, and that nothing is where nothing differs.
. "$SRC/tests/tap.sh"
command -v jq >/dev/null || skip_all "jq is not installed"
cd "$T" || exit 1
rom=$BUILD/roms

compare() { # OPTION... A B
    "$HVMBED" diff -q "$@" >out 2>err
    echo $? >rc
}
code_is() { [ "$(cat rc)" = "$1" ] || { echo "exit code $(cat rc), expected $1"; cat out err; return 1; }; }
says() { grep -qE -- "$1" out || { cat out; return 1; }; }
holds() { jq -e "$1" out >/dev/null || { jq -c '.cases[].sections' out; return 1; }; }
complains() { code_is 2 && grep -qE -- "$1" err || { cat err; return 1; }; }

compare --handoff hvm -l hvm-1g -l hvm-4g "$rom"/good.fd "$rom"/good.fd
ok "the same image: nothing differs" code_is 0
ok "which is said, guest by guest" says '^hvm-4g \(hvm\): the same in all$'
ok "and in all" says '^SAME  2 guests: 0 differ in what counts \(outcome, findings\), 2 do not$'
compare --handoff hvm -f json "$rom"/good.fd "$rom"/good.fd
ok "no section has a difference" holds '[.cases[].sections[].differs | length] | add == 0'
ok "and something was looked at" holds '.cases[0].sections | .hobs.same > 2 and .modules.same == 1 and .written.same > 5 and .exits.same > 5'
printf '%s\n' 'type = "hvm"' 'memory = 256' 'bed_xen_version = "4.9"' >no-loader.cfg
compare -l no-loader.cfg "$rom"/good.fd "$rom"/good.fd
ok "a guest whose hvmloader is not here: looked for before the cage is closed" code_is 0

compare --handoff hvm -l hvm-1g "$rom"/good.fd "$rom"/write-reserved-console.fd
ok "B has a finding that A has not: 1" code_is 1
ok "the finding" says '^      \+ error\[write-reserved\] [0-9a-f]{16} TestPei\+0x'
ok "the outcome" says '^      ~ was exit 0 \(handoff, DXE\), is exit 1 \(handoff, DXE\)$'
ok "the memory that it wrote" says '^      \+ 0xfefff000-0xff000000 console ring, first in PEI by TestPei$'
compare --handoff hvm -l hvm-1g "$rom"/write-reserved-console.fd "$rom"/good.fd
ok "the other way round it has gone: 0" code_is 0
ok "and is told" says '^      - error\[write-reserved\] '
compare --handoff hvm -l hvm-1g -W write-reserved "$rom"/good.fd "$rom"/write-reserved-console.fd
ok "a new warning counts, too" code_is 1
compare --handoff hvm -l hvm-1g "$rom"/write-reserved-console.fd "$rom"/write-reserved-twice.fd
ok "the same fault in more places does not" code_is 0
ok "but is told" says '^      \+ error\[write-reserved\] '

compare --handoff hvm -f json "$rom"/good.fd "$rom"/hob-ram-missing-top.fd
ok "HOBs" holds '.cases[0].sections.hobs.differs | map(select(.text | test("resource RAM"))) | length > 0'
compare --handoff hvm -f json --fail-on hypercalls "$rom"/good.fd "$rom"/shutdown-crash.fd
ok "hypercalls, with both numbers" holds '.cases[0].sections.hypercalls.differs == [{"mark": "changed", "worse": false, "text": "sched_op/shutdown", "a": 0, "b": 1}]'
ok "--fail-on: what counts" code_is 1
compare --handoff hvm --fail-on hobs,modules "$rom"/good.fd "$rom"/write-reserved-console.fd
ok "--fail-on: and what does not" code_is 0

compare --handoff hvm --budget 2 "$rom"/good.fd "$rom"/budget-counter.fd
ok "an inconclusive B: its outcome is worse" code_is 1
compare --handoff hvm --budget 2 "$rom"/budget-counter.fd "$rom"/good.fd
ok "an inconclusive A: 3" code_is 3
compare -l pvh-1g "$rom"/pvh-good.fd "$rom"/good.fd
one_sided() { code_is 3 && says '^pvh-1g: one-sided$' && says 'B: the image has no PVH entry'; }
ok "one of them does not go with the guest: 3" one_sided
compare --handoff hvm -l hvm-1g -l pvh-1g "$rom"/good.fd "$rom"/good.fd
ok "neither goes with it: no difference" code_is 0
compare -l pvh-1g "$rom"/good.fd "$rom"/good.fd
ok "none goes with any" complains 'nothing to compare: no image goes with any guest'
compare --fail-on luck "$rom"/good.fd "$rom"/good.fd
ok "no such section" complains "'luck' is not SECTION"
compare "$rom"/good.fd missing.fd
ok "no such image" complains '^hvmbed: missing.fd: '
compare "$rom"/good.fd
ok "two images" complains '^usage: hvmbed diff'

compare --handoff hvm -j 1 -l 'hvm-[148]g' "$rom"/good.fd "$rom"/write-reserved-console.fd
cp out first
compare --handoff hvm -j 3 -l 'hvm-[148]g' "$rom"/good.fd "$rom"/write-reserved-console.fd
ok "the same bytes with any -j" cmp first out

xen=$FIRMWARE_DIR/ovmfxen
if [ -s "$xen/RELEASE/OVMF.fd" ] && [ -s "$xen/DEBUG-FP/OVMF.fd" ]; then
    compare -f json -l hvm-1g "$xen/RELEASE/OVMF.fd" "$xen/DEBUG-FP/OVMF.fd"
    ok "OvmfXen, RELEASE and DEBUG: nothing that counts" code_is 0
    ok "DXE is told the same" holds '.cases[0].sections.hobs | .same > 20 and .differs == []'
    ok "the same modules, hypercalls" holds '.cases[0].sections | .modules.differs == [] and .hypercalls.differs == []'
    ok "another amount of work" holds '.cases[0].sections.work.differs[0] | .text == "instructions" and .b > .a'
else
    skip "OvmfXen, RELEASE and DEBUG" "no OvmfXen images"
fi
fault=$xen/faults/info-overwritten/RELEASE/OVMF.fd
if [ -s "$xen/RELEASE/OVMF.fd" ] && [ -s "$fault" ]; then
    compare -l hvm-1g-stolen --handoff hvm "$xen/RELEASE/OVMF.fd" "$fault"
    seeded() { code_is 1 && says '^      \+ error\[write-live\] [0-9a-f]{16} XenPlatformPei\+0x'; }
    ok "OvmfXen with a seeded fault: that it is" seeded
else
    skip "OvmfXen with a seeded fault" "it is not built; \`make faults-quick\` does"
fi
done_testing
