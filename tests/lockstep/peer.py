#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs a ROM of firmware/lockstep on QEMU's TCG: peer.py ROM MEMORY REGISTERS PHYS_BITS; the same files as bed.c."""
import json
import os
import re
import select
import socket
import subprocess
import sys
import time

RECORD, END = 0x20000, 0xA0000
ENDED = 8
TRIPLE = 2
SECONDS = 60


class Monitor:
    def __init__(self, connection):
        self.connection = connection
        self.lines = connection.makefile("r")
        self.events = []
        self.lines.readline()  # greeting
        self.ask("qmp_capabilities")

    def ask(self, command, **arguments):
        self.connection.sendall(json.dumps({"execute": command, "arguments": arguments}).encode() + b"\n")
        while True:
            answer = json.loads(self.lines.readline())
            if "event" in answer:
                self.events.append(answer["event"])
            elif "error" in answer:
                sys.exit(f"peer: {command}: {answer['error']['desc']}")
            else:
                return answer["return"]

    def ended(self):
        return self.ask("query-status")["status"] in ("shutdown", "internal-error")


def registers(text):
    names = {"EFL": "RFLAGS", "RFL": "RFLAGS", "EIP": "RIP"}
    out = {}
    for name, value in re.findall(r"\b([A-Z][A-Z0-9]{1,3}) *=([0-9a-f]+)", text):
        if name in names or re.fullmatch(r"R(AX|BX|CX|DX|SI|DI|BP|SP|IP|\d+)|CR[0-4]|EFER|[CSDEFG]S", name):
            out[names.get(name, name).lower()] = value
        elif re.fullmatch(r"E(AX|BX|CX|DX|SI|DI|BP|SP)", name):
            out["r" + name[1:].lower()] = value
    return "".join(f"{name} {int(value, 16):x}\n" for name, value in out.items())


def wait(mark, monitor):
    """Until the ROM says that it is done, or the processor has shut down. True: the latter."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        ready, _, _ = select.select([mark], [], [], 0.1)
        if ready:
            os.read(mark.fileno(), 1)
            return False
        if monitor.ended():
            return True
    sys.exit("peer: the ROM does not end")


def halted(monitor):
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        text = monitor.ask("human-monitor-command", **{"command-line": "info registers"})
        if "HLT=1" in text:
            return text
        time.sleep(0.005)
    sys.exit("peer: the ROM does not halt")


def main():
    rom, memory, where, phys_bits = sys.argv[1:]
    ours, theirs = socket.socketpair()
    process = subprocess.Popen(
        ["qemu-system-x86_64", "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-no-shutdown",
         "-machine", "pc,accel=tcg,hpet=off", "-cpu", f"Haswell,+pdpe1gb,phys-bits={phys_bits}", "-m", "64", "-bios", rom,
         "-chardev", "stdio,id=mark,signal=off", "-device", "isa-debugcon,iobase=0xe9,chardev=mark",
         "-chardev", f"socket,id=qmp,fd={theirs.fileno()}", "-mon", "chardev=qmp,mode=control"],
        pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    theirs.close()
    try:
        ours.settimeout(SECONDS)
        monitor = Monitor(ours)
        triple = wait(process.stdout, monitor)
        text = "" if triple else halted(monitor)
        monitor.ask("pmemsave", val=RECORD, size=END - RECORD, filename=memory)
        if triple:
            with open(memory, "r+b") as f:
                f.seek(ENDED)
                f.write(TRIPLE.to_bytes(4, "little"))
        with open(where, "w", encoding="ascii") as f:
            f.write(registers(text))
        monitor.ask("quit")
    finally:
        process.kill()
        process.wait()


main()
