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

on=(-v --budget 2500 --disk "$T/disk.img")
hvm=$SRC/layouts/hvm-1g.cfg
at_once boot "$T/leaving" "$hvm" ovmfxen/RELEASE/OVMF.fd --handoff hvm "${on[@]}" --until exit-boot-services
at_once boot "$T/end" "$hvm" ovmfxen/RELEASE/OVMF.fd --handoff hvm "${on[@]}" --until end
at_once boot "$T/again" "$hvm" ovmfxen/RELEASE/OVMF.fd --handoff hvm "${on[@]}" --until end
if have hvmloader; then
    at_once boot "$T/hvmloader" "$hvm" ovmfxen/RELEASE/OVMF.fd --handoff hvmloader "${on[@]}" --until exit-boot-services
fi
wait

shows() { # JSON LOG TEXT
    jq -e --arg log "$2" --arg text "$3" '.[$log].text | contains($text)' "$1" >"$T/shown" && return
    jq ".$2" "$1"
    return 1
}
for way in leaving hvmloader; do
    [ -e "$T/$way" ] || { skip "$way" "no hvmloader" && continue; }
    ok "$way: nothing is found up to ExitBootServices" code_is "$T/$way" 0
    ok "$way: BDS starts the program" shows "$T/$way" console_log 'starting Boot0001'
    ok "$way: it prints on the console" shows "$T/$way" console_log 'hvmbed: an EFI program runs'
done
ok "it leaves boot services" shows "$T/end" debug_log 'hvmbed: an EFI program has left boot services'
ok "and halts" jq -e '[.findings[].rule] == ["halt"]' "$T/end"
ok "the same again" cmp "$T/end" "$T/again"
ok "the file is as it was" cmp "$T/disk.img" "$T/before.img"
done_testing
