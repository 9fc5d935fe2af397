#!/bin/bash
# Boots that do not begin at reset: the same reports, whatever the layout, and only where that can be proved. WARM=all
# goes over all presets (`make test-warm`); else a sample.
. "$SRC/tests/tap.sh"
. "$SRC/tests/boot/boots.sh"

warm() { # WANTED OPTION... IMAGE HANDOFF LAYOUT...: the last line must be like WANTED
    local wanted=$1 rc
    shift
    timeout 900 "$BUILD/proof/warm" "$@" >"$T/warm.out" 2>&1
    rc=$?
    tail -n 20 "$T/warm.out"
    [ $rc = 0 ] && tail -n 1 "$T/warm.out" | grep -qE "$wanted"
}
presets() { # NAME...
    local n
    for n in "$@"; do echo "$SRC/layouts/$n.cfg"; done
}
# Page tables of 4 KiB pages take minutes.
all() { # TYPE
    find "$SRC/layouts" -name "$1-*.cfg" ! -name '*-4k*' | sort
}
mapfile -t hvm < <([ "${WARM-}" = all ] && all hvm || presets hvm-256m hvm-1g hvm-4g hvm-amd hvm-dirty hvm-smp hvm-1t)
mapfile -t pvh < <([ "${WARM-}" = all ] && all pvh || presets pvh-256m pvh-1g pvh-amd pvh-1t)
mapfile -t few < <([ "${WARM-}" = all ] && all hvm || presets hvm-256m hvm-1g-stolen)

