#!/bin/bash
# --limit: what it refuses; and that a limit that was met is told by every report, also of what another process booted.
. "$SRC/tests/tap.sh"
command -v jq >/dev/null || skip_all "jq is not installed"
cd "$T" || exit 1
export NO_COLOR=1
rom=$BUILD/roms
ten=$rom/write-image-forms.fd # ten findings
run() { "$HVMBED" run -q --handoff hvm "$@"; }
met() { jq -r "$1 | [.limits_reached[]? | \"\\(.limit)=\\(.value)\"] | join(\",\")" "$2"; }
is() { [ "$1" = "$2" ] || { echo "'$1', expected '$2'"; return 1; }; }

# --- what cannot be
refused() { # PATTERN COMMAND...: one line, exit 2, nothing on standard output
    local pattern=$1
    shift
    "$@" >out 2>err
    [ $? = 2 ] && [ ! -s out ] && [ "$(wc -l <err)" = 1 ] && grep -qE -- "$pattern" err || { cat err; return 1; }
}
ok "no such limit" refused "^hvmbed: --limit: 'foo=1' is not NAME=VALUE with one of the names findings, log, " run --limit foo=1 "$ten"
ok "no value" refused "'findings' is not NAME=VALUE" run --limit findings "$ten"
ok "less than there may be" refused "'findings=0': give a number from 1 to 4096" run --limit findings=0 "$ten"
ok "more" refused "'hobs=2M': give a number from 1 to 1048576" run --limit hobs=2M "$ten"
ok "one that has no option" refused "watches is fixed, at 128" run --limit watches=9 "$ten"
ok "the first that is wrong is told" refused "'a=1'" run --limit log=5 --limit a=1 --limit b=2 "$ten"
ok "image: what is not an image's" refused "names nodes, depth, unpacked$" "$HVMBED" image --limit findings=5 "$ten"
ok "diff" refused "'x=1'" "$HVMBED" diff --limit x=1 "$ten" "$ten"
ok "shrink" refused "'x=1'" "$HVMBED" shrink --limit x=1 -l hvm-1g "$ten"
ok "fuzz" refused "'x=1'" "$HVMBED" fuzz --limit x=1 "$ten"
ok "afl" refused "'x=1'" "$HVMBED" afl --limit x=1 "$ten"

# --- one case
run "$ten" >plain
run --limit findings=10 "$ten" >near
ok "not met: the same text" cmp plain near
run -f json "$ten" >plain.json
run -f json --limit findings=10 "$ten" >near.json
ok "and the same JSON" cmp plain.json near.json
ok "without a word of it" eval '! grep -q limits_reached plain.json'
run --limit findings=9 --limit tables=5 "$ten" >text
ok "a line for each" is "$(grep '^    limit ' text)" "    limit   findings=9 was reached (findings that differ); --limit findings=N raises it
    limit   tables=5 was reached (page tables that are looked at); --limit tables=N raises it"
run -f json --limit findings=9 "$ten" >one.json
ok "JSON: name, value, what it counts, option" is "$(jq -c .limits_reached one.json)" \
    '[{"limit":"findings","value":9,"what":"findings that differ","option":"--limit findings=N"}]'
run -f json --sandbox no --limit findings=9 "$ten" >free.json
ok "without a cage too" is "$(met . free.json)" findings=9
for form in junit tap sarif github codequality html svg; do
    run -f $form --limit findings=9 "$ten" >"any.$form" 2>err
    ok "$form: as ever" eval "[ -s any.$form ] && [ ! -s err ]"
done
run -f json --fill 0,af --limit findings=9 "$ten" >fill.json
ok "with several fills" is "$(met . fill.json)" findings=9
run --trace t --trace-filter kind=insn --limit trace=3 -f json "$rom/good.fd" >trace.json 2>/dev/null
ok "lines of a trace" eval 'is "$(met . trace.json)" trace=3 && is "$(grep -vc "^#" t)" 3'
run --trace t2 --trace-filter kind=insn --limit trace=9 --trace-filter limit=3 "$rom/good.fd" >/dev/null 2>&1
ok "limit= of the filter is the same limit" cmp t t2
run --trace t --limit trace=100000 "$rom/good.fd" -f json >trace.json
n=$(grep -vc '^#' t)
run --trace t --limit trace="$n" "$rom/good.fd" -f json >trace.json
ok "just as many lines: nothing is said" is "$(met . trace.json)" ""

# --- many cases
run -f json=m.json -l hvm-1g -l hvm-256m --limit findings=9 "$ten" "$rom/good.fd" >m.text
ok "many: of each case in JSON" is "$(jq -c '[.cases[] | [.limits_reached[]?.limit]]' m.json)" '[["findings"],[],["findings"],[]]'
ok "many: once in text, with its cases" eval '
    is "$(grep -A1 "^limit:" m.text)" "limit: findings=9 was reached (findings that differ); --limit findings=N raises it, in 2 cases
    cases   write-image-forms.fd: all 2 layouts"'
