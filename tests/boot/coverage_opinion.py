# SPDX-License-Identifier: GPL-2.0-or-later
"""A second opinion on coverage files, written from the formats' descriptions and sharing nothing with emu/cover.

coverage_opinion.py drcov FILE              modules and bytes that ran, after every number in the file has been checked
coverage_opinion.py lines DRCOV INFO DIR    are INFO's hit and missed lines those of DRCOV's blocks, by readelf's line tables?
coverage_opinion.py functions INFO          was a function hit just when a line of it was, and is there one where it stands?
                                            (lcov 2 wants that, lcov 1 does not look)
"""
import bisect, collections, os, re, struct, subprocess, sys


def read_drcov(path):
    data = open(path, "rb").read()
    head, table = data.split(b"BB Table: ", 1)
    lines = head.decode().split("\n")
    assert lines[0] == "DRCOV VERSION: 2" and lines[1].startswith("DRCOV FLAVOR: "), lines[:2]
    count = int(re.fullmatch(r"Module Table: version 2, count (\d+)", lines[2]).group(1))
    assert lines[3] == "Columns: id, base, end, entry, path"
    modules = []
    for i, line in enumerate(lines[4 : 4 + count]):
        number, base, end, entry, path = line.split(", ", 4)
        base, end, entry = int(base, 16), int(end, 16), int(entry, 16)
        assert int(number) == i and base < end and (entry == 0 or base <= entry < end), line
        modules.append((path, base, end, []))
    assert lines[4 + count :] == [""], lines[4 + count :]
    number, blocks = table.split(b" bbs\n", 1)
    assert len(blocks) == 8 * int(number), (len(blocks), number)
    for start, size, module in struct.iter_unpack("<IHH", blocks):
        path, base, end, ran = modules[module]
        assert size > 0 and base + start + size <= end, (path, start, size)
        ran.append((start, start + size))
    for module in modules:
        assert module[3] == sorted(set(module[3])), "blocks in order, each once"
    return modules


def read_info(path):
    lines, file = {}, None
    for line in open(path):
        key, _, value = line.strip().partition(":")
        if key == "SF":
            file = value
        elif key == "DA":
            number, hits = value.split(",")
            assert (file, int(number)) not in lines
            lines[file, int(number)] = int(hits)
    return lines


def functions(path):
    declared, ran, file, bad = {}, {}, None, 0
    for line in open(path):
        key, _, value = line.strip().partition(":")
        if key == "SF":
            file = value
        elif key == "FN":
            number, name = value.split(",")
            declared.setdefault(file, {})[name] = int(number)
        elif key == "FNDA":
            hits, name = value.split(",")
            ran[file, name] = int(hits)
    lines = read_info(path)
    for file, names in declared.items():
        starts = sorted(set(names.values())) + [1 << 32]
        numbers = [(n, hits) for (f, n), hits in lines.items() if f == file]
        for name, start in names.items():
            end = starts[starts.index(start) + 1]
            hit = any(hits for n, hits in numbers if start <= n < end)
            if bool(ran[file, name]) != hit or (file, start) not in lines:
                print(f"{file}:{start}: {name} has {ran[file, name]} hits; a line of it: {hit}")
                bad += 1
    print(f"{sum(map(bool, ran.values()))} of {len(ran)} functions hit, {bad} at odds with their lines")
    return bad == 0 and len(ran) > 100


def elf(debug):
    """Address of the entry point, and of .text."""
    header = subprocess.run(["readelf", "-hW", debug], capture_output=True, text=True, check=True).stdout
    sections = subprocess.run(["readelf", "-SW", debug], capture_output=True, text=True, check=True).stdout
    text = re.search(r"\.text\s+PROGBITS\s+(\w+) \w+ (\w+)", sections)
    start = int(text.group(1), 16)
    return int(re.search(r"Entry point address:\s+(\w+)", header).group(1), 16), start, start + int(text.group(2), 16)


def rows(debug, text, end):
    """(file name, line, first address, address behind) of all sequences that begin in .text."""
    out = subprocess.run(["readelf", "-W", "--debug-dump=decodedline", debug], capture_output=True, text=True).stdout
    sequence = []
    for line in out.splitlines():
        m = re.match(r"(.+?)\s+(\d+|-)\s+(0x[0-9a-f]+|0)(\s|$)", line)
        if not m:
            continue
        sequence.append((os.path.basename(m.group(1)), m.group(2), int(m.group(3), 16)))
        # (readelf names the end "-" or "END")
        if m.group(2) == "-":
            if text <= sequence[0][2] < end:
                starts = sorted({s[2] for s in sequence})
                for file, number, at in sequence[:-1]:
                    later = bisect.bisect_right(starts, at)
                    if later < len(starts) and number != "0":
                        yield file, int(number), at, starts[later]
            sequence = []


def lines(drcov, info, folder):
    hit, missed = collections.Counter(), collections.Counter()
    for path, base, end, ran in read_drcov(drcov):
        debug = os.path.join(folder, os.path.basename(path).replace(".efi", ".debug"))
        if not path.endswith(".efi") or not os.path.exists(debug):
            continue
        entry, text, text_end = elf(debug)
        # The entry point is what both files tell.
        link = entry - (next(e for p, _, e in entries(drcov) if p == path) - base)
        covered = set()
        for start, stop in ran:
            covered.update(range(link + start, link + stop))
        for file, number, at, behind in rows(debug, text, text_end):
            (hit if any(a in covered for a in range(at, behind)) else missed)[file, number] += 1
    theirs = {key: int(key in hit) for key in set(hit) | set(missed)}
    ours = {}
    for (file, number), hits in read_info(info).items():
        key = os.path.basename(file), number
        ours[key] = max(ours.get(key, 0), min(hits, 1))
    wrong = [(k, ours.get(k), theirs.get(k)) for k in sorted(set(ours) | set(theirs)) if ours.get(k) != theirs.get(k)]
    for key, a, b in wrong[:20]:
        print(f"{key[0]}:{key[1]}: {a}, by readelf {b}")
    print(f"{sum(theirs.values())} of {len(theirs)} lines hit by readelf, {len(wrong)} differ")
    return not wrong and len(theirs) > 1000


def entries(drcov):
    for line in open(drcov, "rb").read().split(b"BB Table")[0].decode().split("\n")[4:-1]:
        _, base, _, entry, path = line.split(", ", 4)
        yield path, int(base, 16), int(entry, 16)


if sys.argv[1] == "drcov":
    for path, base, end, ran in read_drcov(sys.argv[2]):
        print(os.path.basename(path), len(ran), len(set().union(*(range(*r) for r in ran))))
elif sys.argv[1] == "functions":
    sys.exit(not functions(sys.argv[2]))
else:
    sys.exit(not lines(*sys.argv[2:5]))
