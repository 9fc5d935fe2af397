#!/bin/bash
# Real images reach the hand-off with the presets of every size, clean, and the HOB list and the DXE core lie in RAM.
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

# A bug of the firmware, on which a guest with low RAM up to F0000000 dies: OvmfPkg/Sec's TemporaryRamMigration adds the
# stack's offset to the RBP that its caller had, where gcc 12 keeps SecCoreData, which PeiCheckAndSwitchStack has moved
# already. Guests with less RAM read beyond it, which is harmless. (PVH firmware does not find that PPI.) DEBUG-FP has
# upstream's fix and is clean everywhere; another compiler may keep something else in RBP.
moves_twice() {
    [ "$(cat "$1.rc")" = 1 ] || { clean "$1"; return; }
    jq -e '.findings | length == 1 and .[0].rule == "exception" and .[0].rip.module == "PeiCore"
        and (.[0].fault.cr2 | length) > 10 and .[0].fault.error_code == "0x0"' "$1"
}

BOOTS="$BOOTS
DEBUG-FP-hvm ovmfxen/DEBUG-FP/OVMF.fd hvm
DEBUG-FP-pvh ovmfxen/DEBUG-FP/OVMF.fd pvh"

no_findings() { clean "$1" && jq -e '.findings == []' "$1"; }

while read -r name image handoff; do
    have "$image" || continue
    # shellcheck disable=SC2046
    boot_all "$T/$name" "$image" - $(sizes "$handoff")
done <<<"$BOOTS"
while read -r name image handoff; do
    for layout in $(sizes "$handoff"); do
        layout=$(basename "$layout" .cfg)
        if ! have "$image"; then
            skip "$name, $layout" "$(why_not "$image")"
        elif [[ $name = DEBUG-hvm && $layout = hvm-[48]g* ]]; then
            ok "$name, $layout: its own bug is found" moves_twice "$T/$name.$layout"
        elif [ "$handoff" = hvm ] && [ "${name#DEBUG-hvm}" = "$name" ]; then
            ok "$name, $layout: not one finding" no_findings "$T/$name.$layout"
        else
            ok "$name, $layout" clean "$T/$name.$layout"
        fi
    done
done <<<"$BOOTS"
done_testing
