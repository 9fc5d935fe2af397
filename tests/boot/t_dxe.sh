#!/bin/bash
# Past the hand-off, on real firmware: how far it comes, what is told about drivers, and the same bytes twice.
. "$SRC/tests/tap.sh"
. "$SRC/tests/boot/boots.sh"

release=ovmfxen/RELEASE/OVMF.fd
debug=ovmfxen/DEBUG-FP/OVMF.fd

# NAME IMAGE LAYOUT UNTIL DETAIL OPTIONS
runs="bds-release $release hvm-1g bds BDS --handoff hvm
bds-again $release hvm-1g bds BDS --handoff hvm
bds-hvmloader $release hvm-4g bds BDS --handoff hvmloader
bds-debug $debug hvm-1g bds BDS --handoff hvm
shell-debug $debug hvm-4g shell the_shell --handoff hvmloader
shell $release hvm-1g shell the_shell --handoff hvm -v
shell-debian OVMF.fd hvm-1g shell the_shell --handoff hvm
ready $release hvm-1g-stolen ready-to-boot ready_to_boot --handoff hvm
ready-debug $debug hvm-1g ready-to-boot ready_to_boot --handoff hvm
ready-debian OVMF.fd hvm-rmrr ready-to-boot ready_to_boot --handoff hvm
driver $release hvm-1g driver:PcdDxe the_start_of_PcdDxe --handoff hvm
guid $release hvm-1g driver:80cf7257-87ab-47f9-a3fe-d50b76d89541 the_start_of_80cf7257-87ab-47f9-a3fe-d50b76d89541 --handoff hvm"

# (BDS begins with all architectural protocols there: what comes behind it cannot come before.)
arrives() { # NAME DETAIL
    code_is "$T/$1.json" 0 && jq -e --arg where "${2//_/ }" \
        '.ending == "reached" and .detail == $where and .phase == "DXE" and .findings == [] and
         (.dxe.dispatch | .protocols_read and .started > 0 and
            (.missing == [] and .started > 80 or ($where | startswith("the start of"))))' "$T/$1.json" >/dev/null || {
        jq -c '.ending, .detail, .phase, .dxe.dispatch.started, [.findings[].text]' "$T/$1.json"
        return 1
    }
}

while read -r name image layout until detail options; do
    have $image || { skip "$name" "$(why_not $image)"; continue; }
    # shellcheck disable=SC2086
    boot "$T/$name.json" "$SRC/layouts/$layout.cfg" $image --until "$until" $options
    ok "$name: comes to ${detail//_/ } without a finding" arrives "$name" "$detail"
done <<<"$runs"

# OvmfXen 2022.11 goes no further on PVH: E:OvmfPkg/Library/ResetSystemLib/DxeResetShutdown.c knows no such host bridge.
stops_on_pvh() {
    code_is "$T/pvh.json" 1 && jq -e '[.findings[] | select(.severity == "error") | [.rule, .rip.module]] ==
        [["dead-loop", "ResetSystemRuntimeDxe"]] and .phase == "DXE"' "$T/pvh.json"
}
if have $release; then
    boot "$T/pvh.json" "$SRC/layouts/pvh-1g.cfg" $release --until bds
    ok "PVH: stops where this firmware does, and says where" stops_on_pvh
    if have $debug; then
        boot "$T/assert.json" "$SRC/layouts/pvh-1g.cfg" $debug --until bds
        ok "PVH, DEBUG: the ASSERT that it stops in is quoted" jq -e '[.findings[] | select(.severity == "error")] | length == 1 and
            .[0].rule == "dead-loop" and .[0].rip.module == "ResetSystemRuntimeDxe" and
            (.[0].assertion | test("^ASSERT .*DxeResetShutdown.c\\(42\\): "))' "$T/assert.json"
    fi
    ok "BDS: every driver of the dispatcher was started but those that nobody asks for" jq -e \
        '.dxe.dispatch | .missing == [] and .started > 80 and ([.waiting[].driver] - ["BootScriptExecutorDxe"]) == []' \
        "$T/bds-release.json"
    ok "XenIoPvhDxe is not for HVM, and says so" jq -e \
        '.dxe.dispatch.errors | any(.driver == "XenIoPvhDxe" and .name == "Unsupported")' "$T/bds-release.json"
    ok "the memory map: when it was looked at, and where from" jq -s -e \
        '[.[] | .memory_map | [.when, .source, .damage, (.descriptors | length > 20)]] ==
         [["ready-to-boot", "core", null, true], ["end", "core", null, true]]' "$T/ready.json" "$T/bds-release.json"
    ok "before BDS, some wait for protocols by name" jq -e \
        '.dxe.dispatch | .missing | index("Bds") != null' "$T/driver.json"
    ok "the console: BDS starts the shell" jq -e '.console_log.text | contains("starting Boot") and contains("EFI Internal Shell")' \
        "$T/shell.json"
    ok "the same bytes twice, timers included" cmp "$T/bds-release.json" "$T/bds-again.json"
fi
done_testing
