"""JSON values together with the places where they are written."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from json import JSONDecodeError
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any

from triptych_lint.model import Span

_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[ \t\n\r]*")
_WIDE_ESCAPE = re.compile(r"\\u(?!00[0-7])[0-9a-fA-F]{4}")


@dataclass(frozen=True, slots=True)
class Located:
    """A value and its place. Objects, and arrays that were descended into, hold located values."""

    value: Any
    span: Span


def locate(raw: str, arrays: Collection[str]) -> Located:
    """The value of a JSON text, its members located.

    Objects are descended into at the top, and within arrays that are members named in ``arrays``;
    any other value is decoded as a whole.

    Raises:
        ValueError: where ``raw`` is not JSON.
    """
    found = _located(raw, _skip(raw, 0), arrays)
    end = _skip(raw, found.span.end)
    if end != len(raw):
        raise JSONDecodeError("Extra data", raw, end)
    return found


def items(raw: str, start: int) -> Iterator[Span]:
    """The places of the values of the array that begins at ``start``; raises ValueError."""
    at = _skip(raw, start + 1)
    if raw[at : at + 1] == "]":
        return
    while True:
        _, end = _DECODER.raw_decode(raw, at)
        yield Span(at, end)
        at = _after_comma(raw, end, "]")
        if raw[at - 1] == "]":
            return
        at = _skip(raw, at)


def json_string(text: str, *, ascii_only: bool) -> str:
    """``text`` as JSON writes it, quotes included."""
    return json.dumps(text, ensure_ascii=ascii_only)


def escapes_non_ascii(raw: str) -> bool:
    """Whether the writer of ``raw`` escaped what is not ASCII, as far as can be seen."""
    return raw.isascii() and _WIDE_ESCAPE.search(raw) is not None


def _located(raw: str, at: int, arrays: Collection[str]) -> Located:
    if raw[at : at + 1] == "{":
        return _object(raw, at, arrays)
    value, end = _DECODER.raw_decode(raw, at)
    return Located(value, Span(at, end))


def _object(raw: str, start: int, arrays: Collection[str]) -> Located:
    members: dict[str, Located] = {}
    at = _skip(raw, start + 1)
    if raw[at : at + 1] == "}":
        return Located(members, Span(start, at + 1))
    while True:
        if raw[at : at + 1] != '"':
            raise JSONDecodeError("Expecting property name enclosed in double quotes", raw, at)
        key, at = scanstring(raw, at + 1, True)
        at = _skip(raw, at)
        if raw[at : at + 1] != ":":
            raise JSONDecodeError("Expecting ':' delimiter", raw, at)
        at = _skip(raw, at + 1)
        descend = key in arrays and raw[at : at + 1] == "["
        if descend:
            members[key] = _array(raw, at, arrays)
        else:
            value, end = _DECODER.raw_decode(raw, at)
            members[key] = Located(value, Span(at, end))
        at = _after_comma(raw, members[key].span.end, "}")
        if raw[at - 1] == "}":
            return Located(members, Span(start, at))
        at = _skip(raw, at)


def _array(raw: str, start: int, arrays: Collection[str]) -> Located:
    values: list[Located] = []
    at = _skip(raw, start + 1)
    if raw[at : at + 1] == "]":
        return Located(values, Span(start, at + 1))
    while True:
        values.append(_located(raw, at, arrays))
        at = _after_comma(raw, values[-1].span.end, "]")
        if raw[at - 1] == "]":
            return Located(values, Span(start, at))
        at = _skip(raw, at)


def _skip(raw: str, at: int) -> int:
    space = _SPACE.match(raw, at)
    return space.end() if space else at


def _after_comma(raw: str, at: int, close: str) -> int:
    """The offset behind the comma or the closing bracket that follows."""
    at = _skip(raw, at)
    if raw[at : at + 1] not in (",", close):
        raise JSONDecodeError("Expecting ',' delimiter", raw, at)
    return at + 1
