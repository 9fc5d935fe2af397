#!/bin/bash
# A case that was saved gives the same again, or replay says what differs. The file is refused where it is none.
. "$SRC/tests/tap.sh"
command -v jq >/dev/null || skip_all "jq is not installed"
cd "$T" || exit 1
rom=$BUILD/roms

save() { # CASE ROM [OPTION...]
    local case=$1 image=$2
    shift 2
    "$HVMBED" run -q --save-case "$case" "$@" "$image" >run.out 2>run.err
    echo $? >run.rc
}
replay() { # OPTION... CASE
    "$HVMBED" replay -q "$@" >out 2>err
    echo $? >rc
}
code_is() { [ "$(cat rc)" = "$1" ] || { echo "exit code $(cat rc), expected $1"; cat out err; return 1; }; }
says() { grep -qE -- "$1" out || { cat out; return 1; }; }
silent() { ! grep -qE -- "$1" out || { cat out; return 1; }; }
complains() { grep -qE -- "$1" err && [ "$(wc -l <err)" = 1 ] && code_is 2 || { cat err; return 1; }; }

# --- the same again: a finding, warnings, a clean boot, an inconclusive one, fills, severities
again() { # WHAT ROM [OPTION...]
    local case=$1.json name=$2
    shift 2
    save "$case" "$rom/$name.fd" "$@"
    replay --save-case again.json "$case"
    same() { code_is 0 && says '^SAME ' && cmp "$case" again.json; }
    ok "the same again: ${case%.json}" same
}
again finding exec-null-call --handoff hvm -l hvm-4g
again clean good --handoff hvm
again severity write-reserved-console --handoff hvm -W write-reserved
again budget budget-counter --handoff hvm --budget 2
again fills uninitialised-flow-compare --handoff hvm --fill 0,af
again low-exec exec-null-call --handoff hvm --low-exec follow -l hvm-1g
again table write-reserved-cross --handoff hvm -l "$SRC/tests/roms/hole.cfg"
again pvh pvh-write-reserved-console -l pvh-1g
again built-in-pvh pvh-good --handoff pvh
ok "a warning is kept as one" test "$(jq -r '.options.severities["write-reserved"]' severity.json)" = warning
ok "what was inconclusive is the same, too" test "$(jq .verdict.exit_code budget.json)" = 3
[ -e "$FIRMWARE_DIR/hvmloader-4.17" ] && again hvmloader good || skip "the same again: hvmloader" "it is not here"

# --- something differs
cp "$rom/exec-null-call.fd" image.fd
save case.json image.fd --handoff hvm -l hvm-1g
cp "$rom/good.fd" image.fd
replay case.json
ok "another image: differs" code_is 1
ok "another image: its hash" says "^    input +image: sha256 was $(sha256sum "$rom/exec-null-call.fd" | cut -c 1-64) .*is $(sha256sum "$rom/good.fd" | cut -c 1-64)"
ok "another image: the outcome" says '^    outcome +exit_code was 1, is 0$'
ok "another image: the finding went" says '^    went +error\[exec-null\] [0-9a-f]{16} '
replay --firmware "$rom/write-reserved-console.fd" case.json
ok "another finding came" says '^    came +error\[write-reserved\] '
replay --firmware "$rom/exec-null-call.fd" case.json
ok "--firmware: the image that it was" code_is 0

jq '.engine = "2.1.2" | .hvmbed = "0.0.1"' case.json >tools.json
replay --firmware "$rom/exec-null-call.fd" tools.json
tools_told() { code_is 0 && says 'tool +Unicorn was 2.1.2' && says 'tool +hvmbed was 0.0.1'; }
ok "other versions are told, and do not count" tools_told
jq '.findings[0].gpa = "0x77"' case.json >field.json
replay --firmware "$rom/exec-null-call.fd" field.json
ok "a field differs" says '^    field +error\[exec-null\] [0-9a-f]{16}: gpa was 0x77, is 0x'
ok "a field differs: exit 1" code_is 1
replay --compare findings --firmware "$rom/exec-null-call.fd" field.json
ok "--compare findings: that does not count" code_is 0
jq '.findings[0].fingerprint = "0000000000000001"' case.json >moved.json
replay --firmware "$rom/exec-null-call.fd" moved.json
moved() { code_is 1 && says '^    moved ' && silent '^    (went|came) '; }
ok "the same fault elsewhere has moved" moved
replay --compare findings --firmware "$rom/exec-null-call.fd" moved.json
ok "--compare findings: and is the same" code_is 0

