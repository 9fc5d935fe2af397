#!/bin/bash
# Real images reach the hand-off with every preset, clean, and the HOB list and the DXE core lie in RAM.
. "$SRC/tests/tap.sh"
. "$SRC/tests/boot/boots.sh"

clean() {
    code_is "$1" 0 || return
    jq -e -L "$SRC/tests/boot" 'include "hex";
        [.memory["e820"][] | select(.name == "RAM" and (.start | hex) < 4294967296)] as $ram
        | .ending == "handoff" and .verdict == "pass" and all(.findings[]; .severity != "error")
        and .dxe.hob_list != "0x0" and .dxe.dxe_entry != "0x0"
        and ([.dxe.hob_list, .dxe.dxe_entry, .dxe.rsp] | all(hex as $a | any($ram[]; (.start | hex) <= $a and $a < (.end | hex))))
        ' "$1" >/dev/null && return
    jq -c '.ending, .dxe, .memory["e820"]' "$1"
    return 1
}

while read -r name image handoff; do
    have "$image" || continue
    for layout in "$SRC"/layouts/"$handoff"-*.cfg; do
        at_once boot "$T/$name.$(basename "$layout")" "$layout" "$image"
    done
done <<<"$BOOTS"
wait
while read -r name image handoff; do
    for layout in "$SRC"/layouts/"$handoff"-*.cfg; do
        layout=$(basename "$layout")
        if have "$image"; then
            ok "$name, $layout" clean "$T/$name.$layout"
        else
            skip "$name, $layout" "$(why_not "$image")"
        fi
    done
done <<<"$BOOTS"
done_testing
