#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Mutation testing of the rules: each check is broken in turn, and some test has to fail. See docs/mutation.md."""
import argparse, fnmatch, glob, json, os, pickle, re, shutil, sys, tempfile, threading, time
from concurrent.futures import ThreadPoolExecutor
import operators, schemata, source, suite
from suite import digest

HERE = os.path.dirname(os.path.abspath(__file__))
SAMPLE_FILES = 3
TURNS = (1, 1, 4, 16)  # tests for each mutant: those that are likely, one by one; then all the others at once
PER_FILE = 1000  # numbers of mutants, and of counted statements: what changes in a file leaves others as they are
ALIKE = 3  # of tests that run through a function alike, so many are tried


def table(name):
    """Lines of a file in this folder, cut at tabs."""
    with open(os.path.join(HERE, name), encoding="utf-8") as f:
        return [line.rstrip("\n").split("\t") for line in f if line.strip() and not line.startswith("#")]


class Scope:
    """One row of scope.tsv: a file, what of it, and which tests may be about it."""
    def __init__(self, path, which, units, scripts):
        self.path = path
        self.which = [] if which == "-" else which.split(",")
        self.units = [] if units == "-" else units.split(",")
        self.scripts = [] if scripts == "-" else scripts.split(",")

    def has(self, where):
        no = [w[1:] for w in self.which if w.startswith("!")]
        yes = [w for w in self.which if not w.startswith("!")]
        return where not in no and (not yes or where in yes)


class Excluded:
    """excluded.tsv: what is not looked at, each with its reason. Keyed by the line's text, so that nothing rots unseen."""
    def __init__(self, rows):
        self.rows = [(tuple(r[:5]), r[5]) for r in rows]
        self.used = set()

    def why(self, m):
        for row, why in self.rows:
            path, where, operator, old, new = row
            if path == m.path and where in ("*", m.where) and operator in ("*", m.operator) and \
                    operators.squeeze(old) == operators.squeeze(m.old) and \
                    (new == "*" or operators.squeeze(new) == operators.squeeze(m.new)):
                self.used.add(row)
                return why
        return None

    def stale(self, paths):
        return [r for r, _ in self.rows if r not in self.used and r[0] in paths]


class Results:
    """What became of each mutant, kept from run to run."""
    def __init__(self, path, fresh):
        self.path, self.known, self.lock = path, {}, threading.Lock()
        if not fresh and os.path.exists(path):
            for line in open(path, encoding="utf-8"):
                r = json.loads(line)
                self.known[r["id"]] = r

    def put(self, r):
        with self.lock, open(self.path, "a", encoding="utf-8") as f:
            self.known[r["id"]] = r
            f.write(json.dumps(r) + "\n")