# --- found beside the case; disks
mkdir -p there && cp case.json there/ && cp "$rom/exec-null-call.fd" there/image.fd && rm image.fd
replay there/case.json
ok "an image that is not there is looked for beside the case" code_is 0
replay case.json
ok "else it is asked for" complains '^hvmbed: case.json: its image image.fd is not there; say --firmware FILE$'
printf 'a disk' >disk.img && truncate -s 4096 disk.img
save disk.json "$rom/good.fd" --handoff hvm --disk disk.img
ok "a disk by its hash" test "$(jq -r '.disks[0].sha256' disk.json)" = "$(sha256sum disk.img | cut -c 1-64)"
printf 'b' | dd of=disk.img conv=notrunc status=none
replay disk.json
ok "another disk" says '^    input +disk 1: sha256'

# --- many cases
"$HVMBED" run -q --handoff hvm -l hvm-1g -l hvm-4g -l pvh-1g --save-cases cases --reports cases \
    "$rom"/{good,exec-null-call}.fd >/dev/null 2>&1
ok "a case file of each case with a finding" test "$(ls cases/*.case.json | tr '\n' ' ')" = \
    "cases/hvm-1g--exec-null-call.case.json cases/hvm-4g--exec-null-call.case.json "
replay cases/hvm-4g--exec-null-call.case.json
ok "it is replayed as any" code_is 0
save one.json "$rom/exec-null-call.fd" --handoff hvm -l hvm-4g
ok "and is what a run of that case alone writes" cmp one.json cases/hvm-4g--exec-null-call.case.json
cp "$rom/good.fd" exec-null-call.fd
"$HVMBED" run -q --handoff hvm -l hvm-1g --save-cases cases exec-null-call.fd >/dev/null 2>&1
ok "one that has none any more leaves none" test ! -e cases/hvm-1g--exec-null-call.case.json
"$HVMBED" run -q --handoff hvm -l hvm-1g -l hvm-4g --save-case x.json "$rom/good.fd" >out 2>err
echo $? >rc
ok "--save-case is for one" complains 'hvmbed: --save-case .*is for one layout and one image'

# --- what is no case file
bad() { # WHAT MESSAGE
    replay bad.json
    ok "$1" complains "$2"
}
printf '{"schema": "hvmbed-case/1",\n"hvmbed": }' >bad.json
bad "not JSON: the line" '^hvmbed: bad.json:2: no case file: '
head -c 17000000 /dev/zero >bad.json
bad "too large" '^hvmbed: bad.json: no case file: it has more than'
echo '{}' >bad.json
bad "another file" '^hvmbed: bad.json: no case file: its schema is not hvmbed-case/1$'
jq '.options.luck = 7' case.json >bad.json
bad "an option of a newer hvmbed" 'options has one that this hvmbed does not know'
jq '.layout.lines = ["type = \"hvm\"", "memory = \"much\""]' case.json >bad.json
bad "a layout that is none" '^hvmbed: bad.json: line 2 of its layout: '
jq '.handoff = "seabios"' case.json >bad.json
bad "a hand-off that there is not" 'no hand-off is called seabios here'
jq '.image.path = "\u001b[2J"' case.json >bad.json
bad "control characters" 'control characters'
replay missing.json
ok "no file" complains '^hvmbed: missing.json: cannot be read: '

image=$FIRMWARE_DIR/ovmfxen/DEBUG/OVMF.fd
if [ -s "$image" ] && [ -e "$FIRMWARE_DIR/hvmloader-4.17" ]; then
    save ovmf.json "$image" -l hvm-4g
    replay -v --symbols "${image%/*}" ovmf.json
    ovmf() { code_is 0 && says '^    rip     PeiCore\+0x[0-9a-f]+ .*ConvertPointerInRanges \(Ppi.c:81\)$'; }
    ok "OvmfXen, with hvmloader; -v reports, with symbols" ovmf
else
    skip "OvmfXen, with hvmloader" "no OvmfXen image or no hvmloader"
fi
done_testing
