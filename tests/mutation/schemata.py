# SPDX-License-Identifier: GPL-2.0-or-later
"""All mutants of a function in one program: each is a copy of the function, and an environment variable says which of
them runs (runtime.c). So hundreds are compiled and linked at once. What lies outside functions (tables, #defines), and functions that
take "...", is compiled alone.

The function as it is counts, besides, which of its statements run: what a test does not reach it cannot judge."""
import os, re, shutil, subprocess

DISPATCH = "extern unsigned mutation_chosen, mutation_hits[]; void mutation_split(unsigned first, unsigned last);\n"


class Place:
    """A statement or condition whose runs are counted."""
    def __init__(self, number, path, function, start, end):
        self.number, self.path, self.function, self.start, self.end = number, path, function, start, end


def header_of(s, f):
    """The first token of function @f, and its name's."""
    close = f.first - 1
    name = s.t[close].peer - 1
    i = name
    while i > 0 and s.t[i - 1].text not in (";", "}") and not s.t[i - 1].defined:
        i -= 1
    return i, name


def parameters(s, name):
    """Their names; None when they are "..."."""
    first, last = name + 2, s.t[name + 1].peer - 1
    if s.cut(first, last) == "void":
        return []
    names = []
    for a, b in s.parts(first, last, {","})[0]:
        if s.t[a].text == "...":
            return None
        if s.t[b].text == ")" and s.t[s.t[b].peer - 1].text == ")":  # a pointer to a function
            b = s.t[b].peer - 2
        while s.t[b].text == "]":
            b = s.t[b].peer - 1
        names.append(s.t[b].text)
    return names


def counted(s, f, first_number):
    """The body of @f with counters, and their places."""
    places, edits = [], []

    def place(first, last):
        places.append(Place(first_number + len(places), s.path, f.name, s.t[first].start, s.t[last].end))
        return "mutation_hits[%d]++" % places[-1].number

    edits.append((s.t[f.first].end, " %s;" % place(f.first, f.first)))
    for st in s.statements(f):
        if st.kind in ("if", "while", "switch"):
            edits.append((s.t[st.open].end, place(st.open, st.last) + ", "))
        elif st.kind in ("return", "leap", "expression"):
            edits.append((s.t[st.first].start, "{ %s; " % place(st.first, st.last)))
            edits.append((s.t[st.last].end, " }"))
    return splice(s.text, s.t[f.first].start, s.t[f.last].end, edits), places


def splice(text, start, end, edits):
    out, at = [], start
    for pos, new in sorted(edits, key=lambda e: e[0]):
        out += [text[at:pos], new]
        at = pos
    return "".join(out + [text[at:end]])


class Unit:
    """One file: its text with all mutants inside, which mutants those are, and which must be compiled alone."""
    def __init__(self, s, mutants, first_mutant, first_place):
        self.source, self.inside, self.alone, self.places = s, {}, [], []
        self.ranges = []  # (first line, last line, number) of each copy, to know whom an error is about
        self.first_place = first_place
        shape = []
        for f in s.functions:
            head, name = header_of(s, f)
            shape.append((f, head, name, parameters(s, name)))
        number = first_mutant
        for m in mutants:
            home = next((x for x in shape if s.t[x[0].first].start < m.start < s.t[x[0].last].end), None)
            if home is None or home[3] is None:
                self.alone.append(m)
                continue
            m.number, m.home = number, home[0]
            self.inside[number] = m
            number += 1
        self.shape = shape

    def text(self, without=()):
        """C; the copies in @without are left out."""
        s, out, at = self.source, [DISPATCH], 0
        self.ranges, self.places = [], []
        line = 2
        for f, head, name, names in self.shape:
            start, body, end = s.t[head].start, s.t[f.first].start, s.t[f.last].end
            before = s.text[at:start]
            kept, places = counted(s, f, self.first_place + len(self.places))
            self.places += places
            at = end
            mine = [m for m in self.inside.values() if m.home is f and m.number not in without]
            top = s.text[start:body]
            if names is None or not mine:
                chunk = before + top + kept
                out.append(chunk)
                line += chunk.count("\n")
                continue
            cut = s.t[name].start - start

            def copy(suffix, text):
                return "static " + re.sub(r"\b(static|inline)\s+", "", top[:cut]) + top[cut:cut + len(f.name)] + suffix + \
                       top[cut + len(f.name):] + text + "\n"
            out.append(before + top.rstrip() + ";\n")  # it may call itself
            line += out[-1].count("\n")
            for m in mine:
                c = copy("__%d" % m.number, s.text[body:m.start] + m.text + s.text[m.end:end])
                self.ranges.append((line, line + c.count("\n"), m.number))
                out.append(c)
                line += c.count("\n")
            call = "(%s);" % ", ".join(names)
            cases = "".join("case %d: return %s__%d%s\n" % (m.number, f.name, m.number, call) for m in mine)
            c = copy("__0", kept) + top + "{ mutation_split(%d, %d); switch (mutation_chosen) {\n%sdefault: return %s__0%s } }\n" % (
                mine[0].number, mine[-1].number, cases, f.name, call)
            out.append(c)
            line += c.count("\n")
        return "".join(out) + s.text[at:]

    def compile(self, tools, to):
        """Writes an object; False, with the compiler's words, when even the file as it is cannot be compiled."""
        bad = set()
        while True:
            text = self.text(bad)
            done = tools.compile(text, to)
            if done.returncode == 0:
                break
            lines = {int(n) for n in re.findall(r"^<stdin>:(\d+):\d+: (?:fatal )?error:", done.stderr, re.M)}
            more = {number for a, b, number in self.ranges for n in lines if a <= n <= b} - bad
            if not more:
                raise SystemExit("%s cannot be compiled with its mutants:\n%s" % (self.source.path, done.stderr))
            bad |= more
        for number in bad:
            self.inside[number].stillborn = True
        return bad


class Tools:
    """The build's own compiler and linker, as make left them in BUILD."""
    def __init__(self, build, src, out):
        self.build, self.src = build, src
        self.library = os.path.join(out, "libhvmbed.a")  # without debug information, which takes long to link
        self.cc = open(os.path.join(build, "flags")).read().split()
        self.ld = open(os.path.join(build, "linking")).read().split()

    def compile(self, text, to, *more):
        return subprocess.run([a for a in self.cc if a not in ("-g", "-Werror")] +
                              ["-O1", "-g0", "-w", "-fno-diagnostics-color", *more, "-c", "-x", "c", "-", "-o", to],
                              input=text, cwd=self.src, capture_output=True, text=True)

    def strip(self):
        whole = os.path.join(self.build, "libhvmbed.a")
        if not os.path.exists(self.library) or os.path.getmtime(self.library) < os.path.getmtime(whole):
            subprocess.run(["strip", "--strip-debug", "-o", self.library, whole], check=True)

    def link(self, to, *objects):
        """@objects come before the library, so that their functions are taken and not its."""
        at = self.ld.index("--")
        quick = next((l for l in ("gold", "lld") if shutil.which("ld." + l)), "bfd")
        self.strip()
        made = os.path.getmtime(to) if os.path.exists(to) else 0
        if all(os.path.getmtime(o) < made for o in (*objects, self.library)):
            return
        done = subprocess.run([*self.ld[:at], "-fuse-ld=" + quick, "-Wl,--strip-debug", "-o", to, *objects, self.library, *self.ld[at + 1:]],
                              cwd=self.src, capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit("cannot link %s:\n%s" % (to, done.stderr))