class Run:
    def __init__(self, options, src, build):
        self.o = options
        self.out = os.path.join(build, "mutation", "part" if options.part or options.sample else "all")
        os.makedirs(self.out, exist_ok=True)
        self.tools = schemata.Tools(build, src, self.out)
        self.bed = suite.Bed(src, build, self.out)
        self.src = src
        self.results = Results(os.path.join(self.out, "results.jsonl"), options.fresh)
        self.excluded = Excluded(table("excluded.tsv"))

    # --- what is mutated
    def read(self):
        """All of scope.tsv, so that numbers stay the same whatever is chosen of it."""
        files = []
        for line in table("scope.tsv"):
            scope = Scope(*line)
            s = source.Source(scope.path, open(os.path.join(self.src, scope.path), encoding="utf-8").read())
            found = [m for m in operators.mutants(s) if scope.has(m.where)]
            for m in found:
                m.scope, m.stillborn, m.number, m.home, m.why = scope, False, 0, None, self.excluded.why(m)
            files.append((scope, s, found))
        if self.o.sample:  # few files, few mutants in each
            files = sorted((f for f in files if "emu/check/" in f[0].path), key=lambda f: digest(f[0].path))
            files = files[:SAMPLE_FILES]
        elif self.o.part:
            files = [f for f in files if any(fnmatch.fnmatch(f[0].path, p) for p in self.o.files)]
        self.units, self.mutants = [], []
        for index, (scope, s, found) in enumerate(files):
            u = schemata.Unit(s, found, PER_FILE * index + 1, PER_FILE * index + 1)
            u.scope = scope
            u.text()
            assert len(u.inside) < PER_FILE and len(u.places) < PER_FILE
            self.units.append(u)
            for m in found:
                m.unit = u
                m.id = digest(m.path, m.where, m.operator, self.around(m))
            self.mutants += [m for m in found if self.is_wanted(m)]
        self.places = self.numbers = PER_FILE * len(files)
        if self.o.sample:
            self.mutants = sorted((m for m in self.mutants if m.why is None and m.home is not None and self.rules_of(m)),
                                  key=lambda m: digest(*m.key))[:self.o.sample]

    def is_wanted(self, m):
        o = self.o
        return (not o.files or any(fnmatch.fnmatch(m.path, f) for f in o.files)) and \
            (not o.function or m.where in o.function) and (not o.operator or m.operator in o.operator)

    @staticmethod
    def around(m):
        """The function as the mutant has it; the whole file where it is in none."""
        s, f = m.unit.source, m.home
        if f is None:
            return m.mutated
        return s.text[s.t[f.first].start:m.start] + m.text + s.text[m.end:s.t[f.last].end]

    def rules_of(self, m):
        """Names of the rules that the function, or the row, speaks of."""
        s, f = m.unit.source, m.home
        text = s.text[s.t[f.first].start:s.t[f.last].end] if f is not None else m.old
        return {r.lower().replace("_", "-") for r in re.findall(r"\bRULE_([A-Z0-9_]+)\b", text)}

    # --- the programs
    def compile(self):
        objects = []
        headers = digest(*(suite.contents(h) for h in sorted(glob.glob(os.path.join(self.src, "emu", "**", "*.h"), recursive=True))))
        for u in self.units:
            to = os.path.join(self.out, u.source.path.replace("/", "-")[:-2] + ".o")
            text = u.text()
            stamp, mark = to + ".id", digest(text, headers, *self.tools.cc)
            bad = None
            if os.path.exists(stamp):
                was = json.load(open(stamp))
                bad = was["bad"] if was["mark"] == mark else None
            if bad is None:
                bad = sorted(u.compile(self.tools, to))
                json.dump({"mark": mark, "bad": bad}, open(stamp, "w"))
            for n in bad:
                u.inside[n].stillborn = True
            objects.append(to)
        runtime = os.path.join(self.out, "runtime.o")
        done = self.tools.compile(open(os.path.join(HERE, "runtime.c")).read(), runtime,
                                  "-DMUTATION_PLACES=%du" % self.places, "-DMUTATION_NUMBERS=%du" % self.numbers)
        if done.returncode != 0:
            raise SystemExit(done.stderr)
        for name in ["hvmbed", *(n.rstrip("*") for n in self.unit_names())]:
            self.link(self.out, objects + [runtime], name)

    def unit_names(self):
        return sorted({n for u in self.units for n in u.scope.units})

    def main_of(self, name):
        return os.path.join(self.bed.build, "obj", *(["emu/main.o"] if name == "hvmbed" else ["tests/unit", name + ".o"]))

    def link(self, to, objects, name):
        self.tools.link(os.path.join(to, name), self.main_of(name), *objects)

    # --- the tests
    def prepare(self):
        """Every test once, with nothing broken: what it reaches, and that it passes."""
        tests = suite.read_rows(self.bed) + [suite.Unit(n, self.bed) for n in self.unit_names()]
        self.digests = {t.digest for t in tests}
        if self.o.tests:
            tests = [t for t in tests if any(re.search(p, t.name) for p in self.o.tests)]
        if self.o.sample or self.o.by_name:
            wanted = set().union(*(self.rules_of(m) for m in self.mutants))
            tests = [t for t in tests if any(n == w or n.startswith(w + "-") for n in t.names for w in wanted) or
                     t.name.startswith("unit")]
        folder = os.path.join(self.out, "reach")
        os.makedirs(folder, exist_ok=True)
        self.tests = []
        for t in tests:
            kept = os.path.join(folder, digest(t.digest, t.name))
            if os.path.exists(kept) and not self.o.fresh:
                t.cpu, hits, t.good = pickle.load(open(kept, "rb"))
            else:
                with tempfile.NamedTemporaryFile() as f:
                    outcome = t.run(self.bed, 0, f.name, cpu=60)
                    if not outcome.passed:
                        say("%s fails with nothing broken (%s): left out" % (t.name, outcome.why))
                        continue
                    t.cpu, hits, t.good = t.took, self.by_function(suite.read_hits(f.name)), getattr(t, "good", None)
                pickle.dump((t.cpu, hits, t.good), open(kept, "wb"))
            t.reached = self.by_place(hits)
            if t.cpu <= suite.SLOW:
                self.tests.append(t)

    def functions(self):
        """What is as it was may keep its counts: (digest of the function, its places)."""
        for u in self.units:
            for f in u.source.functions:
                text = u.source.text[u.source.t[f.first].start:u.source.t[f.last].end]
                yield digest(u.source.path, f.name, text), [p.number for p in u.places if p.function == f.name]

    def by_function(self, hits):
        return {mark: tuple(hits[n] for n in numbers) for mark, numbers in self.functions()}

    def by_place(self, hits):
        """Of a function that has changed since the test may come by everywhere."""
        reached = [0] * (self.places + 1)
        for mark, numbers in self.functions():
            for n, count in zip(numbers, hits.get(mark, [1] * len(numbers))):
                reached[n] = count
        return reached

    def place_of(self, m):
        """The innermost statement around a mutant."""
        around = [p for p in m.unit.places if p.function == m.where and p.start <= m.start and m.end <= p.end]
        if around:
            return min(around, key=lambda p: p.end - p.start)
        return next((p for p in m.unit.places if p.function == m.where), None)  # the function itself

    def candidates(self, m):
        """Tests in the order in which they are worth trying; those that do not come by are left out."""
        u = m.unit
        if m.home is None:
            users = {f.name for f in u.source.functions if re.search(r"\b%s\b" % re.escape(m.where), u.source.text[
                u.source.t[f.first].start:u.source.t[f.last].end])} or {f.name for f in u.source.functions}
            places = [p for p in u.places if p.function in users]
            here = places if not self.is_public(m) else None  # others use it too
        else:
            places = [p for p in u.places if p.function == m.where]
            here = [self.place_of(m)]
        rules = self.rules_of(m)
        alike, found = {}, []
        for t in self.tests:
            if here is not None and not any(t.reached[p.number] for p in here):
                continue
            way = tuple(t.reached[p.number] for p in places)
            alike.setdefault(way, []).append(t)
        for group in alike.values():
            group.sort(key=lambda t: (not is_quick(t), not is_own(t, u), not self.about(t, rules), t.cpu))
            found += group if self.o.wide else \
                [t for i, t in enumerate(group) if i < ALIKE or self.about(t, rules)]
        size = {t.name: len(g) for g in alike.values() for t in g}
        found.sort(key=lambda t: (not is_quick(t), not is_own(t, u), not self.about(t, rules), size[t.name], t.cpu))
        return found

    @staticmethod
    def is_public(m):
        """A table that other files see."""
        return re.search(r"^const [^\n]*\b%s\[" % re.escape(m.where), m.unit.source.text, re.M) is not None

    @staticmethod
    def about(t, rules):
        return any(n == r or n.startswith(r + "-") for n in t.names for r in rules)

    # --- the mutants
    def judge(self):
        """What becomes of each: m.result."""
        left = []
        known = self.digests | {suite.Script(n, self.bed).digest for u in self.units
                                                  for n in u.scope.scripts}
        for m in self.mutants:
            m.result = m.queue = None
            if m.why is not None or m.stillborn:
                m.result = {"status": "excluded" if m.why is not None else "stillborn"}
                continue
            was = self.results.known.get(m.id)
            m.tried = set(was["tried"]) if was is not None else set()
            if was is not None and (was["status"] in ("stillborn", "same") or
                                    (was["status"] == "killed" and was["digest"] in known)):
                m.result = was
                continue
            m.queue = [t for t in self.candidates(m)[:self.o.most] if t.digest not in m.tried]
            left.append(m)
        inside = [m for m in left if m.home is not None]
        with ThreadPoolExecutor(self.o.jobs) as pool:
            for nr in (*TURNS, None):
                self.turn(pool, inside, lambda m: m.queue[:nr])
            for done in [pool.submit(self.judge_alone, m) for m in left if m.result is None]:
                done.result()

    def turn(self, pool, mutants, choose):
        tests = {}
        for m in mutants:
            for t in choose(m) if m.result is None else ():
                tests.setdefault(t, []).append(m)
        work = sorted(tests.items(), key=lambda i: -len(i[1]))
        for done in [pool.submit(self.try_all, t, some) for t, some in work]:
            done.result()

    def try_all(self, t, some):
        some = [m for m in some if m.result is None]
        progress("%s: %d" % (t.name, len(some)))
        found = t.split(self.bed, [m.number for m in some]) if t.splits and len(some) > 1 else {}
        for m in some:
            if m.result is None:
                self.take(m, t, found.get(m.number) or t.run(self.bed, m.number))
            if m.result is None:  # another run goes on from here
                self.results.put(dict(id=m.id, path=m.path, line=m.line, status="open", tried=sorted(m.tried)))

    def take(self, m, t, outcome):
        m.tried.add(t.digest)
        if t in m.queue:
            m.queue.remove(t)
        if not outcome.passed:
            self.verdict(m, "killed", test=t.name, digest=t.digest, why=outcome.why)

    def judge_alone(self, m):
        bed = self.bed
        scripts = [] if self.o.quick or self.o.tests else [suite.Script(n, bed) for n in m.scope.scripts]
        m.queue += [t for t in scripts if t.digest not in m.tried]
        if m.home is None and m.queue:
            bed = self.alone(m)
            if bed is None:
                self.verdict(m, "stillborn")
                return
        for t in list(m.queue):
            if m.result is None:
                self.take(m, t, t.run(bed, m.number))
        if m.result is None:
            self.verdict(m, "same" if self.equivalent(m) else "survived")

    def verdict(self, m, status, **more):
        m.result = dict(id=m.id, path=m.path, line=m.line, status=status, tried=sorted(m.tried), **more)
        self.results.put(m.result)

    def alone(self, m):
        """A program of its own for what is outside functions; None when that cannot be compiled."""
        folder = os.path.join(self.out, "alone-%d" % threading.get_ident())
        os.makedirs(folder, exist_ok=True)
        one = os.path.join(folder, "mutant.o")
        if self.tools.compile(m.mutated, one).returncode != 0:
            return None
        return suite.Bed(self.src, self.bed.build, folder, lambda name: self.link(folder, [one], name))

    def equivalent(self, m):
        """Does the compiler make the same of it? Then it is no mutant."""
        u = m.unit
        if not hasattr(u, "made"):
            u.made = self.object_of(u.source.text)
        return self.object_of(m.mutated) == u.made

    def object_of(self, text):
        with tempfile.TemporaryDirectory() as folder:
            to = os.path.join(folder, "same.o")
            return suite.contents(to) if self.tools.compile(text, to, "-O2").returncode == 0 else None


