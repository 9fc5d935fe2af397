#!/bin/bash
# The presets beyond those of t_boot.sh: RELEASE boots all of them to the hand-off, Debian's image some; what they stand
# for shows in the E820 and in the PCI bus; and docs/layouts.md has them all.
. "$SRC/tests/tap.sh"
. "$SRC/tests/boot/boots.sh"
. "$SRC/tests/presets.sh"

release=ovmfxen/RELEASE/OVMF.fd
sampled=" hvm-igd hvm-viridian hvm-rmrr-lowers-ram hvm-full hvm-tpm hvm-no-mtrr "

presets=()
for layout in "$SRC"/layouts/*.cfg; do
    [[ $(sizes hvm) = *"$layout"* || $(sizes pvh) = *"$layout"* ]] || presets+=("$(basename "$layout" .cfg)")
done

clean() { # JSON: PVH firmware probes what is not there, as t_boot.sh knows
    code_is "$1" 0 && jq -e '.ending == "handoff" and all(.findings[]; .rule == "read-unpopulated")
        and (.layout.type == "pvh" or .findings == [])' "$1" >/dev/null && return
    jq -c '.ending, .findings' "$1"
    return 1
}
chosen() { # hvm|pvh: the presets of that type, but for the slow ones
    local name
    for name in "${presets[@]}"; do
        [[ $name != "$1"-* ]] || is_slow "$SRC/layouts/$name.cfg" || echo "$SRC/layouts/$name.cfg"
    done
}
# shellcheck disable=SC2046
if have "$release"; then
    boot_all "$T/release" "$release" hvm $(chosen hvm)
    boot_all "$T/release" "$release" pvh $(chosen pvh)
fi
# shellcheck disable=SC2086
! have OVMF.fd || boot_all "$T/debian" OVMF.fd hvm $(printf "$SRC/layouts/%s.cfg " $sampled)
for name in "${presets[@]}"; do
    if is_slow "$SRC/layouts/$name.cfg"; then
        skip "$name" "too slow to boot"
    elif have "$release"; then
        ok "$name: RELEASE" clean "$T/release.$name"
    else
        skip "$name: RELEASE" "$(why_not "$release")"
    fi
    [[ $sampled = *" $name "* ]] || continue
    if have OVMF.fd; then ok "$name: OVMF.fd" clean "$T/debian.$name"; else skip "$name: OVMF.fd" "$(why_not OVMF.fd)"; fi
done

# --- guest files as people write them; test_guest_files.c has what comes of all of them
guests="windows10 windows-server windows-gaming igd router no-devices xend-cpuid pvh-linux pvh-rdm"
guest_files() { grep -E "$@" <<<"${guests// /$'\n'}" | sed "s,.*,$SRC/tests/layouts/&.cfg,"; }
# shellcheck disable=SC2046
if have "$release"; then
    boot_all "$T/guest" "$release" hvm $(guest_files -v '^pvh-')
    boot_all "$T/guest" "$release" pvh $(guest_files '^pvh-')
fi
for name in $guests; do
    if have "$release"; then
        ok "guest $name: RELEASE" clean "$T/guest.$name"
    else
        skip "guest $name: RELEASE" "$(why_not "$release")"
    fi
done
named() { # the notes of a run come on stderr, before it, unless -q
    "$HVMBED" run --handoff hvm -l "$SRC/tests/layouts/freebsd.cfg" "$BUILD/roms/good.fd" >/dev/null 2>"$T/notes"
    grep -q 'freebsd.cfg:10: note: serial: ' "$T/notes" || { cat "$T/notes"; return 1; }
    "$HVMBED" run -q --handoff hvm -l "$SRC/tests/layouts/freebsd.cfg" "$BUILD/roms/good.fd" 2>&1 >/dev/null | grep -c note && return 1
    return 0
}
if [ -e "$BUILD/roms/good.fd" ]; then
    ok "a run names what it does not honour" named
else
    skip "a run names what it does not honour" "no test ROM"
fi

# --- what they stand for
ends() { # PRESET LOW HIGH ENTRIES
    "$HVMBED" layout show "$1" >"$T/show" || return
    cat "$T/show"
    local nr
    nr=$(grep -c '^ \[' "$T/show")
    [ "$nr" = "$4" ] || { echo "$nr entries"; return 1; }
    grep -q "^low RAM .* - $2\$" "$T/show" && { [ "$3" = - ] || grep -q "^high RAM .* - $3\$" "$T/show"; }
}
while read -r preset low high entries; do
    ok "$preset: RAM ends at $low, $high; $entries entries" ends "$preset" "$low" "$high" "$entries"
done <<EOF
hvm-top-f0000000 f0000000 - 5
hvm-top-4g-1m f0000000 100100000 6
hvm-top-odd-pages 3edfb000 - 5
hvm-hole-1g c0000000 140000000 6
hvm-hole-2g 80000000 180000000 6
hvm-hole-3g 40000000 1c0000000 6
hvm-hole-most 10000000 1f0000000 6
hvm-1t f0000000 10050000000 6
hvm-32g f0000000 80eeb4000 6
hvm-rmrr 40000000 - 6
hvm-rmrr-lowers-ram cb800000 134800000 7
hvm-rmrr-ignored f0000000 110000000 6
hvm-rmrr-in-window 40000000 - 6
hvm-many-entries cb000000 235000000 16
hvm-too-many-entries cb000000 235000000 22
hvm-igd cb800000 134800000 9
hvm-no-acpi 40000000 - 4
hvm-tpm 3eea4000 - 5
hvm-balloon 7eeb4000 - 5
hvm-xen-4.14 40000000 - 4
pvh-top-fc000000 fc000000 - 5
pvh-top-4g-1m fc000000 100100000 6
pvh-1t fc000000 10044000000 6
pvh-rmrr cb800000 134800000 8
EOF

nvs() { "$HVMBED" layout show "$1" | grep -c ': NVS$'; }
ok "pvh-1g: ACPI entries of type ACPI" test "$(nvs pvh-1g)" = 0
ok "pvh-1g-nvs: ACPI entries of type NVS" test "$(nvs pvh-1g-nvs)" = 3
ok "hvm-igd: ACPI and the OpRegion are NVS" test "$(nvs hvm-igd)" = 2

documented() {
    local missing=0
    for layout in "$SRC"/layouts/*.cfg; do
        grep -qF "\`$(basename "$layout" .cfg)\`" "$SRC/docs/layouts.md" || { echo "$layout is not in docs/layouts.md"; missing=1; }
        [[ $(head -1 "$layout") = '# '* ]] || { echo "$layout does not say whom it stands for"; missing=1; }
    done
    return $missing
}
ok "docs/layouts.md has all presets" documented
ok "at least 40 presets" test "$(ls "$SRC"/layouts/*.cfg | wc -l)" -ge 40
done_testing
