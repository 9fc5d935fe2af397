#!/bin/bash
# edk2 issue 11046 from real firmware: OvmfXen with and without SMM_REQUIRE, as `make issue-11046` builds it.
# docs/issue-11046.md tells why each of these is so.
. "$SRC/tests/tap.sh"
command -v jq >/dev/null || skip_all "jq is not installed"
builder=$SRC/firmware/ovmfxen/issue-11046/build.sh
images=$FIRMWARE_DIR/ovmfxen/issue-11046

# Reports, made side by side: boot NAME IMAGE ARGUMENTS...
boot() {
    local name=$1 image=$2
    shift 2
    at_once "$HVMBED" run -q -f json -o "$T/$name.json" "$@" "$image/OVMF.fd"
}
# The same as text.
boot_text() {
    local name=$1 image=$2
    shift 2
    at_once "$HVMBED" run -q -o "$T/$name.txt" "$@" "$image/OVMF.fd"
}
# Of a report, by jq: holds NAME FILTER.
holds() {
    jq -e "$2" "$T/$1.json" >/dev/null || { jq -c '[.verdict, .ending, .detail, .phase, .findings[].text]' "$T/$1.json"; return 1; }
}

# --- the image tells
named() { # IMAGE
    "$HVMBED" image "$1/OVMF.fd" >"$T/said"
    grep -E '^    hvm     doubtful: built with SMM_REQUIRE' "$T/said" &&
        grep -E '^    smm_require  yes +a PCD database holds .* 0xffc00000' "$T/said"
}
not_named() { # IMAGE
    "$HVMBED" image "$1/OVMF.fd" >"$T/said"
    grep -E '^    hvm     yes$' "$T/said" && ! grep smm_require "$T/said"
}

# --- the fault that was reported, to the register
slide='.findings[] | select(.rule == "exception")'
as_reported() { # REPORT; the place of the DXE core is this version's own
    holds "$1" "$slide"' | .phase == "DXE" and .rip.address == "0x100e" and .fault.vector == 14
        and .registers.cr2 == "0xffffffffffffffff" and .registers.rbx == "0xffffffffffffffff"
        and .registers.rcx == "0x0" and .registers.rdx == "0x0" and .registers.r8 == "0x0" and .registers.r9 == "0x3041001"
        and .registers.cs == "0x38" and .registers.cr0 == "0x80010033"' &&
        holds "$1" "($slide) as \$f | any(.findings[]; .rule == \"exec-null\" and .caller.address == \$f.registers.rax)"
}
the_reports_own() { # REPORT
    holds "$1" "$slide"' | .registers | .rax == "0xefd445f9" and .rdi == "0xefd506f8" and .rsp == "0xefd30e40" and .cr3 == "0xefa01000"
        and .cr4 == "0x668"'
}
# One finding, and what led to it, each on what follows from it.
explained() { # REPORT
    grep -vE '^            (r|cr)' "$T/$1.txt" | head -60
    [ "$(grep -cE '^(error|warning)\[' "$T/$1.txt")" = 1 ] && in_order "$T/$1.txt" \
        '^error\[exec-null\]' \
        'DxeMain called gBds->Entry, and gBds is NULL: the architectural protocols Bds, VariableWrite, Capsule, MonotonicCounter' \
        'call +DxeCore\+0x[0-9a-f]+: call \[rax\]: memory at gpa 0x0 held 0x0' \
        'r9 +0000000003041001' \
        'missing +architectural protocols never installed: Bds, VariableWrite, Capsule, MonotonicCounter$' \
        'Bds is for BdsDxe to install, which was never started: it waits for VariableWrite$' \
        'VariableWrite is for VariableRuntimeDxe' \
        'gEfiFaultTolerantWriteProtocolGuid is for FaultTolerantWriteDxe' \
        'FvbServicesRuntimeDxe, .* returned Write Protected' \
        'EmuVariableFvbRuntimeDxe, .* returned Aborted'
}
in_order() { # FILE PATTERN...
    local file=$1 from=1 at pattern
    shift
    for pattern; do
        at=$(tail -n "+$from" "$file" | grep -nEm 1 -- "$pattern" | cut -d : -f 1)
        [ -n "$at" ] || { echo "not there, or not there yet: $pattern"; return 1; }
        from=$((from + at))
    done
}
calls_null() { # REPORT
    holds "$1" 'any(.findings[]; .rule == "exec-null" and .phase == "DXE" and .caller.module == "DxeCore"
        and .transfer.kind == "call" and .transfer.memory.gpa == "0x0" and .registers.r9 == "0x3041001")'
}
# Five entries in the E820 table make it another instruction, which writes elsewhere.
slides_on() { holds "$1" 'all(.findings[]; .registers.cr2 != "0xffffffffffffffff")'; }
asserts() { # REPORT
    holds "$1" 'any(.findings[]; .rule == "dead-loop" and .rip.module == "VariableRuntimeDxe"
        and (.assertion | tostring | test("VariableDxe.c")))'
}

