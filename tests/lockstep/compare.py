#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares what a ROM of firmware/lockstep left on the bed and on QEMU: compare.py ROM BED QEMU KNOWN (BED and QEMU without
.memory, .registers). A row of KNOWN that nothing matches is as bad as a difference that it does not know."""
import re
import struct
import sys

RECORD, DATA_END, CODE, END = 0x20000, 0x50000, 0x80000, 0xA0000
ENDED, LOG, LOG_SIZE, RESULTS = 8, 0x100, 64, 0x2000
RF = 1 << 16


def read(name):
    with open(name + ".memory", "rb") as f:
        memory = f.read()
    with open(name + ".registers", encoding="ascii") as f:
        registers = {n: int(v, 16) for n, v in (line.split() for line in f)}
    registers["rflags"] = registers.get("rflags", 0) & ~RF
    return memory, registers


def exceptions(memory):
    out = []
    for i in range(struct.unpack_from("<I", memory)[0]):
        vector, code, cr2, rip, cs, flags, rsp = struct.unpack_from("<IIQQQQQ", memory, LOG + i * LOG_SIZE)
        out.append(f"{vector} code {code:x} cr2 {cr2:x} at {cs:x}:{rip:x} flags {flags:x} rsp {rsp:x}")
    return out


def main():
    rom, known = sys.argv[1], sys.argv[4]
    bed, ours = read(sys.argv[2])
    qemu, theirs = read(sys.argv[3])
    bad = []
    a, b = exceptions(bed), exceptions(qemu)
    for i in range(max(len(a), len(b))):
        x, y = (t[i] if i < len(t) else "none" for t in (a, b))
        if x != y:
            bad.append(f"exception {i}: {x}; QEMU: {y}")
    for at in range(RESULTS, DATA_END - RECORD, 16):
        x, y = (struct.unpack_from("<QQ", m, at) for m in (bed, qemu))
        if x != y:
            what = f"result {(at - RESULTS) // 16}" if at < 0x10000 else f"memory at {RECORD + at:x}"
            bad.append(f"{what}: {x[0]:x} {x[1]:x}; QEMU: {y[0]:x} {y[1]:x}")
    for at in range(CODE - RECORD, END - RECORD, 8):
        if bed[at:at + 8] != qemu[at:at + 8]:
            x, y = (struct.unpack_from("<Q", m, at)[0] for m in (bed, qemu))
            bad.append(f"memory at {RECORD + at:x}: {x:x}; QEMU: {y:x}")
    x, y = (struct.unpack_from("<I", m, ENDED)[0] for m in (bed, qemu))
    if x != y:
        bad.append(f"ended {x}; QEMU: {y}")
    if x == y == 0:
        for name, value in ours.items():
            if theirs.get(name, value) != value:
                bad.append(f"{name}: {value:x}; QEMU: {theirs[name]:x}")
    with open(known, encoding="ascii") as f:
        rows = [line.rstrip("\n").split("\t")[1] for line in f if line.split("\t")[0] == rom]
    unused = [f"known, but not seen: {row}" for row in rows if not any(re.search(row, line) for line in bad)]
    bad = [line for line in bad if not any(re.search(row, line) for row in rows)] + unused
    print("\n".join(bad) if bad else f"{len(a)} exceptions, {(struct.unpack_from('<I', bed, 4)[0] & 0xffff) // 16 - 512} results")
    sys.exit(bool(bad))


main()
