#!/bin/bash
# The E820 that the real hvmloader prints, byte for byte, for guests whose tables are known, and the synthetic one.
. "$SRC/tests/tap.sh"
loader=$FIRMWARE_DIR/hvmloader-4.17
[ -s "$loader" ] || skip_all "these are the tables of 4.17, whose hvmloader is not here; \`make firmware\` fetches it"

image() { # MIB: a ROM that only hands off, in an image of that size
    local size=$(($1 << 20)) rom=$BUILD/roms/good.fd
    head -c $((size - $(stat -c %s "$rom"))) /dev/zero | cat - "$rom" >"$T/$1.fd"
}
image 2
image 4

# Low RAM's end, RAM's end above 4 GiB (- for none), the image's MiB, CMOS 35:34, then the guest.
TABLES='10000000 - 2 0f00 memory=256;vga="none";bed_slack_pages="ample"
40000000 - 2 3f00 memory=1024;vga="none";bed_slack_pages="ample"
f0000000 110000000 2 ef00 memory=4096;vga="none";bed_slack_pages="ample"
f0000000 210000000 2 ef00 memory=8192;vga="none";bed_slack_pages="ample"
80000000 180000000 2 7f00 memory=4096;vga="none";mmio_hole=2048;bed_slack_pages="ample"
c0000000 240000000 2 bf00 memory=8192;vga="none";mmio_hole=1024;bed_slack_pages="ample"
0eeb4000 - 2 0deb memory=256;vga="stdvga";bed_slack_pages=192
3eeb4000 - 2 3deb memory=1024;vga="stdvga";bed_slack_pages=192
3ecb4000 - 4 3dcb memory=1024;vga="stdvga";bed_slack_pages=192
f0000000 10eeb4000 2 ef00 memory=4096;vga="stdvga";bed_slack_pages=192
f0000000 20eeb4000 2 ef00 memory=8192;vga="stdvga";bed_slack_pages=192
80000000 17ecb4000 4 7f00 memory=4096;vga="stdvga";mmio_hole=2048;bed_slack_pages=192'

entry() { # NUMBER START END TYPE: a line as hvmloader prints it
    printf ' [%02d]: %08x:%08x - %08x:%08x: %s\n' "$1" $((0x$2 >> 32)) $((0x$2 & 0xffffffff)) $((0x$3 >> 32)) $((0x$3 & 0xffffffff)) "$4"
}
table() { # LOW HIGH
    entry 0 0 a0000 RAM
    entry 1 f0000 100000 RESERVED
    entry 2 100000 "$1" RAM
    entry 3 fc000000 fc00b000 NVS
    entry 4 fc00b000 100000000 RESERVED
    [ "$2" = - ] || entry 5 100000000 "$2" RAM
}
lines() { grep -oE ' \[[0-9]+\]: [0-9a-f]{8}:[0-9a-f]{8} - .*' "$1"; }
real() { # N MIB
    "$HVMBED" run -q -v --hvmloader "$loader" -l "$T/$1.cfg" "$T/$2.fd" >"$T/$1.out" 2>&1 || { head -3 "$T/$1.out"; return 1; }
    diff "$T/$1.want" <(lines "$T/$1.out")
}
synthetic() { # N MIB
    "$HVMBED" layout show "$T/$1.cfg" "$T/$2.fd" >"$T/$1.show" 2>&1 || { head -3 "$T/$1.show"; return 1; }
    diff "$T/$1.want" <(lines "$T/$1.show")
}
cmos() { # N VALUE
    local below
    below=$(printf '%08x' $(((0x$2 << 16) + (16 << 20))))
    grep -qE "^CMOS: RAM below +$below\$" "$T/$1.show" || { grep CMOS "$T/$1.show"; return 1; }
}
n=0
while read -r low high mib cmos guest; do
    n=$((n + 1))
    { echo 'type="hvm"'; tr ';' '\n' <<<"$guest"; } >"$T/$n.cfg"
    table "$low" "$high" >"$T/$n.want"
    ok "$guest, $mib MiB: hvmloader's table" real $n "$mib"
    ok "$guest, $mib MiB: the synthetic one" synthetic $n "$mib"
    ok "$guest, $mib MiB: CMOS 35:34" cmos $n "$cmos"
done <<<"$TABLES"
done_testing
