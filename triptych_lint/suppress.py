"""Suppression: comments that settle a question on their line, on the next, or for the file."""

from __future__ import annotations

import io
import re
import tokenize
from dataclasses import dataclass

from triptych_lint.model import Diagnostic
from triptych_lint.source import Source

_NOQA = re.compile(r"#\s*(?P<file>flake8[:=]\s*)?noqa(?::\s*(?P<codes>[A-Z][A-Z0-9, \t]*))?", re.I)
_OWN = re.compile(
    r"#\s*triptych-lint:\s*(?P<form>ignore(?:-file)?)\s*(?:\[(?P<codes>[^\]]*)\])?", re.I
)


@dataclass(slots=True)
class _Pragma:
    """One comment: the rows that it covers (all of them for the file), and what it names."""

    rows: range | None
    codes: tuple[str, ...]
    line: int
    used: bool = False

    def covers(self, row: int, diagnostic: Diagnostic) -> bool:
        if self.rows is not None and row not in self.rows:
            return False
        if not self.codes:
            return True
        return diagnostic.name in self.codes or any(
            diagnostic.code.startswith(code.upper()) for code in self.codes
        )


class Suppressions:
    """The suppressing comments of one source, which remember whether they were needed."""

    def __init__(self, source: Source, pragmas: list[_Pragma]) -> None:
        self._source = source
        self._pragmas = pragmas

    @classmethod
    def of(cls, source: Source) -> Suppressions:
        """Find the comments of ``source``."""
        lowered = source.text.lower()
        if "noqa" not in lowered and "triptych-lint:" not in lowered:
            return cls(source, [])
        return cls(source, _pragmas(source.text))

    def covers(self, diagnostic: Diagnostic) -> bool:
        """Whether some comment settles ``diagnostic``; it counts as used from then on."""
        row = self._source.text.count("\n", 0, diagnostic.span.start) + 1
        found = [pragma for pragma in self._pragmas if pragma.covers(row, diagnostic)]
        for pragma in found:
            pragma.used = True
        return bool(found)

    def unused(self) -> list[int]:
        """The rows of our own comments that settled nothing."""
        return [pragma.line for pragma in self._pragmas if not pragma.used]


def _pragmas(text: str) -> list[_Pragma]:
    out: list[_Pragma] = []
    comments: list[tuple[int, str]] = []
    start: int | None = None
    for token in _tokens(text):
        row = token.start[0]
        if token.type == tokenize.COMMENT:
            comments.append((row, token.string))
        elif token.type == tokenize.NEWLINE and start is not None:
            # A comment on any line of a statement speaks for all of its lines.
            rows = range(start, row + 1)
            for at, comment in comments:
                out += _read(comment, rows if at >= start else range(at, at + 1), at)
                out += [_Pragma(rows, codes, at) for codes in _for_next(comment) if at < start]
            comments, start = [], None
        elif token.type not in _LAYOUT and start is None:
            start = row
    for at, comment in comments:
        out += _read(comment, range(at, at + 1), at)
    return out


_LAYOUT = {tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER, tokenize.ENCODING}


def _read(comment: str, rows: range, line: int) -> list[_Pragma]:
    own = _OWN.search(comment)
    if own:
        codes = tuple(re.findall(r"[\w-]+", own["codes"] or ""))
        return [_Pragma(None if own["form"].lower() == "ignore-file" else rows, codes, line)]
    noqa = _NOQA.search(comment)
    if not noqa:
        return []
    codes = tuple(re.findall(r"[A-Z]+[0-9]*", (noqa["codes"] or "").upper()))
    return [_Pragma(None if noqa["file"] else rows, codes, line)]


def _for_next(comment: str) -> list[tuple[str, ...]]:
    own = _OWN.search(comment)
    if own and own["form"].lower() == "ignore":
        return [tuple(re.findall(r"[\w-]+", own["codes"] or ""))]
    return []


def _tokens(text: str) -> list[tokenize.TokenInfo]:
    out: list[tokenize.TokenInfo] = []
    try:
        out.extend(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError, IndentationError):
        pass  # what was read up to there still counts
    return out
