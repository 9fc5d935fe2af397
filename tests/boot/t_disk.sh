#!/bin/bash
# A PV disk with an EFI program of our own: BDS finds it through Xen's bus, starts it, and it leaves boot services. What
# the firmware writes to the disk (NvVars) is read back, but never reaches the file.
. "$SRC/tests/tap.sh"
. "$SRC/tests/boot/boots.sh"

command -v mformat >/dev/null || skip_all "mtools is not installed"
have ovmfxen/RELEASE/OVMF.fd || skip_all "$(why_not ovmfxen/RELEASE/OVMF.fd)"

make_disk() { # FILE
    mformat -C -i "$1" -T 32768 -h 4 -s 32 -N 12345678 :: &&
        SOURCE_DATE_EPOCH=0 mmd -i "$1" ::/EFI ::/EFI/BOOT &&
        SOURCE_DATE_EPOCH=0 mcopy -i "$1" "$BUILD/efi/hello.efi" ::/EFI/BOOT/BOOTX64.EFI
}
ok "a disk is made" make_disk "$T/disk.img"
cp "$T/disk.img" "$T/before.img"

on=(-v --until exit-boot-services --budget 2500 --disk "$T/disk.img")
at_once boot "$T/hvm" "$SRC/layouts/hvm-1g.cfg" ovmfxen/RELEASE/OVMF.fd --handoff hvm "${on[@]}"
at_once boot "$T/again" "$SRC/layouts/hvm-1g.cfg" ovmfxen/RELEASE/OVMF.fd --handoff hvm "${on[@]}"
if have hvmloader; then
    at_once boot "$T/hvmloader" "$SRC/layouts/hvm-1g.cfg" ovmfxen/RELEASE/OVMF.fd --handoff hvmloader "${on[@]}"
fi
wait

shows() {
    jq -e --arg text "$2" '.console_log.text | contains($text)' "$1" >"$T/shown" && return
    jq .console_log "$1"
    return 1
}
left() { jq -e '.debug_log.text | contains("hvmbed: an EFI program has left boot services")' "$1"; }
for way in hvm hvmloader; do
    [ -e "$T/$way" ] || { skip "$way" "no hvmloader" && continue; }
    ok "$way: BDS starts the program" shows "$T/$way" 'starting Boot0001'
    ok "$way: it prints on the console" shows "$T/$way" 'hvmbed: an EFI program runs'
    ok "$way: it leaves boot services" left "$T/$way"
done
ok "the same again" cmp "$T/hvm" "$T/again"
ok "the file is as it was" cmp "$T/disk.img" "$T/before.img"
done_testing
