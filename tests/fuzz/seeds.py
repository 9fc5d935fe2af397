#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Seeds for the fuzz targets, out of what the build makes: seeds.py DEST BUILD [FIRMWARE_DIR]

Writes DEST/TARGET/NAME. Deterministic. What needs a compiler or a firmware image that is not there is left out; the small seeds that
are committed (corpus/) came from here, too: `seeds.py --small corpus` makes those anew.
"""
import gzip
import lzma
import os
import struct
import subprocess
import sys
import tempfile
import zlib

FFS2 = bytes.fromhex("78e58c8c3d8a1c4f9935896185c32dd3")
LZMA = bytes.fromhex("98584eee143959429d6edc7bd79403cf")
CRC32 = bytes.fromhex("b0cd1bfc317daa49936aa4600d9dd083")
BDS_ARCH = bytes.fromhex("f63f5e66cc46d4119a380090273fc14d")


def le(n, v):
    return v.to_bytes(n, "little")


def pad(data, to, fill=b"\0"):
    return data + fill * (-len(data) % to)


# --- firmware volumes
def section(kind, body):
    return le(3, len(body) + 4) + bytes([kind]) + body


def guided(guid, attributes, data, extra=b""):
    start = 24 + len(extra)
    return le(3, start + len(data)) + b"\x02" + guid + le(2, start) + le(2, attributes) + extra + data


def sections(*all_of_them):
    out = b""
    for one in all_of_them:
        out = pad(out, 4) + one
    return out


def lzma_section(content):
    packed = lzma.compress(content, format=lzma.FORMAT_ALONE, filters=[{"id": lzma.FILTER_LZMA1, "dict_size": 1 << 16}])
    return guided(LZMA, 1, packed[:5] + le(8, len(content)) + packed[13:])


def crc_section(content):
    return guided(CRC32, 2, content, le(4, zlib.crc32(content)))


def ffs(kind, name, body):
    header = bytearray(name + b"\0\xaa" + bytes([kind, 0]) + le(3, 24 + len(body)) + b"\0")
    header[16] = -sum(header[i] for i in range(24) if i not in (16, 17, 23)) & 0xFF
    header[23] = 0xF8
    return bytes(header) + body


def volume(*files, size=0):
    body = b""
    for one in files:
        body = pad(body, 8, b"\xff") + one
    length = max(size, len(pad(b"\0" * 72 + body, 512)))
    header = bytearray(b"\0" * 16 + FFS2 + le(8, length) + b"_FVH" + le(4, 0x4FEFF) + le(2, 72) + b"\0\0\0\0\0\2"
                       + le(4, length // 512) + le(4, 512) + b"\0" * 8)
    total = sum(struct.unpack("<36H", header)) & 0xFFFF
    header[50:52] = le(2, -total & 0xFFFF)
    return (bytes(header) + body).ljust(length, b"\xff")


def ui(text):
    return section(0x15, text.encode("utf-16-le") + b"\0\0")


def depex(*ops):
    return section(0x13, b"".join(ops) + b"\x08")


def te():
    head = b"VZ" + le(2, 0x8664) + bytes([1, 11]) + le(2, 0) + le(4, 0x240) + le(4, 0x220) + le(8, 0) + b"\0" * 16
    return pad(head + b".text\0\0\0" + struct.pack("<IIIIIIHHI", 64, 0x240, 64, 0x240, 0, 0, 0, 0, 0x60000020), 64) + b"\x90" * 64


def pe():
    head = bytearray(b"MZ".ljust(60, b"\0") + le(4, 64) + b"PE\0\0" + struct.pack("<HHIIIHH", 0x8664, 1, 0, 0, 0, 240, 0x22))
    optional = struct.pack("<HBBIIIIIQIIHHHHHHIIIIHHQQQQII", 0x20B, 0, 0, 64, 0, 0, 0x200, 0x200, 0, 32, 32, 0, 0, 0, 0, 0, 0, 0,
                           0x400, 0x200, 0, 11, 0, 0, 0, 0, 0, 0, 6) + b"\0" * 128
    table = b".text\0\0\0" + struct.pack("<IIIIIIHHI", 64, 0x200, 64, 0x200, 0, 0, 0, 0, 0x60000020)
    return (bytes(head) + optional + table).ljust(0x200, b"\0") + b"\x90" * 64


def driver(number, *parts, kind=7):
    return ffs(kind, bytes([number]) * 16, sections(*parts))


def volumes():
    inner = volume(driver(0x22, depex(b"\x02" + BDS_ARCH, b"\x06", b"\x05", b"\x03"), section(0x10, pe()), ui("Inner")))
    yield "drivers", volume(
        driver(0x11, depex(b"\x06"), section(0x10, pe()), ui("One")),
        driver(0x12, depex(b"\x02" + BDS_ARCH, b"\x02" + b"\x77" * 16, b"\x03"), section(0x12, te()), ui("Two")),
        driver(0x13, section(0x10, pe()), ui("Three")), driver(0x14, section(0x13, b"\x00" + b"\x12" * 16 + b"\x08")))
    yield "lzma", volume(driver(0x31, lzma_section(sections(section(0x19, b"raw"), section(0x17, inner))), kind=0x0B))
    yield "crc", volume(driver(0x32, crc_section(sections(section(0x17, inner), ui("Crc"))), kind=2))
    yield "deep", volume(driver(0x33, section(0x17, volume(driver(0x34, lzma_section(section(0x17, inner)), kind=0x0B))), kind=0x0B))
    yield "large", volume(b"\x35" * 16 + b"\0\xaa\x02\x01\xff\xff\xff\xf8" + le(8, 64) + section(0x19, b"x" * 28))


def pieces(how, *parts):
    """What targets/fd.c takes: (place, bytes); a place below 0 is from the end."""
    out = bytes([how])
    for at, data in parts:
        place = at // 8 if at >= 0 else 0x800000 | (-at - 1) // 8
        out += le(3, place) + le(2, len(data)) + data
    return out


def reset_vector():
    """At the last but 15th byte: OvmfPkg's, and the markers in front of it."""
    return b"\x90\x90\xe9\xfd\xff".ljust(16, b"\0")


