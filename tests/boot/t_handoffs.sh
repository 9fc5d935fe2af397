#!/bin/bash
# The synthetic hand-off is what the real hvmloader leaves, but for the exceptions named in tests/proof/proof.c.
. "$SRC/tests/tap.sh"
. "$SRC/tests/boot/boots.sh"

have hvmloader || skip_all "no hvmloader; \`make firmware\` fetches it"
have OVMF.fd || skip_all "$(why_not OVMF.fd)"

guest() { # NAME LINE...
    local name=$1
    shift
    printf '%s\n' 'type = "hvm"' 'vga = "none"' "$@" >"$T/$name.cfg"
}
# Where the presets do not go.
guest amd 'memory = 512' 'bed_vendor = "amd"' 'bed_phys_bits = 48'
guest hole 'memory = 3000' 'mmio_hole = 2048'
guest odd-top 'memory = 1025'
guest no-acpi 'memory = 512' 'acpi = 0' 'vga = "stdvga"' 'videoram = 32' 'bed_slack_pages = "ample"'
guest cirrus-20g 'memory = 20480' 'vga = "cirrus"' 'bed_slack_pages = 10'
guest smp 'memory = 1024' 'vcpus = 4'
guest smp-stolen 'memory = 1024' 'vga = "stdvga"' 'vcpus = 64'
# BARs that do not fit: hvmloader enlarges the window downwards, or goes above 4 GiB, or both.
guest video-256m 'memory = 2048' 'vga = "stdvga"' 'videoram = 256'
guest video-256m-no-room 'memory = 4096' 'vga = "stdvga"' 'videoram = 256'
guest bar-1g 'memory = 2048' 'vga = "stdvga"' 'videoram = 256' 'bed_pci_bar64 = "1G"'
guest bar-1g-no-room 'memory = 6000' 'vga = "stdvga"' 'bed_pci_bar64 = "1G"'
guest bar-8g 'memory = 4096' 'vga = "stdvga"' 'bed_pci_bar64 = "8G"'
guest bar-8g-hole 'memory = 3000' 'mmio_hole = 2048' 'bed_pci_bar64 = "8G"'
cat "$FIRMWARE_DIR/OVMF_VARS_4M.fd" "$FIRMWARE_DIR/OVMF_CODE_4M.fd" >"$T/4m.fd" 2>/dev/null

prove() { # NAME ARGUMENT...
    local name=$1
    shift
    timeout 600 "$BUILD/proof/proof" "$@" "$loader" >"$T/$name.out" 2>&1
    echo $? >"$T/$name.rc"
}
equal() { # NAME
    cat "$T/$1.out"
    [ "$(cat "$T/$1.rc")" = 0 ]
}

names=() without=()
loader_of() { # VERSION
    loader=$FIRMWARE_DIR/hvmloader-$1
    have "hvmloader-$1"
}
start() { # NAME ARGUMENT...
    names+=("$1")
    at_once prove "$@"
}
for layout in "$SRC"/layouts/hvm-*.cfg "$T"/*.cfg; do
    # Like is compared with like: each with the loader of its own Xen, 4.17's unless it says another.
    version=$(sed -n 's/^bed_xen_version *= *"\(.*\)"/\1/p' "$layout")
    name=$(basename "$layout" .cfg)
    if loader_of "${version:-4.17}"; then start "$name" "$layout" "$FIRMWARE_DIR/OVMF.fd"; else without+=("$name"); fi
done
if loader_of 4.17; then
    # What nobody wrote is not zero but this.
    start hvm-256m-filled -f 0xafafafafafafafaf "$SRC/layouts/hvm-256m.cfg" "$FIRMWARE_DIR/OVMF.fd"
    # Pages that were moved keep it.
    start hvm-256m-stolen-filled -f 0xafafafafafafafaf "$SRC/layouts/hvm-256m-stolen.cfg" "$FIRMWARE_DIR/OVMF.fd"
    [ ! -s "$T/4m.fd" ] || start hvm-1g-stolen-4-MiB-image "$SRC/layouts/hvm-1g-stolen.cfg" "$T/4m.fd"
fi
wait
# The other versions that are here (this suite's, the newest that Debian's suites have), with the synthetic hand-off told to be
# like each.
others=0
for loader in "$FIRMWARE_DIR"/hvmloader-4.*; do
    version=${loader##*-}
    [ "$version" != 4.17 ] || continue
    others=$((others + 1))
    for layout in "$SRC"/layouts/hvm-{256m,1g,4g,8g}{,-stolen}.cfg "$T"/{video,bar}-*.cfg "$T"/smp{,-stolen}.cfg \
        "$SRC"/layouts/hvm-{igd,rmrr-in-window,many-entries,viridian,no-apic,full}.cfg; do
        name=$(basename "$layout" .cfg)-$version
        { cat "$layout"; echo "bed_xen_version = \"$version\""; } >"$T/$name"
        start "$name" "$T/$name" "$FIRMWARE_DIR/OVMF.fd"
    done
done
wait
for name in "${names[@]}"; do
    ok "$name: synthetic and real are equal" equal "$name"
done
for name in "${without[@]}"; do
    skip "$name: synthetic and real are equal" "no hvmloader of that version"
done
[ $others != 0 ] || skip "the newest hvmloader" "not there; \`make setup\` fetches it"
[ -s "$T/4m.fd" ] || skip "hvm-1g-stolen-4-MiB-image: synthetic and real are equal" "$(why_not OVMF_CODE_4M.fd)"
done_testing
