#!/bin/bash
# Interrupts and exceptions in BDS, on real firmware: EFI programs that loop, wait, fault and break, from a PV disk that the
# guest's own file names.
. "$SRC/tests/tap.sh"
. "$SRC/tests/boot/boots.sh"

release=ovmfxen/RELEASE/OVMF.fd
debug=ovmfxen/DEBUG-FP/OVMF.fd
command -v mformat >/dev/null || skip_all "mtools is not installed"
have $release || skip_all "$(why_not $release)"

guest() { # PROGRAM: a disk with it, and a guest's file beside that
    local dir=$T/$1
    mkdir "$dir"
    mformat -C -i "$dir/disk.img" -T 32768 -h 4 -s 32 -N 12345678 ::
    mmd -i "$dir/disk.img" ::/EFI ::/EFI/BOOT
    mcopy -i "$dir/disk.img" "$BUILD/efi/$1.efi" ::/EFI/BOOT/BOOTX64.EFI
    { cat "$SRC/layouts/hvm-1g.cfg"; echo 'disk = [ "disk.img,raw,xvda,w" ]'; } >"$dir/guest.cfg"
}
program() { # PROGRAM IMAGE OPTION...
    local program=$1 image=$2
    shift 2
    boot "$T/$program.json" "$T/$program/guest.cfg" "$image" --handoff hvm --until end --budget 3000 "$@"
}
for p in dead-loop waits page-fault breakpoint; do guest $p; done
at_once program dead-loop $release
at_once program waits $release -v
at_once program page-fault $debug
at_once program breakpoint $debug
wait

finds() { # PROGRAM JQ
    code_is "$T/$1.json" 1 && jq -e "$2" "$T/$1.json" >/dev/null || {
        jq -c '.ending, .work, (.findings[] | [.rule, .text, .assertion, .handler, .rip.module])' "$T/$1.json"
        return 1
    }
}
ok "disk=: the guest has it" jq -e '.layout.disks == [{"vdev": "xvda", "file": "disk.img", "read_only": false}]' "$T/dead-loop.json"
ok "a loop that BDS's timers interrupt is proved dead, with its ASSERT" finds dead-loop \
    '[.findings[] | select(.severity == "error")] | length == 1 and .[0].rule == "dead-loop" and
     (.[0].text | test("(59[0-9][0-9]|600[0-9]) interrupts in 60 s")) and
     .[0].assertion == "ASSERT [Program] /build/Program.c(12): Ready" and (.[0].backtrace | any(.at.module == "DxeCore"))'
ok "to spin for a timer's event, to wait for one and to stall is none" finds waits \
    '[.findings[].rule] == ["halt"] and (.debug_log.text | contains("the variable is set") and
     contains("the event is signalled") and contains("the stall is over")) and .work.virtual_ns > 8000000000'
if have $debug; then
    ok "a page fault in BDS is found, and the firmware's own dump of it quoted" finds page-fault \
        '.findings[-1] | .rule == "exception" and .phase == "DXE" and .fault.error_code == "0x2" and .fault.cr2 == "0x7000deadb000" and
         (.handler | startswith("!!!! X64 Exception Type - 0E(#PF - Page-Fault)") and contains("Find image based on IP"))'
    ok "INT3 goes to the firmware's handler, whose dead loop is found with the ASSERT before it" finds breakpoint \
        '(.findings[-1] | .rule == "dead-loop" and .assertion == "ASSERT [Program] /build/Program.c(34): Handle != 0" and
         .rip.module == "CpuDxe") and .work.software_interrupts == 1'
else
    skip "exceptions in BDS" "$(why_not $debug)"
fi
done_testing
