# SPDX-License-Identifier: GPL-2.0-or-later
"""The tests that mutants are tried with: rows of tests/roms/*.tsv, unit programs, and scripts (which take longest)."""
import collections, hashlib, json, os, re, resource, struct, subprocess, tempfile

CPU_LEAST, WALL_LEAST = 0.5, 120  # seconds that a test may take at least; a loop without an end is over then
SLOW = 2.0  # seconds of CPU: what takes longer is a script's work

Outcome = collections.namedtuple("Outcome", "passed why")


def digest(*parts):
    h = hashlib.sha256()
    for p in parts:
        h.update(p if isinstance(p, bytes) else str(p).encode())
        h.update(b"\0")
    return h.hexdigest()[:20]


def contents(path):
    with open(path, "rb") as f:
        return f.read()


class Bed:
    """Where the program and the unit tests with mutants lie, and how they are called."""
    def __init__(self, src, build, out, link=None):
        """@link(name): makes a program when it is asked for."""
        self.src, self.build, self.out, self.link = src, build, out, link

    def path(self, name):
        if self.link is not None:
            self.link(name)
        return os.path.join(self.out, name)

    def call(self, command, cpu, mutant=0, **more):
        """(exit code, stdout, CPU seconds); the exit code is negative for a signal, and so for a limit."""
        environment = dict(os.environ, MUTATION=str(mutant), CMOCKA_MESSAGE_OUTPUT="TAP", SRC=self.src,
                           FIRMWARE_DIR=os.path.join(self.build, "firmware"), BUILD=self.build, HVMBED=os.path.join(self.out, "hvmbed"),
                           LC_ALL="C", **{k: v for k, v in more.items() if v is not None})
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = int(cpu + 1)
        p = subprocess.Popen(["prlimit", "--cpu=%d:%d" % (seconds, seconds + 1), *command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
                             env=environment, cwd=self.src, start_new_session=True)
        try:
            out, _ = p.communicate(timeout=WALL_LEAST + 20 * cpu)
        except subprocess.TimeoutExpired:
            os.killpg(p.pid, 9)
            out, _ = p.communicate()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return p.returncode, out, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


class Test:
    """Common to all: a name, what it rests on (for a digest), what it took unchanged, which statements it reaches."""
    cpu, reached, splits = 0.0, None, True

    def limit(self):
        return CPU_LEAST + 4 * self.cpu

    def split(self, bed, mutants):
        """Many mutants in one run (runtime.c): number: outcome, of those that it came by."""
        seconds = self.limit()
        with tempfile.TemporaryDirectory() as folder:
            bed.call(self.command(bed), 60 + seconds * len(mutants), ",".join(map(str, mutants)),
                     MUTATION_SPLIT=folder, MUTATION_SECONDS=str(seconds))
            ended, found = os.path.join(folder, "ended"), {}
            for line in contents(ended).decode().splitlines() if os.path.exists(ended) else ():
                number, status = map(int, line.split())
                out = contents(os.path.join(folder, str(number)))
                found[number] = self.judge(bed, os.waitstatus_to_exitcode(status), out)
            return found


class Row(Test):
    def __init__(self, line, table, bed):
        self.what, layout, options, code, rules, self.facts = line
        loader = table == "loaders"
        pvh = self.what.startswith("pvh-")
        if layout == "-":
            layout = "hvm-1g" if loader or not pvh else "pvh-1g"
        options = "" if options == "-" else options
        self.name = "%s %s on %s%s" % ("loader" if loader else "rom", self.what, layout,
                                       " " + options if options else "")
        folder = "tests/roms/" if layout.endswith(".cfg") else "layouts/"
        self.layout = folder + layout + ("" if layout.endswith(".cfg") else ".cfg")
        self.code, self.rules = int(code), [] if rules == "-" else rules.split(",")
        if loader:
            self.file = os.path.join(bed.build, "loaders", self.what + ".elf")
            given = ["--handoff", "hvmloader", "--hvmloader", self.file, os.path.join(bed.build, "roms", "good.fd")]
        else:
            self.file = os.path.join(bed.build, "roms", self.what + ".fd")
            given = [self.file]
            if not pvh and "--handoff" not in options:
                options = "--handoff hvm " + options
        self.arguments = ["run", "-q", "--sandbox", "no", "-f", "json", *options.split(), "-l", self.layout, *given]
        self.digest = digest(contents(self.file), contents(os.path.join(bed.src, self.layout)), *line)
        self.names = set(self.rules) | {re.sub(r"^(pvh-)?(ok-)?", "", self.what)}
        self.good = None

    def command(self, bed):
        return [bed.path("hvmbed"), *self.arguments]

    def run(self, bed, mutant=0, reached=None, cpu=None):
        code, out, self.took = bed.call(self.command(bed), cpu or self.limit(), mutant, MUTATION_REACHED=reached)
        outcome = self.judge(bed, code, out)
        if mutant == 0:
            self.good = out
        return outcome

    def judge(self, bed, code, out):
        if out == self.good and code == self.code:
            return Outcome(True, "")
        if code < 0:
            return Outcome(False, "signal %d" % -code)
        if code != self.code:
            return Outcome(False, "exit code %d" % code)
        try:
            rules = [f["rule"] for f in json.loads(out)["findings"]]
        except (ValueError, KeyError):
            return Outcome(False, "no report")
        if rules != self.rules:
            return Outcome(False, "rules " + ",".join(rules))
        facts = 'include "facts"; ' + self.facts
        ok = subprocess.run(["jq", "-e", "-L", os.path.join(bed.src, "tests/roms"), facts], input=out,
                            capture_output=True).returncode == 0
        return Outcome(ok, "" if ok else "facts")


class Unit(Test):
    names = set()

    def __init__(self, name, bed):
        """@name ends in "*" where the test leaves nothing behind that its copies could stumble on."""
        self.short, self.splits = name.rstrip("*"), name.endswith("*")
        self.name = "unit " + self.short
        self.digest = digest(contents(os.path.join(bed.src, "tests/unit", self.short + ".c")))

    def command(self, bed):
        return [bed.path(self.short)]

    def run(self, bed, mutant=0, reached=None, cpu=None):
        code, _, self.took = bed.call(self.command(bed), cpu or self.limit(), mutant, MUTATION_REACHED=reached)
        return self.judge(bed, code, b"")

    def judge(self, bed, code, out):
        return Outcome(code == 0, "exit code %d" % code if code else "")


class Script(Test):
    """A test script, with the program in the place of the one that make built."""
    names, splits = set(), False

    def __init__(self, name, bed):
        self.name, self.path = "script " + name, os.path.join(bed.src, "tests", name + ".sh")
        self.digest = digest(contents(self.path))

    def limit(self):
        return 600

    def run(self, bed, mutant=0, reached=None, cpu=None):
        bed.path("hvmbed")
        code, out, self.took = bed.call([self.path], 600, mutant)
        bad = re.search(r"^not ok \d+ - (.*)", out.decode(errors="replace"), re.M)
        return Outcome(code == 0, bad.group(1) if bad else "exit code %d" % code if code else "")


def read_rows(bed):
    tests = []
    for table, path in (("roms", "tests/roms/table.tsv"), ("loaders", "tests/roms/loaders.tsv")):
        for line in contents(os.path.join(bed.src, path)).decode().splitlines():
            if line and not line.startswith("#"):
                tests.append(Row(line.split("\t"), table, bed))
    return tests


def read_hits(path):
    raw = contents(path)
    return struct.unpack("%dI" % (len(raw) // 4), raw)
