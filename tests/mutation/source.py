# SPDX-License-Identifier: GPL-2.0-or-later
"""C as this project writes it, taken apart far enough to be changed: tokens, functions, statements, tables.

No parser: it leans on clang-format's shape and on the house's style. What it gets wrong does not compile, and such a
mutant does not count."""
import re
from bisect import bisect_right

TOKEN = re.compile(r"""
    (?P<comment>/\*.*?\*/|//[^\n]*)
  | (?P<directive>^[ \t]*\#[ \t]*(?:include|if|ifdef|ifndef|else|endif|undef|error|pragma)\b(?:[^\n]*\\\n)*[^\n]*)
  | (?P<define>^[ \t]*\#[ \t]*define[ \t]+\w+(?:\([^)]*\))?)
  | (?P<string>"(?:\\.|[^"\\])*")
  | (?P<char>'(?:\\.|[^'\\])+')
  | (?P<number>0[xX][0-9a-fA-F]+[uUlL]*|\d+[uUlL]*)
  | (?P<name>[A-Za-z_]\w*)
  | (?P<op>->|\+\+|--|<<=|>>=|<<|>>|<=|>=|==|!=|&&|\|\||\.\.\.|[-+*/%&|^]=|[-+*/%&|^~!<>=?:;,.(){}\[\]])
  | (?P<space>\s+)
""", re.X | re.S | re.M)

CONTROL = {"if", "while", "for", "switch"}
TYPES = {"const", "static", "struct", "enum", "union", "unsigned", "signed", "int", "char", "bool", "void", "long",
         "short", "size_t", "va_list", "double", "float"}
OPEN, CLOSE = {"(": ")", "[": "]", "{": "}"}, {")", "]", "}"}


class Token:
    __slots__ = ("kind", "text", "start", "end", "peer", "is_text", "defined")

    def __init__(self, kind, text, start):
        self.kind, self.text, self.start, self.end = kind, text, start, start + len(text)
        self.peer = None  # the bracket that belongs to this one
        self.is_text = False  # what only a message says
        self.defined = False  # part of a #define


class Function:
    def __init__(self, name, result, first, last):
        self.name, self.result, self.first, self.last = name, result, first, last  # body: tokens from { to }


class Table:
    def __init__(self, name, first, last):
        self.name, self.first, self.last = name, first, last


class Statement:
    """kind: if, while, for, switch, return, leap (break, continue), expression, declaration.
    first to last are all its tokens but what a header governs; a header's brackets are open and close."""
    def __init__(self, kind, first, last, open=None):
        self.kind, self.first, self.last, self.open = kind, first, last, open


class Source:
    def __init__(self, path, text):
        self.path, self.text = path, text
        self.lines = [0] + [m.end() for m in re.finditer("\n", text)]
        self.t = []
        self._scan()
        self._pair()
        self._mark_texts()
        self.functions, self.tables = [], []
        self._outline()

    def line(self, pos):
        return bisect_right(self.lines, pos)

    def line_text(self, line):
        end = self.lines[line] - 1 if line < len(self.lines) else len(self.text)
        return self.text[self.lines[line - 1]:end]

    def _scan(self):
        pos = until = 0
        while pos < len(self.text):
            m = TOKEN.match(self.text, pos)
            if m is None:  # a lone backslash of a long macro
                pos += 1
                continue
            if m.lastgroup not in ("space", "comment", "directive"):
                self.t.append(Token(m.lastgroup, m.group(), pos))
                if m.lastgroup == "define":
                    until = re.compile(r"(?:[^\n]*\\\n)*[^\n]*").match(self.text, m.end()).end()
                self.t[-1].defined = pos < until
            pos = m.end()

    def _pair(self):
        stack = []
        for i, t in enumerate(self.t):
            if t.kind != "op":
                continue
            if t.text in OPEN:
                stack.append(i)
            elif t.text in CLOSE and stack:
                j = stack.pop()
                t.peer, self.t[j].peer = j, i

    def _mark_texts(self):
        """What follows a format in a call only fills in the message."""
        for i, t in enumerate(self.t):
            if t.text != "(" or t.peer is None or i == 0 or self.t[i - 1].kind != "name" or \
                    self.t[i - 1].text in CONTROL | {"return", "sizeof"}:
                continue
            j, told = i + 1, False
            while j < t.peer:
                told = told or (self.t[j].kind == "string" and "%" in self.t[j].text)
                step = self.t[j].peer if self.t[j].text in OPEN and self.t[j].peer is not None else j
                if told:
                    for k in range(j, step + 1):
                        self.t[k].is_text = True
                j = step + 1

    def _outline(self):
        i = 0
        while i < len(self.t):
            t = self.t[i]
            if t.text == "{" and t.peer is not None and not t.defined:
                before = self.t[i - 1]
                if before.text == ")" and before.peer is not None:
                    name = self.t[before.peer - 1].text
                    self.functions.append(Function(name, self._result(before.peer - 1), i, t.peer))
                elif before.text == "=":
                    j = i - 2
                    while self.t[j].text == "]":
                        j = self.t[j].peer - 1
                    self.tables.append(Table(self.t[j].text, i, t.peer))
                i = t.peer
            i += 1

    def _result(self, name):
        """The type before a function's name."""
        j = name
        while j > 0 and (self.t[j - 1].kind == "name" or self.t[j - 1].text == "*"):
            j -= 1
        return [t.text for t in self.t[j:name] if t.text not in ("static", "const", "inline")]

    def statements(self, f):
        """Those of function @f, in order."""
        found, i = [], f.first + 1
        while i < f.last:
            t = self.t[i]
            if t.text in ("{", "}", ";", "else", "do") or t.kind == "define":
                i += 1
            elif t.text == "case" or t.text == "default":
                while self.t[i].text != ":":
                    i += 1
                i += 1
            elif t.text in CONTROL:
                close = self.t[i + 1].peer
                found.append(Statement(t.text, i, close, i + 1))
                i = close + 1
            else:
                end = self._semicolon(i, f.last)
                kind = "return" if t.text == "return" else "leap" if t.text in ("break", "continue") else \
                       "declaration" if self._declares(i) else "expression"
                found.append(Statement(kind, i, end))
                i = end + 1
        return found

    def _semicolon(self, i, last):
        while i < last and self.t[i].text != ";":
            i = self.t[i].peer + 1 if self.t[i].text in OPEN and self.t[i].peer is not None else i + 1
        return i

    def _declares(self, i):
        a, b = self.t[i], self.t[i + 1]
        if a.text in TYPES or a.text == "_Static_assert" or re.fullmatch(r"u?int\d+_t", a.text):
            return True
        return a.kind == "name" and (b.kind == "name" or (b.text == "*" and self.t[i + 2].kind == "name" and
                                                          self.t[i + 3].text in ("=", ";", ",")))

    def parts(self, first, last, separators):
        """Tokens first to last cut at those of @separators that are in no bracket: a list of (first, last), and of the cuts."""
        parts, cuts, begin, i = [], [], first, first
        while i <= last:
            t = self.t[i]
            if t.text in separators and t.kind == "op":
                parts.append((begin, i - 1))
                cuts.append(i)
                begin = i + 1
            i = t.peer + 1 if t.text in OPEN and t.peer is not None and t.peer <= last else i + 1
        parts.append((begin, last))
        return parts, cuts

    def cut(self, first, last):
        """The text of tokens first to last."""
        return self.text[self.t[first].start:self.t[last].end]
