#!/bin/bash
# Faults planted in what real firmware leaves at the hand-off, and in what DXE leaves when it is ready to boot, are found, each
# by its rule, and nothing else is.
. "$SRC/tests/tap.sh"
. "$SRC/tests/boot/boots.sh"

# fault, the rule that must speak first, what its text must have; "-": this image has nothing to plant it in
FAULTS="acpi-as-ram hob-ram 0xfc000000-0xfc001000.is.no.RAM
ram-too-large hob-ram is.no.RAM
ram-too-small hob-ram-missing which.the.E820.has.as.RAM
memory-over-top hob-memory no.HOB.declares.all
overlapping hob-allocation-overlap overlaps.HOB
allocated-outside hob-allocation no.HOB.declares.all
list-cut hob-list less.than.a.header
stack-moved hob-stack no.HOB.says
cpu-wide hob-cpu 52.memory
volume-damaged hob-volume checksum
volume-changed bytes-changed 0x980000
other-xen hob-xen CPUID.says.4.17
slow-clock bus-clock is.10000000.Hz
acpi-altered bytes-changed ACPI.tables.*0xfc001040
rsdp-altered bytes-changed RSDP.*0xea024
image-altered bytes-changed OVMF.image
ring-altered bytes-changed console.ring.*0xfefff800
low-altered low-memory 0x9f000
table-wide page-tables beyond.the.processor
table-elsewhere page-tables leads.to.0
table-short page-tables only.up.to.0
table-free page-tables that.no.HOB.allocates"
LATE="free-over-top map-ram is.no.RAM
page-lost map-ram-missing 0x100000-0x101000
page-twice map-overlap overlaps
map-link map-list what.is.no.descriptor
gcd-reserved-as-ram gcd-ram the.E820.has.RESERVED
gcd-ram-as-mmio gcd-mmio is.RAM.in.the.E820
gcd-gap gcd-list does.not.begin
tables-freed processor-tables the.page.table
services-changed system-table CRC
rsdp-flipped acpi-tables RSDP.*checksum
smbios-flipped smbios-tables checksum
info-altered bytes-changed ACPI.info
late-image-altered bytes-changed OVMF.image"

found() { # OUTPUT FAULT RULE TEXT
    awk -F'\t' -v f="$2" '$1 == f' "$1" | head -n 1 | grep -qP "^$2\t$3\t.*$4" && return
    grep "^$2" "$1"
    return 1
}
clean() { # OUTPUT: the run arrived, no check failed, and nothing was found where nothing was planted
    [ "$(cat "$1.rc")" = 0 ] && ! grep -P '^none\t|\t\?\t' "$1" && return
    cat "$1.err"
    return 1
}
only() { # OUTPUT FAULT RULE TEXT: the rule and no other
    found "$@" && ! awk -F'\t' -v f="$2" -v r="$3" '$1 == f && $2 != r' "$1" | grep .
}
plant() { # OUTPUT LAYOUT HANDOFF IMAGE [ready-to-boot]
    timeout 600 "$BUILD/proof/planted" "$SRC/layouts/$2.cfg" "$3" "$FIRMWARE_DIR/$4" "${@:5}" >"$1" 2>"$1.err"
    echo $? >"$1.rc"
}

BOOTS="hvm-1g-stolen hvm OVMF.fd
hvm-256m-stolen hvm ovmfxen/RELEASE/OVMF.fd
hvm-8g hvm ovmfxen/DEBUG-FP/OVMF.fd
pvh-1g pvh ovmfxen/RELEASE/OVMF.fd
pvh-8g pvh ovmfxen/DEBUG/OVMF.fd"

while read -r layout handoff image; do
    if have "$image"; then at_once plant "$T/$layout" "$layout" "$handoff" "$image"; fi
done <<<"$BOOTS"
late=ovmfxen/RELEASE/OVMF.fd
if have $late; then at_once plant "$T/late" hvm-1g hvm $late ready-to-boot; fi
wait
while read -r layout handoff image; do
    name="$(basename "$(dirname "/$image")") $layout"
    have "$image" || { skip "$name" "$(why_not "$image")"; continue; }
    ok "$name: nothing without a fault" clean "$T/$layout"
    while read -r fault rule text; do
        case $image.$fault.$handoff in
        OVMF.fd.other-xen.* | OVMF.fd.slow-clock.*) rule=- text= ;;
        *.rsdp-altered.pvh) rule=low-memory text=0xea024 ;; # free RAM there
        esac
        ok "$name: $fault" found "$T/$layout" "$fault" "$rule" "$text"
    done <<<"$FAULTS"
done <<<"$BOOTS"
if have $late; then
    ok "ready to boot: nothing without a fault" clean "$T/late"
    while read -r fault rule text; do
        ok "ready to boot: $fault, and nothing else" only "$T/late" "$fault" "$rule" "$text"
    done <<<"$LATE"
else
    skip "ready to boot" "$(why_not $late)"
fi
done_testing
