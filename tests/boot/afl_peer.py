# SPDX-License-Identifier: GPL-2.0-or-later
"""AFL++'s side of the fork server, as afl-forkserver.c has it: afl_peer.py CASES FOLDER COMMAND...

Runs CASES cases of pseudo-random bytes, those that crash are kept in FOLDER; then checks that the same case does the
same, that a killed child is replaced, and that the server ends when AFL hangs up.
"""
import ctypes, os, random, signal, struct, sys

ENABLED, MAPSIZE, SHM_FUZZ = 0x80000001, 0x40000000, 0x01000000
cases, folder, command = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
libc.shmat.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_int]


def shared(size):
    number = libc.shmget(0, size, 0o1000 | 0o600)
    at = libc.shmat(number, None, 0)
    assert number >= 0 and at not in (None, ctypes.c_void_p(-1).value)
    return number, (ctypes.c_ubyte * size).from_address(at)


map_id, edges = shared(8 << 20)
input_id, room = shared((1 << 20) + 4)
to_server, from_server = os.pipe(), os.pipe()
for fd in (*to_server, *from_server):
    assert fd < 190
server = os.fork()
if server == 0:
    os.dup2(to_server[0], 198)
    os.dup2(from_server[1], 199)
    os.environ.update(__AFL_SHM_ID=str(map_id), __AFL_SHM_FUZZ_ID=str(input_id))
    os.execvp(command[0], command)
os.close(to_server[0])
os.close(from_server[1])


def hear():
    word = os.read(from_server[0], 4)
    assert len(word) == 4, "the server hung up"
    return struct.unpack("<I", word)[0]


def say(word):
    os.write(to_server[1], struct.pack("<I", word))


def run(case, was_killed=0):
    ctypes.memset(edges, 0, size)
    room[: 4 + len(case)] = struct.pack("<I", len(case)) + case
    say(was_killed)
    pid = hear()
    status = hear()
    return pid, status, bytes(edges[:size])


hello = hear()
assert hello & ENABLED == ENABLED and hello & MAPSIZE and hello & SHM_FUZZ, hex(hello)
size = ((hello & 0x00FFFFFE) >> 1) + 1
assert size % 64 == 0 and size <= 8 << 20, size
say(ENABLED | SHM_FUZZ)
rng = random.Random(1)
pids, maps, crashes, first = set(), set(), [], None
for _ in range(cases):
    case = rng.randbytes(rng.randrange(1, 48))
    pid, status, seen = run(case)
    assert status in (0, signal.SIGABRT), status
    assert sum(c != 0 for c in seen) > 100, "an empty map"
    pids.add(pid)
    maps.add(seen)
    if status:
        crashes.append(case)
        with open(os.path.join(folder, f"crash-{len(crashes)}"), "wb") as f:
            f.write(case)
assert len(pids) == 1, "crashes cost the child"
assert len(maps) > 1 and crashes, (len(maps), len(crashes))
again = [run(crashes[-1]) for _ in range(3)]
assert all(status == signal.SIGABRT for _, status, _ in again) and again[1][2] == again[2][2], "not the same again"
os.kill(again[0][0], signal.SIGKILL)
pid, status, _ = run(b"\0", was_killed=1)
assert pid not in pids and status == 0, (pid, status)
os.close(to_server[1])
_, status = os.waitpid(server, 0)
assert status == 0, status
for number in (map_id, input_id):
    libc.shmctl(number, 0, None)
print(f"{cases} cases, {len(crashes)} crashes, {len(maps)} maps of {size} cells")