# What is compiled with sanitizers lies elsewhere, and a program of its own looks for hvmloader beside it.
[ -e "$BUILD/firmware" ] || ln -s "$FIRMWARE_DIR" "$BUILD/firmware"
release=ovmfxen/RELEASE/OVMF.fd
if have $release; then
    image=$FIRMWARE_DIR/$release
    ok "HVM, to the hand-off" warm '[1-9][0-9]* of them warm, 0 different' "$image" hvm "${hvm[@]}"
    ok "HVM, to the published PEI memory" warm '[1-9][0-9]* of them warm, 0 different' -p "$image" hvm "${hvm[@]}"
    ok "PVH, to the hand-off" warm '[1-9][0-9]* of them warm, 0 different' "$image" pvh "${pvh[@]}"
    ok "the guest unpacks" warm '4 boots, 2 of them warm, 0 different' -g -n 4 "$image" hvm "${hvm[0]}"
    # Replays, between boots that take over what is kept: HVM guests are entered alike, PVH guests here, too.
    replays() { # IN-NEW-MACHINES OPTION...
        local anew=$1
        shift
        warm ' 0 different' -r "$@" && grep -qE "^[1-9][0-9]* replays, $anew in new machines\$" "$T/warm.out"
    }
    ok "code where there is no memory" warm '4 boots, 2 of them warm, 0 different' -n 2 "$image" hvm "${hvm[0]}" "$SRC/tests/boot/warm-hole.cfg"
    ok "HVM, replayed in one machine" replays 1 -p "$image" hvm "${hvm[@]}" "$SRC/tests/boot/warm-faulty.cfg"
    ok "and to the published PEI memory" replays 1 -1 "$image" hvm "${hvm[@]:0:2}" "$SRC/tests/boot/warm-faulty.cfg"
    ok "PVH, replayed in one machine" replays 1 -p "$image" pvh "${pvh[@]}"
    ok "hvmloader first, replayed in machines of their own" replays 2 -p -n 2 "$image" hvmloader "${hvm[0]}"
    ok "hvmloader first: from reset" warm ' 0 of them warm, 0 different' -n 2 "$image" hvmloader "${hvm[0]}"
    # Limits that are met: in what all boots have in common, and after it.
    limits="log=100 modules=8 findings=1 hobs=20 tables=3"
    met() { # IMAGE: it meets all but one of them
        # shellcheck disable=SC2086
        "$HVMBED" run -q -f json --handoff hvm $(printf ' --limit %s' $limits) "$1" >"$T/met.json"
        jq -e '[.limits_reached[] | "\(.limit)=\(.value)"] | contains(["log=100", "modules=8", "hobs=20"])' "$T/met.json"
    }
    debug=$FIRMWARE_DIR/ovmfxen/DEBUG/OVMF.fd
    if [ -e "$debug" ] && command -v jq >/dev/null; then
        ok "a boot meets limits" met "$debug"
        # shellcheck disable=SC2046,SC2086
        ok "warm, they are met and told as from reset" warm '[1-9][0-9]* of them warm, 0 different' \
            $(printf ' -x %s' $limits) -n 3 "$debug" hvm "${hvm[@]:0:3}"
    else
        skip "limits, warm" "no DEBUG image, or no jq"
    fi
    # From the 32nd boot on, much of PEI need not run again: 5,900 blocks of each; mutants come after that.
    # With the vendor AMD this firmware looks at the layout earlier than with Intel, where the others were shown where.
    ok "what is taken over is the same" warm ' 0 different' -p -n 40 -t 100000 "$image" hvm "${hvm[@]:0:2}" "$SRC/layouts/hvm-amd.cfg"
    ok "and of mutants" warm ' 0 different' -p -n 40 -t 100000 -m "${MUTANTS:-30}" -s 2 "$image" hvm "${hvm[@]:0:2}"
    # 2,000 boots, and not a page more.
    if [ -n "${SAN-}" ]; then
        skip "resident memory stays" "a sanitizer keeps what was freed"
    else
        ok "resident memory stays" warm '1[0-9]* of them warm, 0 different' -c -p -n 1000 -f 2048 "$image" hvm "${hvm[@]:0:2}"
    fi
    # Layouts as the fuzzer makes them; MUTANTS=1000 for more (`make test-warm`).
    ok "mutants, to the published PEI memory" warm ' 0 different' -p -m "${MUTANTS:-30}" "$image" hvm "${hvm[@]:0:2}"
    # RAM that is not the firmware's, where it unpacks itself to; and where nobody cares.
    reserve() { # FILE START END
        { echo 'type = "hvm"'; echo 'memory = 256'; echo 'vga = "none"'; echo 'bed_slack_pages = "ample"'
            echo "bed_e820 = [ \"0-0xa0000 RAM\", \"0x100000-$2 RAM\", \"$2-$3 RESERVED\", \"$3-0x10000000 RAM\" ]"; } >"$1"
    }
    reserve "$T/under.cfg" 0x1000000 0x1001000
    reserve "$T/beside.cfg" 0x3000000 0x3001000
    ok "reserved under the unpacked firmware: from reset" \
        warm '9 boots, [45] of them warm, 0 different' "$image" hvm "${hvm[@]:0:2}" "$T/under.cfg"
    ok "reserved elsewhere: warm" warm '9 boots, 7 of them warm, 0 different' "$image" hvm "${hvm[@]:0:2}" "$T/beside.cfg"
    # PEI's memory is where there is none: the firmware faults, and what is kept serves all the same.
    { printf '%s\n' 'type = "hvm"' 'memory = 256' 'vga = "none"' 'bed_slack_pages = "ample"' \
        'bed_cmos_low_ram = "0xf0000000"' \
        'bed_e820 = [ "0x0-0xa0000 RAM", "0x100000-0xffff000 RAM", "0xfc00b000-0x100000000 RESERVED" ]'; } >"$T/fault.cfg"
    faults() {
        "$HVMBED" run -q --handoff hvm -l "$T/fault.cfg" "$image" | grep -q 'triple.fault' &&
            warm '6 boots, 4 of them warm, 0 different' -n 3 "$image" hvm "${hvm[0]}" "$T/fault.cfg"
    }
    ok "it takes a page fault: warm" faults
    # Page 0 is read early, which is told: what it is called differs, and the finding with it; a class has a beginning.
    zero=()
    for kind in RESERVED UNUSABLE PMEM ACPI NVS; do
        zero+=("$T/zero-$kind.cfg")
        { echo 'type = "hvm"'; echo 'memory = 256'; echo 'vga = "none"'; echo 'bed_slack_pages = "ample"'
            echo "bed_e820 = [ \"0-0x1000 $kind\", \"0x1000-0xa0000 RAM\", \"0x100000-0x10000000 RAM\" ]"; } >"${zero[-1]}"
    done
    ok "page 0 is reserved, whatever it is called" \
        warm '30 boots, 2[0-9] of them warm, 0 different' -p -n 5 "$image" hvm "${hvm[0]}" "${zero[@]}"
else
    skip "OvmfXen RELEASE" "$(why_not $release)"
fi
for other in OVMF.fd ovmfxen/DEBUG/OVMF.fd; do
    if have $other; then
        ok "$other" warm ' 0 different' "$FIRMWARE_DIR/$other" hvm "${few[@]}"
    else
        skip "$other" "$(why_not $other)"
    fi
done
done_testing
