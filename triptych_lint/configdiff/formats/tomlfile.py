"""TOML with the place of each value.

The standard library decides what is TOML; a text that it accepts is scanned once more for places.
"""

from __future__ import annotations

import re
import sys
from importlib import import_module
from typing import Any

from triptych_lint.configdiff.nodes import DEEPEST, ConfigError, Items, Node, Scalar, Table, Tree
from triptych_lint.model import Span

tomllib = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}(?!")|\'\'\'.*?\'{3,5}(?!\')|"(?:[^"\\]|\\.)*"|\'[^\']*\'', re.S
)
_VALUE = re.compile(r"\d{4}-\d\d-\d\d \d\d:[\d:.]+(?:Z|[+-]\d\d:\d\d)?|[^\s,\]}#]+")
_AT_LINE = re.compile(r" \(at line (\d+), column \d+\)$")


def parse(text: str) -> Tree:
    """The tree of a TOML text.

    Raises:
        ConfigError: where the text is no TOML, or nests too deeply.
    """
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _AT_LINE.search(str(error))
        cause = _AT_LINE.sub("", str(error)).partition("\n")[0]
        row = int(place[1]) if place else None
        raise ConfigError(f"is not valid TOML: {cause[:1].lower()}{cause[1:]}", row) from None
    except RecursionError:
        raise ConfigError(f"nests deeper than {DEEPEST} levels") from None
    except ValueError as error:
        raise ConfigError(f"is not usable TOML: {error}") from None
    return Tree((_Scanner(text).document(),))


class _Scanner:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def document(self) -> Node:
        root = Table({}, Span(0, len(self._text)))
        table = root
        while self._skip(_BLANK) < len(self._text):
            if self._take("[["):
                table = self._header(root, is_item=True)
            elif self._take("["):
                table = self._header(root, is_item=False)
            else:
                self._entry(table, 0)
        return root

    def _header(self, root: Table, *, is_item: bool) -> Table:
        *above, last = self._key()
        self._take("]")
        self._take("]")
        table = root
        for step in above:
            table = self._inner(table, step)
        if not is_item:
            return self._inner(table, last)
        new = Table({}, Span(self._at, self._at))
        before = table.entries.get(last)
        items = before.items if isinstance(before, Items) else ()
        table.entries[last] = Items((*items, new), new.span)
        return new

    def _inner(self, table: Table, step: str) -> Table:
        found = table.entries.setdefault(step, Table({}, Span(self._at, self._at)))
        if isinstance(found, Items):
            found = found.items[-1]
        assert isinstance(found, Table)
        return found

    def _entry(self, table: Table, depth: int) -> None:
        *above, last = self._key()
        self._take("=")
        for step in above:
            table = self._inner(table, step)
        table.entries[last] = self._value(depth)

    def _key(self) -> list[str]:
        steps = []
        while True:
            self._skip(_SPACE)
            match = _STRING.match(self._text, self._at) or _BARE.match(self._text, self._at)
            assert match is not None
            self._at = match.end()
            steps.append(_string(match[0]) if match[0][0] in "\"'" else match[0])
            self._skip(_SPACE)
            if not self._take("."):
                return steps

    def _value(self, depth: int) -> Node:
        if depth > DEEPEST:
            raise ConfigError(f"nests deeper than {DEEPEST} levels")
        start = self._skip(_SPACE)
        if self._take("["):
            items: list[Node] = []
            while self._skip(_BLANK) >= 0 and not self._take("]"):
                items.append(self._value(depth + 1))
                self._skip(_BLANK)
                self._take(",")
            return Items(tuple(items), Span(start, self._at))
        if self._take("{"):
            table = Table({}, Span(start, start))
            while self._skip(_BLANK) >= 0 and not self._take("}"):
                self._entry(table, depth + 1)
                self._skip(_BLANK)
                self._take(",")
            return Table(table.entries, Span(start, self._at))
        string = _STRING.match(self._text, start)
        match = string or _VALUE.match(self._text, start)
        assert match is not None
        self._at = match.end()
        text = _string(match[0]) if string else match[0]
        return Scalar(text, Span(start, self._at), string is not None)

    def _skip(self, pattern: re.Pattern[str]) -> int:
        match = pattern.match(self._text, self._at)
        assert match is not None
        self._at = match.end()
        return self._at

    def _take(self, mark: str) -> bool:
        found = self._text.startswith(mark, self._at)
        self._at += len(mark) if found else 0
        return found


def _string(token: str) -> str:
    found: Any = tomllib.loads(f"x = {token}")["x"]
    return str(found)
