"""JSON with the place of each value.

The standard library decides what is JSON and words the errors; it tells no places, though. A text
that it accepts needs no second opinion, so that a scan of its tokens is enough to find them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from triptych_lint.configdiff.nodes import DEEPEST, ConfigError, Items, Node, Scalar, Table, Tree
from triptych_lint.model import Span

_REMARK = re.compile(r'"(?:[^"\\\n]|\\.)*"|//[^\n]*|/\*.*?\*/', re.S)
_LAST_COMMA = re.compile(r'"(?:[^"\\\n]|\\.)*"|,(?=\s*[]}])')
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[][{},:]|[^\s"\[\]{},:]+')


def parse(text: str) -> Tree:
    """The tree of a JSON text; of a key that is written twice the last value holds.

    Comments and a comma behind the last item are allowed, as they are by the tools that read them.

    Raises:
        ConfigError: where the text is no JSON, or nests too deeply.
    """
    try:
        try:
            json.loads(text)
        except json.JSONDecodeError:
            plain = _LAST_COMMA.sub(_blank, _REMARK.sub(_blank, text))
            if plain == text:
                raise
            json.loads(plain)
            text = plain
    except json.JSONDecodeError as error:
        raise ConfigError(f"is not valid JSON: {error.msg.lower()}", error.lineno) from None
    except RecursionError:
        raise ConfigError(f"nests deeper than {DEEPEST} levels") from None
    except ValueError as error:
        raise ConfigError(f"is not usable JSON: {error}") from None
    remarks: list[str] = []
    return Tree((_build(text, remarks),), tuple(remarks))


def _blank(match: re.Match[str]) -> str:
    """A string as it is; anything else as blanks, so that what follows keeps its place."""
    found = match[0]
    return found if found.startswith('"') else re.sub(r"[^\n]", " ", found)


@dataclass(slots=True)
class _Open:
    """A table or list whose end is still to come; ``key`` waits for its value."""

    start: int
    is_table: bool
    entries: dict[str, Node] = field(default_factory=dict)
    items: list[Node] = field(default_factory=list)
    key: str | None = None

    def closed(self, end: int) -> Node:
        span = Span(self.start, end)
        return Table(self.entries, span) if self.is_table else Items(tuple(self.items), span)


def _build(text: str, remarks: list[str]) -> Node:
    stack: list[_Open] = []
    for token, span in _tokens(text):
        if token in ",:":
            continue
        if token in "{[":
            if len(stack) == DEEPEST:
                raise ConfigError(f"nests deeper than {DEEPEST} levels")
            stack.append(_Open(span.start, token == "{"))
            continue
        node: Node
        if token in "}]":
            node = stack.pop().closed(span.end)
        else:
            quoted = token.startswith('"')
            string = json.loads(token) if quoted else token
            if stack and stack[-1].is_table and stack[-1].key is None:
                stack[-1].key = string
                continue
            node = Scalar(string, span, quoted)
        if not stack:
            return node
        _add(stack[-1], node, text, remarks)
    raise AssertionError("the standard library accepted JSON without a value")


def _add(owner: _Open, node: Node, text: str, remarks: list[str]) -> None:
    if owner.key is None:
        owner.items.append(node)
        return
    if owner.key in owner.entries:
        row = text.count("\n", 0, node.span.start) + 1
        remarks.append(f'line {row}: "{owner.key}" is set a second time; the last value counts')
    owner.entries[owner.key] = node
    owner.key = None


def _tokens(text: str) -> Iterator[tuple[str, Span]]:
    for match in _TOKEN.finditer(text):
        yield match[0], Span(*match.span())
