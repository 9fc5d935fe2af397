#!/bin/bash
# The firmware unpacked by the host is the firmware unpacked by its own code: memory, registers, verdict, report.
. "$SRC/tests/tap.sh"
. "$SRC/tests/boot/boots.sh"

PAIRS="OVMF.fd hvm-256m
ovmfxen/RELEASE/OVMF.fd hvm-1g-stolen
ovmfxen/RELEASE/OVMF.fd pvh-256m
ovmfxen/DEBUG/OVMF.fd hvm-256m
ovmfxen/DEBUG-FP/OVMF.fd pvh-256m"
mapfile -t pairs <<<"$PAIRS"

both() { # N IMAGE LAYOUT
    timeout 600 "$BUILD/proof/unpack" "$SRC/layouts/$3.cfg" "$FIRMWARE_DIR/$2" >"$T/$1.out" 2>&1
    echo $? >"$T/$1.rc"
}
for i in "${!pairs[@]}"; do
    read -r image layout <<<"${pairs[i]}"
    ! have "$image" || at_once both "$i" "$image" "$layout"
done
wait
equal() {
    cat "$T/$1.out"
    [ "$(cat "$T/$1.rc")" = 0 ]
}
for i in "${!pairs[@]}"; do
    read -r image layout <<<"${pairs[i]}"
    if have "$image"; then
        ok "$image, $layout: the same memory, registers and verdict" equal "$i"
    else
        skip "$image, $layout" "$(why_not "$image")"
    fi
done

image=OVMF.fd
have $image || skip_all "$(why_not $image)"
decompressor() { # JSON WHO
    [ "$(jq -r .work.decompressor "$1")" = "$2" ] || { jq -c .work "$1"; return 1; }
}
boot "$T/host" "$SRC/layouts/hvm-256m.cfg" $image --handoff hvm
boot "$T/guest" "$SRC/layouts/hvm-256m.cfg" $image --handoff hvm --sec-lzma guest
ok "the host does it by default" decompressor "$T/host" host
ok "--sec-lzma guest" decompressor "$T/guest" guest
same_report() { diff <(jq 'del(.work.decompressor)' "$T/host") <(jq 'del(.work.decompressor)' "$T/guest"); }
ok "the same report" same_report

# --- in doubt the guest does it
# A stream that is damaged near its end, in both: the firmware finds that out itself.
at=$(LC_ALL=C grep -obUaP '\x98\x58\x4e\xee\x14\x39\x59\x42\x9d\x6e\xdc\x7b\xd7\x94\x03\xcf' "$FIRMWARE_DIR/$image" | head -n 1 | cut -d: -f1)
cp "$FIRMWARE_DIR/$image" "$T/damaged.fd"
printf '\xff\x00\xff\x00\xff\x00' | dd of="$T/damaged.fd" bs=1 seek=$((at + 0x80000)) conv=notrunc status=none
damaged() {
    local who
    for who in host guest; do
        "$HVMBED" run -q -f json --handoff hvm --budget 100 --sec-lzma $who "$T/damaged.fd" >"$T/damaged.$who" 2>"$T/err"
        [ $? -lt 4 ] || { cat "$T/err"; return 1; }
        decompressor "$T/damaged.$who" guest || return
    done
    cmp "$T/damaged.host" "$T/damaged.guest" && ! jq -e '.ending == "handoff"' "$T/damaged.host"
}
ok "a damaged stream" damaged
# Scratch memory, then output, that is not the firmware's to write.
hole() { # START END
    { echo 'type = "hvm"'; echo 'memory = 256'; echo 'vga = "none"'; echo 'bed_slack_pages = "ample"'
        echo "bed_e820 = [ \"0-0xa0000 RAM\", \"0x100000-$1 RAM\", \"$1-$2 RESERVED\", \"$2-0x10000000 RAM\" ]"; } >"$T/hole.cfg"
    "$HVMBED" run -q -f json -l "$T/hole.cfg" "$FIRMWARE_DIR/$image" >"$T/hole" 2>"$T/err"
    [ $? = 1 ] && decompressor "$T/hole" guest && jq -e '[.findings[].rule] | index("write-reserved") != null' "$T/hole"
}
ok "scratch memory in reserved memory" hole 0x1700000 0x1701000
ok "output in reserved memory" hole 0x1000000 0x1001000
done_testing
