#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares what a ROM of firmware/lockstep left on the bed and on QEMU: compare.py ROM BED QEMU KNOWN VERSION (BED and QEMU
without .memory, .registers; VERSION is QEMU's first number). A row of KNOWN for this version that nothing matches is as bad as a
difference that it does not know."""
import difflib
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


def pairs(a, b):
    """(number, the bed's, QEMU's): by place, so that one that only one of them has does not make the others differ."""
    place = [[line[line.index(" at "):line.index(" flags")] for line in lines] for lines in (a, b)]
    for _, i, i_end, j, j_end in difflib.SequenceMatcher(None, *place, autojunk=False).get_opcodes():
        for k in range(max(i_end - i, j_end - j)):
            yield i + k, a[i + k] if i + k < i_end else "none", b[j + k] if j + k < j_end else "none"


def rows(known, rom, version):
    """The patterns for this ROM and this QEMU."""
    with open(known, encoding="ascii") as f:
        for line in f:
            if not line.startswith("#"):
                name, pattern, _, since = (line.rstrip("\n").split("\t") + [""])[:4]
                if name == rom and int(since or 0) <= version:
                    yield pattern


def main():
    rom, known, version = sys.argv[1], sys.argv[4], int(sys.argv[5])
    bed, ours = read(sys.argv[2])
    qemu, theirs = read(sys.argv[3])
    bad = []
    a, b = exceptions(bed), exceptions(qemu)
    for i, x, y in pairs(a, b):
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
    patterns = list(rows(known, rom, version))
    unused = [f"known, but not seen: {row}" for row in patterns if not any(re.search(row, line) for line in bad)]
    bad = [line for line in bad if not any(re.search(row, line) for row in patterns)] + unused
    print("\n".join(bad) if bad else f"{len(a)} exceptions, {(struct.unpack_from('<I', bed, 4)[0] & 0xffff) // 16 - 512} results")
    sys.exit(bool(bad))


main()
