#!/bin/bash
# When things happened, what the guest asked for and what it wrote; and that to ask for the last changes nothing else.
. "$SRC/tests/tap.sh"
. "$SRC/tests/boot/boots.sh"

run() { # OUTPUT OPTION... IMAGE
    local out=$1
    shift
    timeout 600 "$HVMBED" run -q -f json -o "$out" "$@"
    [ -s "$out" ]
}
says() { # JSON FILTER
    jq -e -L "$SRC/tests/boot" "include \"hex\"; def at(a): .written.runs[] | select((.start | hex) <= a and (.end | hex) > a);
        $2" "$1" >/dev/null && return
    jq -c '.timeline, .hypercalls, .written' "$1" | cut -c 1-2000
    return 1
}
same_but_written() { # JSON JSON
    cmp <(jq 'del(.written)' "$1") <(jq 'del(.written)' "$2")
}

rom=$BUILD/roms/good.fd
if [ -s "$rom" ]; then
    ok "a ROM boots" run "$T/plain" --handoff hvm "$rom"
    ok "it boots again, and what it writes is told" run "$T/told" --handoff hvm --written "$rom"
    ok "nothing is told unasked" says "$T/plain" '.written == null'
    ok "to ask changes nothing else" same_but_written "$T/plain" "$T/told"
    ok "phases in their order" says "$T/plain" '.timeline | [.phases[].phase] == ["SEC", "PEI", "PEI-mem", "DXE"]
        and .phases[0].began.virtual_ns == 0 and (.phases | map(.began.instructions) | . == sort)
        and .phases[3].began.virtual_ns <= .ended.virtual_ns and .decompressor == null'
    ok "a module with the phase that it began" says "$T/plain" '.modules[0].phase == "PEI"
        and .modules[0].first.virtual_ns == .timeline.phases[1].began.virtual_ns'
    ok "page tables by SEC, which is no module; the HOB list by the module" says "$T/told" '
        (at(8388608) | .first == {phase: "SEC", module: null} and .class == "free")
        and (at(20185088) | .first == {phase: "PEI-mem", module: "TestPei"})'
else
    skip "a ROM" "no test ROMs; \`make roms\` assembles them"
fi

release=ovmfxen/RELEASE/OVMF.fd
if have $release; then
    image=$FIRMWARE_DIR/$release first=hvmloader
    have hvmloader || first=hvm
    ok "OvmfXen after $first" run "$T/plain" --handoff $first -l hvm-256m "$image"
    ok "and again, with what it writes" run "$T/told" --handoff $first -l hvm-256m --written "$image"
    ok "to ask changes nothing else" same_but_written "$T/plain" "$T/told"
    have hvmloader || skip "hvmloader's hypercalls, and SEC's time" "$(why_not hvmloader)"
    ! have hvmloader || ok "hvmloader's hypercalls, and SEC's time" says "$T/plain" '
        (.hypercalls[] | select(.name == "memory_op/populate_physmap") | .phases == [{phase: "loader", count: .count}])
        and (.hypercalls | map(.count) | add) == (.timeline.exits[] | select(.kind == "hypercall") | .count)
        and .timeline.decompressor.began.virtual_ns < .timeline.decompressor.ended.virtual_ns
        and .timeline.decompressor.ended.virtual_ns < .timeline.phases[2].began.virtual_ns'
    ok "what SEC unpacks is SecMain's, whoever does it" says "$T/told" '
        [at(9437184), at(13631488) | .first] == [range(2) | {phase: "SEC", module: "SecMain"}]'
    for handoff in hvm pvh; do
        ok "$handoff: all that has changed is told" "$BUILD/proof/written" "$image" $handoff "$SRC/layouts/$handoff-256m.cfg"
    done
    ok "where the guest unpacks, too" "$BUILD/proof/written" -g "$image" hvm "$SRC/layouts/hvm-256m.cfg"
else
    skip "OvmfXen RELEASE" "$(why_not $release)"
fi
done_testing