versions=
for version in 2025.02 2022.11; do
    if "$builder" "$FIRMWARE_DIR/ovmfxen" $version find 2>"$T/log"; then
        versions="$versions $version"
    else
        skip "edk2 $version" "not built; \`make issue-11046 EDK2=$version\` builds it"
    fi
done
for version in $versions; do
    boot "$version-handoff" "$images/$version/RELEASE-SMM" -l hvm-4g
    for handoff in hvm hvmloader; do
        [ $handoff = hvm ] || [ -e "$FIRMWARE_DIR/hvmloader" ] || continue
        boot_text "$version-$handoff" "$images/$version/RELEASE-SMM" -l hvm-4g --handoff $handoff --until bds
        boot "$version-$handoff-slide" "$images/$version/RELEASE-SMM" -l hvm-4g --handoff $handoff --until bds --low-exec follow
        boot "$version-$handoff-good" "$images/$version/RELEASE" -l hvm-4g --handoff $handoff --until bds
    done
    boot "$version-1g" "$images/$version/RELEASE-SMM" -l hvm-1g --handoff hvm --until bds --low-exec follow
    boot "$version-debug" "$images/$version/DEBUG" -l hvm-4g --handoff hvm --until bds
    boot "$version-assert" "$images/$version/DEBUG-SMM" -l hvm-4g --handoff hvm --until bds
done
wait
for version in $versions; do
    for image in RELEASE DEBUG; do
        ok "$version $image-SMM: named by hvmbed image" named "$images/$version/$image-SMM"
        ok "$version $image: not named" not_named "$images/$version/$image"
    done
    ok "$version RELEASE-SMM: boots to the hand-off all the same" holds "$version-handoff" '.verdict == "pass"'
    for handoff in hvm hvmloader; do
        what="$version RELEASE-SMM, $handoff"
        [ -e "$T/$version-$handoff.txt" ] || { skip "$what" "no hvmloader here"; continue; }
        ok "$what: one finding, at the call through NULL, and why there is no BDS" explained "$version-$handoff"
        ok "$what: the slide ends in the fault that was reported" as_reported "$version-$handoff-slide"
        [ "$version" != 2025.02 ] || ok "$what: at the report's own addresses" the_reports_own "$version-$handoff-slide"
        ok "$version RELEASE, $handoff: BDS is entered" holds "$version-$handoff-good" '.verdict == "pass"'
    done
    ok "$version RELEASE-SMM: in 1 GiB the call is the same" calls_null "$version-1g"
    ok "$version RELEASE-SMM: in 1 GiB the fault is another" slides_on "$version-1g"
    ok "$version DEBUG: BDS is entered" holds "$version-debug" '.verdict == "pass"'
    ok "$version DEBUG-SMM: VariableRuntimeDxe's ASSERT" asserts "$version-assert"
done
done_testing
