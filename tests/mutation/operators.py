# SPDX-License-Identifier: GPL-2.0-or-later
"""The ways in which a check is broken, one function each; OPERATORS at the end lists them.

Each is given a file (source.Source) and yields mutants. What would prove nothing more than another does is left out:
a test that tells `b` from `a && b` tells `a || b` from it, too, so && is not made ||; where a condition that is
always, or never, true is noticed, so is one that is turned round. Messages are not changed, only whether and about what
there is one."""
import re

QUIET = {"snprintf", "vsnprintf", "va_start", "va_end", "free"}  # what finds nothing
PAGE = 0x1000


class Mutant:
    def __init__(self, source, operator, where, start, end, text):
        self.path, self.operator, self.where = source.path, operator, where  # where: the function or table
        self.start, self.end, self.text = start, end, text
        self.line = source.line(start)
        self.was = source.text[start:end]
        self.mutated = source.text[:start] + text + source.text[end:]
        self.old = source.line_text(self.line).strip()
        column = start - source.lines[self.line - 1]
        whole = source.line_text(self.line)
        tail = whole[column + (end - start):] if end <= source.lines[self.line - 1] + len(whole) else ""
        self.new = (whole[:column] + text + tail).strip()

    @property
    def key(self):
        """What names it as long as its line stays as it is, wherever the line goes."""
        return self.path, self.operator, squeeze(self.old), squeeze(self.new)


def squeeze(text):
    return re.sub(r"\s+", " ", text).strip()


def replace(s, operator, where, first, last, text):
    return Mutant(s, operator, where, s.t[first].start, s.t[last].end, text)


def conditions(s, f):
    """(first, last) of every condition: of if, while and for, and of ?: that do not only word a message."""
    for st in s.statements(f):
        if st.kind in ("if", "while"):
            yield st.kind, st.open + 1, st.last - 1
        elif st.kind == "for":
            (_, test, _), _ = s.parts(st.open + 1, st.last - 1, {";"})
            if test[0] <= test[1]:
                yield st.kind, test[0], test[1]
    for i in range(f.first, f.last):
        if s.t[i].text == "?" and not s.t[i].is_text:
            yield "?", begin_of_operand(s, i), i - 1


def never(s):
    """A condition that is never true: the finding is gone."""
    for f in s.functions:
        for kind, first, last in conditions(s, f):
            if kind in ("if", "?") and s.cut(first, last) != "0":
                yield replace(s, "never", f.name, first, last, "0")


def always(s):
    """A condition that is always true."""
    for f in s.functions:
        for kind, first, last in conditions(s, f):
            if kind in ("if", "?"):
                yield replace(s, "always", f.name, first, last, "1")


def drop(s):
    """One operand of && or || less."""
    for f in s.functions:
        for i in range(f.first + 1, f.last):
            if s.t[i].text not in ("&&", "||") or s.t[i].is_text:
                continue
            first, last = begin_of_operand(s, i), end_of_operand(s, i)
            yield replace(s, "drop", f.name, first, i, "")
            if s.t[last + 1].text != s.t[i].text:  # else it is the left one of the next
                yield replace(s, "drop", f.name, i, last, "")


def begin_of_operand(s, i):
    """Of &&, ||, a relation or ?:, which bind ever less tightly (the last two are told apart from ||)."""
    stops = {"(", "[", "{", ",", ";", "=", "?", ":", "return", "||", "|=", "&=", "+=", "-="}
    if s.t[i].text == "?":
        stops.discard("||")
    if s.t[i].text == "&&" or s.t[i].text in BOUNDS:
        stops.add("&&")
    j = i - 1
    while s.t[j].text not in stops:
        j = s.t[j].peer - 1 if s.t[j].text in (")", "]", "}") and s.t[j].peer is not None else j - 1
    return j + 1


def end_of_operand(s, i):
    stops = {")", "]", "}", ",", ";", "?", ":", "||"} | ({"&&"} if s.t[i].text == "&&" else set())
    j = i + 1
    while s.t[j].text not in stops:
        j = s.t[j].peer + 1 if s.t[j].text in ("(", "[", "{") and s.t[j].peer is not None else j + 1
    return j - 1


BOUNDS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
EQUAL = {"==": "!=", "!=": "=="}


def relation(s):
    """Bounds that take one too many or too few. Counting loops are last()'s; the lesser of two is the same either way."""
    for f in s.functions:
        counted = {test for _, test in counting(s, f)}
        for i in range(f.first + 1, f.last):
            t = s.t[i]
            if t.text in BOUNDS and not t.is_text and i not in counted and not is_lesser(s, i):
                yield replace(s, "relation", f.name, i, i, BOUNDS[t.text])


