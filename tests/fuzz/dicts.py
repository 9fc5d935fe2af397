#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Dictionaries for the fuzz targets, out of the tables of the sources: dicts.py DEST

Writes DEST/TARGET.dict, words that libFuzzer puts into its inputs. Deterministic; those that are committed (dict/) came from here.
"""
import os
import re
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "emu")
LONGEST = 60  # libFuzzer's words have at most 64 bytes


def source(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as f:
        return f.read()


def literals(*paths, spaces=0):
    """Plain words among the string literals of C files: what parsers compare with. Those with more @spaces are said to people."""
    for path in paths:
        code = re.sub(r'#include "[^"]*"', "", source(path))
        for word in re.findall(r'"((?:[^"\\\n]|\\.)*)"', code):
            if re.fullmatch(r"[A-Za-z0-9_@?+*/:.,=<>\[\]() -]{2,40}", word) and word.strip().count(" ") <= spaces:
                yield word.encode()


def keys(path):
    """First columns of a table of rows {"a, b", …}."""
    for names in re.findall(r'^    \{"([a-z0-9_, *]+)",', source(path), re.M):
        for name in names.split(", "):
            yield name.encode()


def guids(path):
    for words in re.findall(r"GUID\(((?:0x[0-9a-f]+(?:,\s*)?){11})\)", source(path)):
        n = [int(w, 16) for w in re.findall(r"0x[0-9a-f]+", words)]
        yield n[0].to_bytes(4, "little") + n[1].to_bytes(2, "little") + n[2].to_bytes(2, "little") + bytes(n[3:])


def le(size, *values):
    for v in values:
        yield v.to_bytes(size, "little")


# Volumes and files (PI 1.7, volume 3), PE and TE, gzip, the reset vector's NOPs and near JMP.
VOLUME = [b"_FVH", b"\x90\x90\xe9", b"MZ", b"PE\0\0", b"VZ", b"\x64\x86", b"NB10", b"RSDS", b"\x1f\x8b\x08\0"]
VOLUME += list(guids("image/fv.c")) + list(guids("image/tree_open.c"))
FILE_TYPES = list(le(1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0x0B, 0xF0))
SECTIONS = list(le(1, 1, 2, 3, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1B, 0x1C))
# The ELF header of a 32-bit and a 64-bit x86 file; program headers; the PVH note (XEN_ELFNOTE_PHYS32_ENTRY).
ELF = [b"\x7fELF", b"\x7fELF\x01\x01\x01", b"\x7fELF\x02\x01\x01", *le(2, 2, 3, 0x3E), *le(4, 1, 4), b"\x04\0\0\0\x04\0\0\0\x12\0\0\0Xen\0"]
# <xen/io/xs_wire.h>: types of requests, as words; paths; what a body may be.
XENSTORE = [*le(4, *range(22)), b"data/", b"/local/domain/1/", b"device/vbd/51712/state", b"backend/vbd/1/51712/state", b"control/shutdown",
            b"error/", b"@releaseDomain", b"@introduceDomain", b"T\0", b"F\0", b"n1\0r0\0", b"b0\0", b"state", b"\x10\0\0\0"]

DICTS = {
    "case": [*literals("replay/read.c", "replay/write.c"), *re.findall(rb"\n    (?:TEXT|NUMBER)\(\w+, \w+, (\w+),", source("replay/fields.c").encode()),
             b"hvmbed-case/1", b"0x", b"null", b"true", b"false", *literals("base/limits.c")],
    "elf": ELF,
    "fd": [*VOLUME, *ELF[:3]],
    "gdb": [*literals("gdb/stub.c", "gdb/commands.c"), b"vCont;c", b"vCont;s:1", b"Z0,", b"z1,", b"Z2,", b"m0,40", b"$", b"#00", b"+", b"-", b"}\x03"],
    "hob": [*le(2, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 0xFFFE, 0xFFFF, 0x38, 0x30, 0x48, 0x40), *guids("hob/names.c")],
    "image": [*VOLUME, *ELF[:3], *guids("image/guid_names.c")],
    "import": [*literals("layout/import.c", "layout/e820_text.c", spaces=2)],
    "layout": [*keys("layout/key_docs.c"), *literals("layout/bedkeys.c", "layout/guestkeys.c", "layout/xlkeys.c", "layout/cpuidkeys.c", "layout/rdmkeys.c"),
               b"hvm", b"pvh", b" = ", b"[ ", b" ]", b"'", b'"', b"\\\n", b"#", b"0x"],
    "options": [*literals("trace/filter.c", "check/until.c", "check/rule.c")],
    "sections": [*SECTIONS, *guids("image/tree_open.c")],
    "tree": [*VOLUME, *FILE_TYPES, *SECTIONS],
    "xenstore": XENSTORE,
}


def written(word):
    return '"' + "".join(chr(b) if 0x20 <= b < 0x7F and b not in b'"\\' else "\\x%02x" % b for b in word) + '"'


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    os.makedirs(sys.argv[1], exist_ok=True)
    for target, words in DICTS.items():
        with open(os.path.join(sys.argv[1], target + ".dict"), "w", encoding="ascii") as out:
            out.write("# Made by tests/fuzz/dicts.py.\n")
            for word in dict.fromkeys(words):
                if 0 < len(word) <= LONGEST:
                    out.write(written(word) + "\n")


main()