def images():
    by_name = dict(volumes())
    for name in ("drivers", "lzma", "crc"):
        yield name, pieces(1, (0, by_name[name]), (-24, reset_vector()))
        yield name + "-big", pieces(3, (0, by_name[name]), (-24, reset_vector()))
    elf = bytearray(0x100)
    elf[:64] = struct.pack("<16sHHIIIIIHHHHHH", b"\x7fELF\1\1\1", 2, 3, 1, 0xFF0, 52, 0, 0, 52, 32, 2, 0, 0, 0) + b"\0" * 12
    elf[52:84] = struct.pack("<8I", 1, 0, 0x100000, 0x100000, 0x8000, 0x8000, 5, 0x1000)
    elf[84:116] = struct.pack("<8I", 4, 0xC0, 0x1000C0, 0x1000C0, 0x18, 0x18, 4, 4)
    elf[0xC0:0xD8] = le(4, 4) + le(4, 4) + le(4, 18) + b"Xen\0" + le(4, 0x100FF0) + le(4, 0)
    yield "pvh", pieces(1, (0, bytes(elf)), (0x1000, by_name["lzma"]), (-24, reset_vector()))


# --- what a child hands back: matrix/record.c
def number(*all_of_them):
    return b"".join(le(8, v) for v in all_of_them)


def text(t):
    return number(len(t)) + t


def place(module=b"PeiCore", file=b"Ppi.c"):
    return number(0x82043A) + text(module) + number(0x820000, 0x2FA) + text(b"52C05B14-0B98-496C-BC3B-04B50211D680") + \
        text(b"Convert") + text(b"") + text(file) + number(81)


def record():
    mark = number(0x3230657361632D68)
    finding = number(0, 0, 1, 0) + place() + number(1) + place(b"SecMain") + number(0) + place(b"", b"") + \
        text(b"6eaa1c6eccd1782f") + text(b"6eaa1c6eccd1782f") + text(b"what happened") + \
        number(1) + place() + number(0, 0) + number(1, 0) + place() + text(b"details\n")
    booted = mark + number(0) + text(b"") + number(1, 2, 3) + text(b"detail") + number(0) + number(2, 0, 256, 3, 512) + number(1) + finding + number(1000, 2000) + \
        text(b"hvmloader-4.17") + number(173724) + b"\x5a" * 32 + text(b"log\n") + number(1) + text(b"json") + text(b"{}\n") + mark
    lost = mark + number(3) + text(b"killed") + number(3, 0, 0) + text(b"") + number(0, 0, 0, 0, 0) + text(b"") + number(0) + \
        b"\0" * 32 + text(b"") + number(0) + mark
    return {"booted": booted, "lost": lost}