def is_lesser(s, i):
    """a < b ? a : b, or the greater of two."""
    first, last = begin_of_operand(s, i), end_of_operand(s, i)
    if s.t[last + 1].text != "?":
        return False
    a, b = s.cut(first, i - 1), s.cut(i + 1, last)
    yes = last + 2
    colon = next(j for j in range(yes, len(s.t)) if s.t[j].text == ":")
    return s.cut(yes, colon - 1) in (a, b) and s.text[s.t[colon + 1].start:].startswith((a, b))


def equality(s):
    """== and != turned round, where no other operator makes the condition as wrong: outside if, ?: and answers."""
    for f in s.functions:
        judged = set()
        for kind, first, last in conditions(s, f):
            if kind in ("if", "?"):
                judged.update(range(first, last + 1))
        for st in s.statements(f):
            if st.kind == "return" and f.result == ["bool"]:
                judged.update(range(st.first, st.last + 1))
        for i in range(f.first + 1, f.last):
            t = s.t[i]
            if i in judged or t.is_text:
                continue
            if t.text in EQUAL:
                yield replace(s, "equality", f.name, i, i, EQUAL[t.text])
            elif t.text == "!":
                yield replace(s, "equality", f.name, i, i, "")


def counting(s, f):
    """Loops like for (i = 0; i < n; ...): the name and the <."""
    for st in s.statements(f):
        if st.kind != "for":
            continue
        (_, test, _), _ = s.parts(st.open + 1, st.last - 1, {";"})
        for i in range(test[0], test[1]):
            if s.t[i].text in ("<", "!=") and s.t[i - 1].kind == "name" and len(s.t[i - 1].text) == 1:
                yield s.t[i - 1].text, i


def last(s):
    """A loop that leaves out its last turn, or the first."""
    for f in s.functions:
        for name, i in counting(s, f):
            yield replace(s, "last", f.name, i - 1, i - 1, name + " + 1")


def number(s):
    """Numbers that are off by one, and addresses that are off by a page."""
    places = [(f.name, f.first + 1, f.last) for f in s.functions]
    places += [(t.name, t.first + 1, t.last) for t in s.tables]
    places += [(d.text.split()[-1], i + 1, i + 3) for i, d in enumerate(s.t[:-2]) if d.kind == "define" and
               s.t[i + 1].defined]
    for where, first, end in places:
        for i in range(first, end):
            t = s.t[i]
            if t.kind != "number" or t.is_text or (s.t[first - 1].kind == "define" and not t.defined) or s.t[i - 1].text == "[" or after_shift(s, i):
                continue
            digits = t.text.rstrip("uUlL")
            suffix, n = t.text[len(digits):], int(digits, 0)
            step = PAGE if n >= PAGE and n % PAGE == 0 else 1
            if is_nothing(s, i):
                continue
            for m in (n + step, n - step) if step == PAGE else (n + 1,):
                text = "%#x" % m if digits[:2] in ("0x", "0X") else str(m)
                yield replace(s, "number", where, i, i, text + suffix)


def is_nothing(s, i):
    """0 in {0} or {0, 0}: empty is empty."""
    a = b = i
    while s.t[a - 1].text in ("0", ","):
        a -= 1
    while s.t[b + 1].text in ("0", ","):
        b += 1
    return s.t[i].text == "0" and s.t[a - 1].text == "{" and s.t[b + 1].text == "}"


def after_shift(s, i):
    """Bits of a mask or a shift are not off by one."""
    return s.t[i - 1].text in ("<<", ">>")


def delete(s):
    """A statement less: a call, an assignment, break, continue, an early return. What is all that an if does is never()'s."""
    for f in s.functions:
        sts = s.statements(f)
        alone = {st.last + 1 for st in sts if st.kind == "if"} | {st.last + 2 for st in sts if st.kind == "if" and
                                                                  s.t[st.last + 1].text == "{"}
        for st in sts:
            first = s.t[st.first].text
            after = s.t[st.last + 1]
            if st.first in alone and after.text != "else" and \
                    (s.t[st.first - 1].text == ")" or (after.text == "}" and s.t[after.peer + 1] is s.t[st.first] and
                                                       s.t[st.last + 2].text != "else")):
                continue
            early = st.kind == "return" and st.last == st.first + 1
            called = {t.text for t in s.t[st.first:st.last] if t.kind == "name"}
            if (st.kind in ("expression", "leap") or early) and first != "(" and not called & QUIET:
                yield replace(s, "delete", f.name, st.first, st.last, ";")


