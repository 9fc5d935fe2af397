#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The machine against another one: each ROM of firmware/lockstep runs on the bed and on QEMU's TCG, and what it leaves
# must be the same: results and flags, exceptions, memory, page tables, registers. What differs and why is in known.tsv.
. "$SRC/tests/tap.sh"
command -v qemu-system-x86_64 >/dev/null || skip_all "qemu-system-x86_64 is not installed"
command -v python3 >/dev/null || skip_all "python3 is not installed"
here=$SRC/tests/lockstep
version=$(qemu-system-x86_64 --version | sed -n 's/^QEMU emulator version \([0-9]*\)\..*/\1/p')
bits=40 # of physical addresses: the layout's, and those that both emulators check

one() { # ROM
    local rom=$1 at=$T/$1
    "$BUILD/lockstep/bed" "$BUILD/lockstep/$rom.fd" "$SRC/layouts/hvm-256m.cfg" "$at.bed.memory" "$at.bed.registers" &&
        python3 "$here/peer.py" "$BUILD/lockstep/$rom.fd" "$at.qemu.memory" "$at.qemu.registers" $bits &&
        python3 "$here/compare.py" "$rom" "$at.bed" "$at.qemu" "$here/known.tsv" "$version" && : >"$at.same"
}

roms=()
for rom in "$SRC"/firmware/lockstep/*.asm; do
    rom=${rom##*/}
    roms+=("${rom%.asm}")
done
for rom in "${roms[@]}"; do
    at_once one "$rom" >"$T/$rom.said" 2>&1
done
wait
same() {
    cat "$T/$1.said"
    [ -e "$T/$1.same" ]
}
for rom in "${roms[@]}"; do
    ok "$rom" same "$rom"
done
enough() { [ ${#roms[@]} -ge 60 ]; }
ok "${#roms[@]} ROMs" enough
done_testing
