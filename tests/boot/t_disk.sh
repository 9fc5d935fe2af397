#!/bin/bash
# A PV disk with an EFI program of our own: BDS finds it through Xen's bus, starts it, and it leaves boot services with a
# memory map that fits the E820. What the firmware writes to the disk (NvVars) is read back, but never reaches the file. Another
# program spoils what the operating system is to get, and all of it is found.
. "$SRC/tests/tap.sh"
. "$SRC/tests/boot/boots.sh"

command -v mformat >/dev/null || skip_all "mtools is not installed"
have ovmfxen/RELEASE/OVMF.fd || skip_all "$(why_not ovmfxen/RELEASE/OVMF.fd)"

make_disk() { # FILE PROGRAM
    mformat -C -i "$1" -T 32768 -h 4 -s 32 -N 12345678 :: &&
        SOURCE_DATE_EPOCH=0 mmd -i "$1" ::/EFI ::/EFI/BOOT &&
        SOURCE_DATE_EPOCH=0 mcopy -i "$1" "$BUILD/efi/$2.efi" ::/EFI/BOOT/BOOTX64.EFI
}
ok "a disk is made" make_disk "$T/disk.img" hello
ok "another is made" make_disk "$T/bad.img" bad
cp "$T/disk.img" "$T/before.img"

on=(-v --budget 2500 --disk "$T/disk.img")
hvm=$SRC/layouts/hvm-1g.cfg
at_once boot "$T/leaving" "$hvm" ovmfxen/RELEASE/OVMF.fd --handoff hvm "${on[@]}" --until exit-boot-services
at_once boot "$T/end" "$hvm" ovmfxen/RELEASE/OVMF.fd --handoff hvm "${on[@]}" --until end
at_once boot "$T/again" "$hvm" ovmfxen/RELEASE/OVMF.fd --handoff hvm "${on[@]}" --until end
at_once boot "$T/bad" "$hvm" ovmfxen/RELEASE/OVMF.fd --handoff hvm -v --budget 2500 --disk "$T/bad.img" \
    --until exit-boot-services --why no
if have hvmloader; then
    at_once boot "$T/hvmloader" "$hvm" ovmfxen/RELEASE/OVMF.fd --handoff hvmloader "${on[@]}" --until exit-boot-services
fi
wait

shows() { # JSON LOG TEXT
    jq -e --arg log "$2" --arg text "$3" '.[$log].text | contains($text)' "$1" >"$T/shown" && return
    jq ".$2" "$1"
    return 1
}
# By another way than the program's own: all but what is reserved is RAM of the E820, all of
# that RAM is there, and no page is in two descriptors.
map_fits() { # JSON
    jq -e -L "$SRC/tests/boot" 'include "hex";
        [.memory["e820"][] | select(.name == "RAM") | {start: (.start | hex), end: (.end | hex)}] as $ram
        | (.memory_map | .when == "exit-boot-services" and .source == "loader" and .damage == null)
        and ([.memory_map.descriptors[] | {type, start: (.start | hex), end: (.end | hex)}] | sort_by(.start)
            | (length > 30)
            and all(.[]; .start < .end and .start % 4096 == 0 and .end % 4096 == 0)
            and ([., .[1:]] | transpose | all(.[]; .[1] == null or .[0].end <= .[1].start))
            and (map(select(. as $d | any($ram[]; .start <= $d.start and $d.end <= .end))) as $inside
                | (. - $inside | all(.[]; .type == 0))
                and ($inside | map(.end - .start) | add) == ($ram | map(.end - .start) | add)))' "$1" && return
    jq -c '.memory["e820"][], .memory_map.descriptors[]' "$1"
    return 1
}
for way in leaving hvmloader; do
    [ -e "$T/$way" ] || { skip "$way" "no hvmloader" && continue; }
    ok "$way: nothing is found up to ExitBootServices" code_is "$T/$way" 0
    ok "$way: the map that it got fits the E820" map_fits "$T/$way"
    ok "$way: BDS starts the program" shows "$T/$way" console_log 'starting Boot0001'
    ok "$way: it prints on the console" shows "$T/$way" console_log 'hvmbed: an EFI program runs'
done
ok "what a bad program spoils is found, and nothing else" jq -e '
    [.findings[] | [.rule, .access.gpa]] == [["write-preserved", "0xfc000040"], ["read-null", "0x8"],
        ["system-table", null], ["acpi-tables", null]] and .detail == "ExitBootServices"' "$T/bad"
ok "it leaves boot services" shows "$T/end" debug_log 'hvmbed: an EFI program has left boot services'
ok "and halts" jq -e '[.findings[].rule] == ["halt"]' "$T/end"
ok "the same again" cmp "$T/end" "$T/again"
ok "the file is as it was" cmp "$T/disk.img" "$T/before.img"
done_testing