def is_quick(t):
    """Hundreds of mutants in the time of a boot."""
    return isinstance(t, suite.Unit) and t.splits


def is_own(t, unit):
    """A unit test that the scope names for the file."""
    return isinstance(t, suite.Unit) and t.name in ["unit " + n.rstrip("*") for n in unit.scope.units]


def say(text):
    print(text, flush=True)


def progress(text):
    if sys.stderr.isatty() or os.environ.get("MUTATION_PROGRESS"):
        print(time.strftime("%H:%M:%S "), text, file=sys.stderr, flush=True)


def show(m):
    say("%s:%d: %s in %s" % (m.path, m.line, m.operator, m.where))
    say("    - %s" % m.old)
    say("    + %s" % m.new)


def options():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("files", nargs="*", help="only these of scope.tsv (patterns)")
    p.add_argument("--function", action="append", help="only in this function or table")
    p.add_argument("--operator", action="append", help="only this operator")
    p.add_argument("--tests", action="append", metavar="PATTERN", help="only tests with such a name")
    p.add_argument("--by-name", action="store_true", help="only tests whose name says that they are about the rule")
    p.add_argument("--sample", type=int, metavar="N", help="only N mutants, always the same, in few files")
    p.add_argument("--part", action="store_true", help="do not even compile other files than those named")
    p.add_argument("--wide", action="store_true", help="all tests that come by, not some of those that run alike")
    p.add_argument("--most", type=int, metavar="N", help="at most N tests for each")
    p.add_argument("--quick", action="store_true", help="without the scripts")
    p.add_argument("--fresh", action="store_true", help="forget what was found out before")
    p.add_argument("-j", dest="jobs", type=int, default=1, metavar="N", help="so many at a time (1)")
    p.add_argument("--list", action="store_true", help="only list the mutants")
    p.add_argument("--threshold", type=float, default=95, metavar="PERCENT", help="fail below this score (95)")
    return p.parse_args()