def answer(s):
    """A predicate that says yes, or no, to all."""
    for f in s.functions:
        if f.result != ["bool"]:
            continue
        for st in s.statements(f):
            if st.kind != "return":
                continue
            was = s.cut(st.first + 1, st.last - 1)
            for value in ("true", "false"):
                if was != value:
                    yield replace(s, "answer", f.name, st.first + 1, st.last - 1, value)


INDEXED = {"rules", "names", "lint_checks"}  # by an enum: a row less is another table, and a unit test's business


def rows(s, table):
    """(first, last) of a table's rows, without the comma."""
    parts, _ = s.parts(table.first + 1, table.last - 1, {","})
    return [(a, b) for a, b in parts if a <= b]


def tables(s):
    """Those at file scope, and those inside functions: (where, table)."""
    for t in s.tables:
        yield t.name, t
    for f in s.functions:
        for i in range(f.first + 1, f.last):
            if s.t[i].text == "{" and s.t[i - 1].text == "=" and s.t[i - 2].text == "]":
                t = type("Inner", (), {"first": i, "last": s.t[i].peer, "name": s.t[s.t[i - 2].peer - 1].text})
                yield f.name, t


def row(s):
    """A row of a table less."""
    for where, t in tables(s):
        if t.name in INDEXED:
            continue
        parts = rows(s, t)
        if len(parts) < 2:
            continue
        for a, b in parts:
            comma = b + 1 if s.t[b + 1].text == "," else b
            if s.t[a].text in ("{", "[") or s.t[a].kind == "string":
                yield replace(s, "row", where, a, comma, "")


# What a name is weakened to where it stands alone in a table or in code.
NAMES = {
    # check/known.c: exceptions made for more than was meant
    "KNOWS_XEN": ["ANY_FIRMWARE"], "NO_XEN_CODE": ["ANY_FIRMWARE"], "ONLY_PVH": ["ANY_GUEST"],
    # check/rule.c, layout/lint_checks.c: how much it matters, what happens then
    "SEVERITY_ERROR": ["SEVERITY_WARNING"], "SEVERITY_WARNING": ["SEVERITY_ERROR"],
    "STOP": ["GO_ON_THROUGH"], "GO_ON_THROUGH": ["GO_ON_DROPPED"], "GO_ON_DROPPED": ["GO_ON_THROUGH"],
    "LINT_ERROR": ["LINT_WARNING"], "LINT_WARNING": ["LINT_NOTE"], "LINT_NOTE": ["LINT_WARNING"],
    # what a check needs, and when it is done
    "LINT_BOTH": ["LINT_HVM", "LINT_PVH"], "LINT_HVM": ["LINT_BOTH"], "LINT_PVH": ["LINT_BOTH"],
    "BOTH": ["HANDOFF", "PLATFORM"], "HANDOFF": ["PLATFORM"], "PLATFORM": ["HANDOFF"],
    "NEEDS_LIST": ["0"], "NEEDS_XEN_INFO": ["0"], "NEEDS_PAGING": ["0"], "NEEDS_E820": ["0"], "NEEDS_MAP": ["0"],
    "NEEDS_GIVEN": ["0"],
    # rights and ranges
    "page_up": ["page_down"], "page_down": ["page_up"],
    "span_contains": ["span_overlaps"], "span_overlaps": ["span_contains"],
}


def name(s):
    """A name that stands for less, or more: NAMES."""
    places = [(f.name, f.first + 1, f.last) for f in s.functions] + [(t.name, t.first + 1, t.last) for t in s.tables]
    for where, first, end in places:
        for i in range(first, end):
            t = s.t[i]
            if t.kind != "name" or t.is_text or s.t[i - 1].text in (".", "->"):
                continue
            for other in NAMES.get(t.text, ()):
                yield replace(s, "name", where, i, i, other)


def widen(s):
    """An exception of check/known.c that holds everywhere."""
    for t in s.tables:
        for a, b in rows(s, t) if t.name == "rows" else ():
            for i in range(a + 1, b):
                if s.t[i].text == "{":
                    yield replace(s, "widen", t.name, i, s.t[i].peer + 2, "{0, UINT64_MAX}, NULL")


OPERATORS = [never, always, drop, relation, equality, last, number, delete, answer, row, name, widen]


def mutants(s):
    """All of a file's, each change once, in the order of the text."""
    seen, all_of_them = set(), []
    for operator in OPERATORS:
        for m in operator(s):
            if m.mutated != s.text and (m.start, m.end, m.text) not in seen:
                seen.add((m.start, m.end, m.text))
                all_of_them.append(m)
    return sorted(all_of_them, key=lambda m: (m.start, m.end))