run -f json=r.json -l hvm-1g -l hvm-256m --limit findings=9 --resume kept "$ten" >/dev/null
run -f json=r2.json -l hvm-1g -l hvm-256m --limit findings=9 --resume kept "$ten" >/dev/null
ok "many: taken up again" eval 'cmp r.json r2.json && is "$(met ".cases[1]" r2.json)" findings=9'
run -f json=r3.json -l hvm-1g -l hvm-256m --limit findings=10 --resume kept "$ten" >/dev/null
ok "many: another limit is another case" is "$(met ".cases[1]" r3.json)" ""

# --- what another limit makes of a boot is kept
run --save-case case.json --limit findings=3 --limit hobs=6 --limit log=100M --limit memory=7G "$ten" >/dev/null
ok "a case file has those that count" is "$(jq -c .options.limits case.json)" '{"findings":3,"log":104857600,"hobs":6}'
ok "and is replayed with them" eval '"$HVMBED" replay -q case.json | grep -q "^SAME"'
ok "but for another that is said" eval '"$HVMBED" replay -q --limit findings=4 case.json | grep -q "^DIFFERS"'
run --save-case plain.case.json "$ten" >/dev/null
ok "where none was said it has none" is "$(jq -c .options.limits plain.case.json)" null
bad() { jq "$1" case.json >bad.json; refused "$2" "$HVMBED" replay -q bad.json; }
ok "a case with a limit that is none" bad '.options.limits.foo = 1' 'limits of options has one that this hvmbed does not know|options.*limits.*does not know'
ok "or that cannot be" bad '.options.limits.findings = 5000' 'limits'
ok "or is another thing" bad '.options.limits = [1]' 'limits'

# --- two firmwares
"$HVMBED" diff -q --handoff hvm --limit findings=9 -f json "$rom/good.fd" "$ten" >d.json
ok "diff: of both sides" is "$(jq -c '.cases[0].limits_reached | [(.a | length), .b[0].limit, .b[0].value]' d.json)" '[0,"findings",9]'
"$HVMBED" diff -q --handoff hvm --limit findings=9 "$rom/good.fd" "$ten" >d.text
ok "and in text" grep -q '^    limit       B: findings=9 was reached' d.text
"$HVMBED" diff -q --handoff hvm -f json "$rom/good.fd" "$ten" >d.json
ok "not met: nothing" is "$(jq -c '.cases[0] | has("limits_reached")' d.json)" false

# --- what ended a process
run -f json --limit memory=5M --budget 1000000 "$rom/budget-counter.fd" >lost.json 2>/dev/null
ok "a process that was lost: which limit it met" is "$(met '.cases[0]' lost.json)" memory=5242880
run -f text -l hvm-1g -l hvm-4g --limit memory=5M --budget 1000000 "$rom/budget-counter.fd" >lost.text 2>/dev/null
ok "and of many" grep -q '^limit: memory=5242880 was reached (bytes that a process has in memory); --limit memory=N raises it, in 2 cases$' lost.text

# --- images
if [ -e "$FIRMWARE_DIR/ovmfxen/RELEASE/OVMF.fd" ]; then
    fd=$FIRMWARE_DIR/ovmfxen/RELEASE/OVMF.fd
    image() { "$HVMBED" image "$@" "$fd"; }
    image -f json >image.json
    nodes=$(jq '[.. | objects | select(has("kind"))] | length' image.json)
    unpacked=$(jq '[.. | objects | .unpacked? // 0] | add' image.json)
    ok "image: what it holds is less than the defaults" eval '! grep -q limits_reached image.json && is "$(jq -c .not_shown image.json)" "[]"'
    for set in "nodes=$nodes" "unpacked=$unpacked" depth=24; do
        image -f json --limit "$set" >near.json
        ok "image: $set is enough" cmp image.json near.json
    done
    for set in "nodes=$((nodes - 1))" "unpacked=$((unpacked - 1))" depth=5; do
        image -f json --limit "$set" >cut.json
        ok "image: $set is not" eval 'is "$(met . cut.json)" "$set" && is "$(jq ".not_shown | length" cut.json)" 1'
    done
    image --limit nodes=5 >cut.text
    ok "image: in text" grep -q '^  not all is shown: nodes=5 was reached (volumes, files and sections of an image); --limit nodes=N raises it$' cut.text

    # DXE starts DevicePathDxe, and then PcdDxe.
    run -f json --until driver:PcdDxe --limit drivers=1 "$fd" >drivers.json
    ok "drivers" is "$(met . drivers.json)" drivers=1
    run -f json --until driver:PcdDxe --limit drivers=2 "$fd" >drivers.json
    ok "just as many" is "$(met . drivers.json)" ""
else
    skip "image, drivers" "no OvmfXen"
fi
done_testing