def main():
    o = options()
    src = os.environ.get("SRC") or os.path.dirname(os.path.dirname(HERE))
    run = Run(o, src, os.path.abspath(os.environ.get("BUILD") or os.path.join(src, "build")))
    run.read()
    if o.list:
        for m in run.mutants:
            show(m)
            if m.why:
                say("    excluded: " + m.why)
        return 0
    run.compile()
    run.prepare()
    count, files, survivors = {}, {}, []
    begin = time.monotonic()
    try:
        run.judge()
    finally:
        for folder in glob.glob(os.path.join(run.out, "alone-*")):
            shutil.rmtree(folder)
    for m in run.mutants:
        status = m.result["status"]
        count[status] = count.get(status, 0) + 1
        killed, total = files.get(m.path, (0, 0))
        if status in ("killed", "survived"):
            files[m.path] = killed + (status == "killed"), total + 1
        if status == "survived":
            survivors.append(m)
            show(m)
    say("")
    for path, (killed, total) in files.items():
        say("%-36s %4d/%-4d %5.1f %%" % (path, killed, total, 100 * killed / total))
    stale = run.excluded.stale(files) if not (o.sample or o.function or o.operator) else []
    for row in stale:
        say("excluded.tsv: there is no such mutant: %s" % "\t".join(row))
    killed, total = count.get("killed", 0), count.get("killed", 0) + len(survivors)
    score = 100 * killed / total if total else 0
    say("%d tests; not counted: %d excluded, %d the same to the compiler, %d do not compile; %d s" % (
        len(run.tests), count.get("excluded", 0), count.get("same", 0), count.get("stillborn", 0),
        time.monotonic() - begin))
    say("%d/%d = %.1f %%, %d survivors" % (killed, total, score, len(survivors)))
    return 0 if total and score >= o.threshold and not stale else 1


if __name__ == "__main__":
    sys.exit(main())