# --- a .debug file, where there is a compiler
TINY = """
static int twice(int n) { return n + n; }
int deeper(int n) { volatile int room[8]; room[n & 7] = twice(n); return room[0] + twice(room[1]); }
int _ModuleEntryPoint(int n) { return n < 2 ? 1 : deeper(n - 1) + 1; }
"""


def debug_files():
    for name, options in {"dwarf4": ["-gdwarf-4"], "dwarf5": ["-gdwarf-5"]}.items():
        with tempfile.TemporaryDirectory() as d:
            with open(d + "/tiny.c", "w") as out:
                out.write(TINY)
            try:
                subprocess.run(["gcc", "-m64", "-O1", "-ffreestanding", "-fno-pic", "-fno-stack-protector", "-fcf-protection=none",
                                "-nostdlib", "-static", "-Wl,-e,_ModuleEntryPoint,-Ttext=0x240,--build-id=none,-n,-z,noseparate-code",
                                f"-fdebug-prefix-map={d}=.", *options, "-o", "tiny.debug", "tiny.c"], cwd=d, check=True)
            except (OSError, subprocess.CalledProcessError):
                return
            with open(d + "/tiny.debug", "rb") as made:
                yield name, made.read()


# --- steps for guests
def rings():
    request = lambda op, sector, ref, segment, prod: bytes([2, 0, op, 1, sector, ref]) + le(2, segment) + bytes([prod])
    yield "read", b"\0" + request(0, 1, 9, 0x0700, 1) + b"\5"
    yield "write", b"\1" + request(1, 79, 10, 0x0000, 1) + b"\5" + request(3, 0, 9, 0, 2)[:2] + b"\3"
    yield "beyond", b"\0" + request(0, 80, 11, 0x0700, 200) + b"\5\5"
    yield "console", b"\0" + b"\0\2" + le(2, 0) + b"\5hello" + b"\0\2" + le(2, 3084) + b"\4" + le(4, 5) + b"\3\4abc"
    yield "closes", b"\0" + b"\1\3\1" + b"5" + b"\5" + b"\1\3\1" + b"6" + b"\1\3\1" + b"1" + b"\1\0\1" + b"9" + b"\1\3\1" + b"4\5"
    yield "grants", b"\0" + b"\0\1" + le(2, 64) + b"\10" + struct.pack("<HHI", 1, 0, 0xFFFFF) + request(0, 0, 8, 0, 1) + b"\5"


def paging():
    entry = lambda table, index, kind, target: bytes([table]) + le(2, index) + bytes([kind]) + bytes([target])
    walk = entry(0, 0, 3, 1) + entry(1, 0, 3, 2) + entry(2, 0, 3, 3) + entry(3, 0, 3, 4) + entry(3, 1, 7, 5)
    yield "four", b"\x40" + b"\0" * 6 + walk
    yield "large", b"\x40" + b"\0" * 6 + entry(0, 0, 3, 1) + b"\1" + le(2, 1) + b"\xc3" + le(8, 0x40000000) + b"\1\2\0\x83\1"
    yield "five", b"\x41" + b"\0" * 6 + entry(0, 0, 3, 1) + entry(1, 511, 3, 1) + walk
    yield "legacy", b"\x42" + b"\0" * 6 + entry(0, 0, 0x83, 0)
    yield "pae", b"\x43" + b"\0" * 6 + entry(0, 0, 1, 1) + entry(1, 0, 0x83, 0)


def code():
    registers = bytes(range(16))
    wide = bytes.fromhex("554889e54883ec20488b4318488945f8ff5308488b45f84883c4205dc3" "488b03ff10" "f3a4" "ebfe" "0f30" "0f01c1"
                         "8b0425001000004885c074f5" "e8000000004c8b1533000000")
    yield "wide", b"\2" + registers + wide
    yield "narrow", b"\1" + registers + bytes.fromhex("5589e583ec108b4508ff5004" "c9c3" "a100100000" "f3a5" "ee" "ebfe" "c20800")
    yield "real", b"\0" + registers + bytes.fromhex("ea5be000f0" "e9fdff" "a10010" "f3a4" "ebfe" "ffe0")


