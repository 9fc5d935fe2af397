#!/bin/bash
# A reserved hole where PEI will allocate: the firmware goes by CMOS or its own arithmetic and notices nothing; we do.
. "$SRC/tests/tap.sh"
. "$SRC/tests/boot/boots.sh"

# PEI takes pages from the top of low RAM downwards: a hole from 5 to 1 MiB below it.
hole_start=3fb00000 hole_end=3ff00000
cat >"$T/hvm.cfg" <<END
type = "hvm"
memory = 1024
vga = "none"
bed_slack_pages = "ample"
bed_e820 = [ "0-a0000 RAM", "f0000-100000 RESERVED", "100000-$hole_start RAM", "$hole_start-$hole_end RESERVED",
    "$hole_end-40000000 RAM", "fc000000-fc00b000 NVS", "fc00b000-100000000 RESERVED" ]
END
# PVH firmware asks Xen for the map, but takes only the end of the topmost RAM from it.
cat >"$T/pvh.cfg" <<END
type = "pvh"
kernel = "OVMF.fd"
memory = 1024
bed_e820 = [ "0-$hole_start RAM", "$hole_start-$hole_end RESERVED", "$hole_end-40000000 RAM",
    "feff8000-ff000000 RESERVED", "fc008000-fc008040 ACPI", "fc000000-fc001000 ACPI", "fc001000-fc008000 ACPI" ]
END

named() {
    code_is "$1" 1 || return
    jq -e -L "$SRC/tests/boot" --arg s 0x$hole_start --arg e 0x$hole_end 'include "hex";
        .ending == "handoff" and any(.findings[]; .rule == "write-reserved"
            and (.access.gpa | hex) >= ($s | hex) and (.access.gpa | hex) < ($e | hex)
            and .access.size > 0 and .access.count > 0 and .rip.address != "0x0" and .range.class == "reserved")
        ' "$1" >/dev/null && return
    jq -c '.ending, (.findings[] | [.rule, .access, .rip])' "$1" | head -20
    return 1
}

while read -r name image handoff; do
    have "$image" && at_once boot "$T/$name" "$T/$handoff.cfg" "$image"
done <<<"$BOOTS"
wait
while read -r name image handoff; do
    if have "$image"; then
        ok "$name names the write into the hole" named "$T/$name"
    else
        skip "$name names the write into the hole" "$(why_not "$image")"
    fi
done <<<"$BOOTS"
done_testing
