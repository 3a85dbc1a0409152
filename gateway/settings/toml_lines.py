"""Finds the line in which each key of a TOML text stands, which `tomllib` does not tell.

The text must be one that `tomllib` has read: the scanner relies on it and refuses nothing.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

KeyPath = tuple[str | int, ...]

TOKEN = re.compile(
    r"""
    (?P<space>   [ \t]+ | \#[^\n]* )
  | (?P<newline> \n )
  | (?P<text>    \"{3} (?: \\. | (?!\"{3})[^\\] )* \"{3,5} | '{3} (?: (?!'{3}). )* '{3,5}
               | " (?: \\. | [^"\\] )* "                    | ' [^']* ' )
  | (?P<sign>    [\[\]{}=,.] )
  | (?P<word>    [^\s\[\]{}=,."'\#]+ )
    """,
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    """A piece of the text, and the line that it begins in."""

    kind: str
    text: str
    line: int


class Lines:
    """Where keys stand: `("mqtt", "port")` -> line; items of lists and of `[[...]]` by number, from 0."""

    def __init__(self, text: str) -> None:
        self._lines: dict[KeyPath, int] = {(): 1}
        self._ends: dict[KeyPath, int] = {}
        _Scanner(text, self._lines, self._ends).scan()

    def of(self, path: KeyPath) -> int:
        """The line of this key; where it is not in the text, that of the nearest section around it."""
        while path not in self._lines:
            path = path[:-1]
        return self._lines[path]

    def end_of(self, section: KeyPath) -> int:
        """The line in which the last value of a section ends; of an empty one, that of its header."""
        return self._ends[section]

    def __contains__(self, path: KeyPath) -> bool:
        return path in self._lines

    def rename(self, old: KeyPath, new: KeyPath) -> None:
        """All under `old` is to be found under `new` as well."""
        moved = {new + path[len(old) :]: line for path, line in self._lines.items() if path[: len(old)] == old}
        self._lines.update(moved)


class _Scanner:
    def __init__(self, text: str, lines: dict[KeyPath, int], ends: dict[KeyPath, int]) -> None:
        self._tokens = _tokens(text.replace("\r\n", "\n"))
        self._lines, self._ends = lines, ends
        self._line = 1  # in which the last token ended
        self._items: dict[KeyPath, int] = {}  # how many [[...]] of a name there were
        self._token = next(self._tokens)

    def scan(self) -> None:
        section: KeyPath = ()
        while self._token.kind != "end":
            if self._token.kind == "newline":
                self._next()
                continue
            if self._token.text == "[":
                section = self._header()
            else:
                self._pair(section)
            self._ends[section] = self._line

    def _next(self) -> Token:
        if self._token.kind == "end":
            raise ValueError("no TOML: it ends too early")
        token, self._token = self._token, next(self._tokens)
        self._line = token.line + token.text.count("\n")
        return token

    def _header(self) -> KeyPath:
        """`[a.b]` or `[[a.b]]`, to its last bracket."""
        line = self._next().line
        many = self._token.text == "["
        if many:
            self._next()
        names = self._names()
        self._next()
        path = (*self._resolve(names[:-1]), names[-1])
        self._lines.setdefault(path, line)
        if many:
            self._next()
            self._items[path] = self._items.get(path, -1) + 1
        path = self._resolve(names)
        self._lines.setdefault(path, line)
        return path

    def _resolve(self, names: Iterable[str]) -> KeyPath:
        """The names, each `[[...]]` among them with the number of its last item."""
        path: KeyPath = ()
        for name in names:
            path += (name,)
            if path in self._items:
                path += (self._items[path],)
        return path

    def _names(self) -> list[str]:
        """A key, perhaps with dots."""
        names = [_name(self._next())]
        while self._token.text == ".":
            self._next()
            names.append(_name(self._next()))
        return names

    def _pair(self, section: KeyPath) -> None:
        """`key = value`."""
        line = self._token.line
        path = section
        for name in self._names():
            path += (name,)
            self._lines.setdefault(path, line)
        self._next()
        self._value(path)

    def _value(self, path: KeyPath) -> None:
        token = self._next()
        if token.text == "[":
            self._list(path)
        elif token.text == "{":
            self._table(path)
        elif token.kind != "text":
            while self._token.kind == "word" or self._token.text == ".":  # 1.5, and 1979-05-27 07:32:00.5
                self._next()

    def _list(self, path: KeyPath) -> None:
        number = 0
        while self._token.text != "]":
            if self._token.kind == "newline" or self._token.text == ",":
                self._next()
                continue
            self._lines.setdefault((*path, number), self._token.line)
            self._value((*path, number))
            number += 1
        self._next()

    def _table(self, path: KeyPath) -> None:
        while self._token.text != "}":
            if self._token.text == ",":
                self._next()
            else:
                self._pair(path)
        self._next()


def _tokens(text: str) -> Iterator[Token]:
    line, position = 1, 0
    while position < len(text):
        match = TOKEN.match(text, position)
        if match is None:
            raise ValueError(f"no TOML in line {line}")
        if match.lastgroup != "space":
            yield Token(str(match.lastgroup), match[0], line)
        line += match[0].count("\n")
        position = match.end()
    while True:
        yield Token("end", "", line)


def _name(token: Token) -> str:
    """A key's name; a quoted one as TOML reads it."""
    if token.kind != "text":
        return token.text
    (name,) = tomllib.loads(f"{token.text} = 0")
    return name