def options():
    yield "filter", b"kind=block,read\nphase=PEI,PEI-mem\nmodule=PeiCore\nrange=0x1000-0x2000\nwindow=1000-2000\nlimit=500"
    yield "until", b"driver:Shell"
    yield "source", b"/build/edk2/Build/OvmfXen/DEBUG_GCC5/X64/../MdeModulePkg/Core/Pei/Ppi/Ppi.c"
    yield "vcont", b";s:1;c"
    yield "point", b"0,8000,1"
    yield "escapes", b"<a b=\"c\">'&\x1b[31m\r\n\t#% :,\x80"


def dispatch():
    by_name = dict(volumes())
    base = 0x10000
    handle, interface, entry, boot = base + 0x80, base + 0xC0, base + 0x100, base + 0x140
    # A list's links lead to the links of its members.
    parts = {
        0: b"IBI SYST".ljust(0x60, b"\0") + le(8, boot),
        0x80: number(int.from_bytes(b"hndl", "little"), handle + 8, handle + 8, interface + 8, interface + 8),
        0xC0: number(int.from_bytes(b"pifc", "little"), handle + 0x18, handle + 0x18, handle, 0, 0, entry, base),
        0x100: number(int.from_bytes(b"prte", "little"), 0, 0) + BDS_ARCH,
        0x140: b"BOOTSERV".ljust(0x48, b"\0"),
    }
    database = bytearray(0x190)
    for at, data in parts.items():
        database[at:at + len(data)] = data
    for name in ("drivers", "crc"):
        yield name, b"\x2a" + le(2, len(database)) + bytes(database) + by_name[name]
    yield "unread", b"\xaa" + le(2, 0) + by_name["drivers"]


def mutate():
    yield "hostile", b"\1" + bytes(range(7, 71))
    yield "legal", b"\0" + bytes((i * 37) & 255 for i in range(64))


def small():
    """TARGET, NAME, bytes of what is committed."""
    for target in ("rings", "paging", "code", "options", "dispatch", "mutate"):
        for name, data in globals()[target]():
            yield target, name, data
    for name, data in record().items():
        yield "record", name, data
    for name, data in volumes():
        yield "tree", name, data
    for name, data in images():
        yield "fd", name, data
    for name, data in debug_files():
        yield "debug", name, data


# --- from what the build makes
def read(path, limit=1 << 21):
    with open(path, "rb") as f:
        return f.read(limit)


def files(folder, suffix):
    if not os.path.isdir(folder):
        return
    for name in sorted(os.listdir(folder)):
        if name.endswith(suffix):
            yield name, os.path.join(folder, name)


def built(build, firmware):
    here = os.path.dirname(os.path.abspath(__file__))
    source = os.path.join(here, "..", "..")
    for name, path in files(build + "/roms", ".fd"):
        data = read(path)
        if name in ("good.fd", "pvh.fd") or name.startswith("dxe"):
            yield "image", name + ".gz", gzip.compress(data, 9, mtime=0)
        used = data.strip(b"\xff")[:8192]
        yield "code", name, b"\2" + bytes(range(16)) + data[-16384:][:480]
        yield "fd", name, pieces(3, (0, used), (-4096, data[-4096:]))
    for name, path in files(build + "/loaders", ".elf"):
        yield "elf", name, read(path, 8192)
    for name, path in files(build + "/efi", ".efi"):
        yield "pe", name, read(path, 8192)
    for folder in (source + "/layouts", source + "/tests/layouts"):
        for name, path in files(folder, ".cfg"):
            yield "layout", name, read(path)
    if firmware:
        for name in ("RELEASE", "DEBUG"):
            path = f"{firmware}/ovmfxen/{name}/OVMF.fd"
            if os.path.exists(path):
                data = read(path)
                yield "fd", name, pieces(3, (0, data[:4096]), (0x84000, data[0x84000:0x84000 + 2048]), (-8192, data[-8192:]))
                yield "code", name, b"\2" + bytes(range(16)) + data[-0x3000:-0x2E00]


def main():
    if len(sys.argv) == 3 and sys.argv[1] == "--small":
        dest, seeds = sys.argv[2], small()
    elif len(sys.argv) in (3, 4):
        dest = sys.argv[1]
        seeds = built(sys.argv[2], sys.argv[3] if len(sys.argv) == 4 else "")
    else:
        sys.exit(__doc__)
    for target, name, data in seeds:
        os.makedirs(os.path.join(dest, target), exist_ok=True)
        with open(os.path.join(dest, target, name), "wb") as out:
            out.write(data)


main()
