#!/bin/bash
# Weak spots of OVMF that only certain memory shows (docs/regressions.md, L2, L5, L6, L10): a layout brings them about, the bed names them.
. "$SRC/tests/tap.sh"
. "$SRC/tests/boot/boots.sh"

image=ovmfxen/DEBUG-FP/OVMF.fd
have $image || skip_all "$(why_not $image)"

guest() { # NAME PRESET LINE
    { cat "$SRC/layouts/$2.cfg"; echo "$3"; } >"$T/$1.cfg"
}
first_is() { # JSON RULE MODULE
    code_is "$1" 1 || return
    jq -e --arg rule "$2" --arg m "$3" '[.findings[] | select(.severity == "error")][0] | .rule == $rule and .rip.module == $m' "$1"
}

# Free RAM as a reboot may leave it: "XPVH" at 808004, and at 808000 where the builder has put hvmloader's start info: behind
# hvmloader, which every version ends elsewhere, and the image.
start_info() { # LOADER IMAGE: its address
    local at size
    read -r at size < <(readelf -lW "$1" | awk '$1 == "LOAD" { print $4, $6 }' | tail -n 1)
    echo $(((at + size + 0xfff & ~0xfff) + $(stat -L -c %s "$2")))
}
if have hvmloader; then
    loader=$FIRMWARE_DIR/hvmloader
    guest mailbox hvm-1g "$(printf 'bed_fill = "0x48565058%08x"' "$(start_info "$loader" "$FIRMWARE_DIR/$image")")"
    boot "$T/mailbox" "$T/mailbox.cfg" $image --hvmloader "$loader"
    ok "HVM: a stale PVH mailbox is followed (L2)" first_is "$T/mailbox" dead-loop XenPlatformPei
else
    skip "HVM: a stale PVH mailbox is followed (L2)" "$(why_not hvmloader)"
fi

# The byte at 0 says "TDX" to SecEntry, where OvmfXen has no work area.
for byte in 2 4; do
    guest work-area-$byte pvh-1g "bed_fill = \"0x$byte\""
    boot "$T/work-area-$byte" "$T/work-area-$byte.cfg" $image
done
ok "PVH: byte 0 is 2, and SEC takes the machine for TDX (L6)" first_is "$T/work-area-2" triple-fault SecMain
ok "PVH: byte 0 is 4, and nothing happens" code_is "$T/work-area-4" 0

# The E820 ends at 40000000.
guest cmos hvm-1g 'bed_cmos_low_ram = "0x50000000"'
boot "$T/cmos" "$T/cmos.cfg" $image
ok "HVM: CMOS is believed rather than the E820 (L10)" first_is "$T/cmos" write-unpopulated SecMain

# The ELF header of OvmfXen says 2 MiB, whatever the size.
cat "$FIRMWARE_DIR/$image" "$FIRMWARE_DIR/$image" >"$T/4m.fd"
refused() {
    "$HVMBED" run -q -l "$SRC/layouts/pvh-1g.cfg" "$T/4m.fd" >"$T/out" 2>&1
    [ $? = 2 ] && grep -q "ELF header covers 2048 KiB of 4096 KiB" "$T/out" || { cat "$T/out"; return 1; }
}
ok "PVH: 4 MiB with the header of 2 are refused (L5)" refused
done_testing
